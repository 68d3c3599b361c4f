//! The source of randomness. All random bytes come from this module.

#![expect(clippy::disallowed_methods, reason = "this is the place that the ban leads to")]

use rand::Rng as _;

/// Returns cryptographically secure random bytes.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// Returns the bits of a random UUID (version 4), for a new ID.
pub fn random_id() -> u128 {
    uuid::Builder::from_random_bytes(random_bytes()).into_uuid().as_u128()
}
