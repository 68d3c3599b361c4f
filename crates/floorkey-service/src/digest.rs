//! Short digests that identify a value without revealing it.

use sha2::{Digest as _, Sha256};

/// Returns the first `bytes` bytes of the SHA-256 hash of some data, in hexadecimal; at most 32 bytes.
#[must_use]
pub fn short_digest(data: impl AsRef<[u8]>, bytes: usize) -> String {
    let mut digest = hex::encode(Sha256::digest(data));
    digest.truncate(bytes * 2);
    digest
}
