//! Cryptographic commitments, which replace personal values in audit events.

use sha2::{Digest as _, Sha256};

use crate::Hash;

/// Returns the hash that replaces a personal value in an event: SHA-256(salt ‖ value).
///
/// The salt is 32 random bytes and is stored separately from the event. The hash reveals nothing about the value to
/// someone who does not have the salt. Deleting the salt therefore erases the value.
#[must_use]
pub fn commitment(salt: &[u8], value: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(value).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_the_hash_of_salt_and_value() {
        // This is the output of `printf '\0ann' | sha256sum`.
        let expected = "5c1fd9322071981551347ca3c2e2c089f319c14e9fe3556016ad78bc9db08e88";
        assert_eq!(hex::encode(commitment(&[0], "ann")), expected);
    }
}
