//! HMAC-SHA256 with a key of any length. The constructor in the crate `hmac` returns a `Result`, although every key is
//! valid. The function in this module can't fail.

use hmac::{Hmac, KeyInit as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

const BLOCK_BYTES: usize = 64;

/// Creates an HMAC with this key. As RFC 2104 requires, a key longer than a block is hashed, and a shorter key is
/// padded with zeros.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK_BYTES];
    let hashed;
    let key = if key.len() > BLOCK_BYTES {
        hashed = Sha256::digest(key);
        hashed.as_slice()
    } else {
        key
    };
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mac = Hmac::new(&block.into());
    block.zeroize();
    mac
}

#[cfg(test)]
mod tests {
    use hmac::Mac as _;

    use super::*;

    #[test]
    fn it_is_the_hmac_of_the_library_at_every_length_of_key() {
        for length in [0, 1, 32, 63, 64, 65, 200] {
            let key = vec![0xa5; length];
            let theirs = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(b"text").finalize();
            assert_eq!(keyed(&key).chain_update(b"text").finalize().into_bytes(), theirs.into_bytes());
        }
    }
}
