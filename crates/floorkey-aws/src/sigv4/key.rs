//! Derived signing keys.

use std::fmt;

use hmac::Mac as _;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::hmac_sha256::keyed;

/// The signing key for one day, region and service. Servers can cache it instead of the secret access key, which can't
/// be derived from the signing key. The memory is zeroed when the signing key is dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// Derives the key from a secret access key. `date` is `YYYYMMDD`.
    #[must_use]
    pub fn derive(secret: &str, date: &str, region: &str, service: &str) -> Self {
        let first = Zeroizing::new(format!("AWS4{secret}"));
        let mut key = mac(first.as_bytes(), date.as_bytes());
        for part in [region, service, TERMINATOR] {
            let next = mac(&key, part.as_bytes());
            key.zeroize();
            key = next;
        }
        Self(key)
    }

    /// Whether `signature` is the signature of `string_to_sign` with this key. The signatures are compared in constant
    /// time.
    pub(super) fn verifies(&self, string_to_sign: &[u8], signature: &[u8; 32]) -> bool {
        mac(&self.0, string_to_sign).ct_eq(signature).into()
    }
}

/// The last part of every credential scope.
pub(super) const TERMINATOR: &str = "aws4_request";

fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(text).finalize().into_bytes().into()
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tests the example from AWS's documentation on how to derive a signing key.
    #[test]
    fn the_published_example_gives_the_published_key() {
        let key = SigningKey::derive("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
        let hex: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
        assert_eq!(format!("{key:?}"), "SigningKey([redacted])");
    }
}
