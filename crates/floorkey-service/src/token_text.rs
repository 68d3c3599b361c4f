//! The plaintext of API tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::entropy;

/// The minimum number of characters in a preset token.
pub const PRESET_CHARS_MIN: usize = 32;

/// Generates a token: `fk_` followed by 43 characters of base64url, from 256 random bits.
pub fn generate() -> Zeroizing<String> {
    let bytes = Zeroizing::new(entropy::random_bytes::<32>());
    let tail = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
    Zeroizing::new(format!("fk_{}", tail.as_str()))
}

/// Returns the hash of a token. The store contains only this hash.
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_texts_have_the_format_and_differ() {
        let (one, two) = (generate(), generate());
        assert_ne!(*one, *two);
        let tail = one.strip_prefix("fk_").unwrap();
        assert_eq!(tail.len(), 43);
        assert!(tail.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_ne!(hash(&one), hash(&two));
    }
}
