//! The texts of API tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::entropy;

/// Characters of a token that somebody chose, at least.
pub const PRESET_CHARS_MIN: usize = 32;

/// A text that nobody can guess: `fk_` and 43 characters of base64url.
pub fn generate() -> Zeroizing<String> {
    let bytes = Zeroizing::new(entropy::random_bytes::<32>());
    let tail = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
    Zeroizing::new(format!("fk_{}", tail.as_str()))
}

/// What is kept of a token's text.
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_texts_have_their_form_and_differ() {
        let (one, two) = (generate(), generate());
        assert_ne!(*one, *two);
        let tail = one.strip_prefix("fk_").unwrap();
        assert_eq!(tail.len(), 43);
        assert!(tail.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_ne!(hash(&one), hash(&two));
    }
}
