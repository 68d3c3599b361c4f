//! Page tokens. A page token identifies the position where the next page begins. Tokens are authenticated, so only
//! tokens that were created by this server are accepted.
//!
//! A token contains the key of the last row of a page, and a MAC. The MAC's input includes the operation, the instance
//! and the filters, so the token is valid only for the list that it was issued for. The token is valid on any node and
//! after a restart. The row's key is not encrypted, because the row is part of the same response.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::sealing::hmac;

/// The maximum number of characters in a token. This is the AWS service model's limit for tokens in a request body.
pub(crate) const TOKEN_CHARACTERS_MAX: usize = 2500;

const VERSION: u8 = 1;
const TAG_BYTES: usize = 32;
/// The maximum number of bytes in a row's key. Four characters of the token encode three bytes, and one byte is the
/// version.
const LAST_KEY_BYTES_MAX: usize = TOKEN_CHARACTERS_MAX / 4 * 3 - TAG_BYTES - 1;

/// Creates and opens the page tokens of one list. A token is valid only for the list that it was issued for.
pub struct PageTokens<'a> {
    key: &'a [u8; 32],
    operation: &'static str,
    instance: String,
    query_hash: [u8; 32],
}

impl<'a> PageTokens<'a> {
    /// Describes a list. `operation` is the operation's name, such as `ListUsers`. `instance` is the instance's ID, or
    /// empty for a list of instances. `query` contains all other parameters that determine the content of the list:
    /// filters and criteria, but not the page size. It must be an unambiguous encoding of the parameters, such as JSON.
    #[must_use]
    pub fn new(key: &'a [u8; 32], operation: &'static str, instance: String, query: &str) -> Self {
        Self { key, operation, instance, query_hash: Sha256::digest(query).into() }
    }

    /// Creates the token for the page that begins after `last_key`.
    ///
    /// # Errors
    /// Returns an error if `last_key` has more than 1842 bytes. The token would otherwise exceed the service model's
    /// limit.
    pub fn seal(&self, last_key: &[u8]) -> Result<String, PageTokenError> {
        if last_key.len() > LAST_KEY_BYTES_MAX {
            return Err(PageTokenError::TooLong);
        }
        let mut token = Vec::with_capacity(1 + TAG_BYTES + last_key.len());
        token.push(VERSION);
        token.extend_from_slice(&self.mac(last_key).finalize().into_bytes());
        token.extend_from_slice(last_key);
        Ok(URL_SAFE_NO_PAD.encode(token))
    }

    /// Returns the `last_key` of a token.
    ///
    /// # Errors
    /// Returns an error unless [`PageTokens::seal`] created the token with the same key and for the same list.
    pub fn open(&self, token: &str) -> Result<Vec<u8>, PageTokenError> {
        if token.len() > TOKEN_CHARACTERS_MAX {
            return Err(PageTokenError::TooLong);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| PageTokenError::Malformed)?;
        let (&version, rest) = bytes.split_first().ok_or(PageTokenError::Malformed)?;
        if version != VERSION {
            return Err(PageTokenError::Malformed);
        }
        let (tag, last_key) = rest.split_at_checked(TAG_BYTES).ok_or(PageTokenError::Malformed)?;
        self.mac(last_key).verify_slice(tag).map_err(|_| PageTokenError::Foreign)?;
        Ok(last_key.to_vec())
    }

    /// Computes the MAC of a token. The length of each variable-length field precedes the field. Therefore, different
    /// lists never have the same MAC input.
    fn mac(&self, last_key: &[u8]) -> Hmac<Sha256> {
        let mut mac = hmac(self.key);
        mac.update(b"floorkey page token\0");
        mac.update(&[VERSION]);
        for field in [self.operation, &self.instance] {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        mac.update(&self.query_hash);
        mac.update(last_key);
        mac
    }
}

/// The reason why a page token is rejected or can't be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageTokenError {
    /// The token does not have the format of this server's tokens.
    #[error("the token was not issued by this server")]
    Malformed,
    /// The token was issued for another list, or was modified.
    #[error("the token belongs to another request")]
    Foreign,
    /// The token is too long.
    #[error("the token is longer than 2500 characters")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn tokens(operation: &'static str, instance: &str, query: &str) -> PageTokens<'static> {
        PageTokens::new(&KEY, operation, instance.to_owned(), query)
    }

    fn users() -> PageTokens<'static> {
        tokens("ListUsers", "i-1", "")
    }

    #[test]
    fn a_token_is_valid_only_for_its_own_list() {
        let token = users().seal(b"ann").unwrap();
        assert_eq!(users().open(&token), Ok(b"ann".to_vec()));
        for other in [
            tokens("ListQueues", "i-1", ""),
            tokens("ListUsers", "i-2", ""),
            tokens("ListUsers", "i-1", "{}"),
            // The concatenated fields are the same as in `users`, but are split differently.
            tokens("ListUsersi", "-1", ""),
            PageTokens { key: &[8; 32], ..users() },
        ] {
            assert_eq!(other.open(&token), Err(PageTokenError::Foreign));
        }
    }

    #[test]
    fn malformed_tokens_are_rejected() {
        for junk in ["", "AQ", "null", "====", "ListUsers", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(users().open(junk), Err(PageTokenError::Malformed), "{junk}");
        }
        assert_eq!(users().open(&"A".repeat(2501)), Err(PageTokenError::TooLong));
    }

    #[test]
    fn the_longest_key_fits_the_longest_token_and_one_byte_more_does_not() {
        let longest = users().seal(&[b'x'; LAST_KEY_BYTES_MAX]).unwrap();
        assert_eq!(longest.len(), TOKEN_CHARACTERS_MAX);
        assert_eq!(users().open(&longest).unwrap().len(), LAST_KEY_BYTES_MAX);
        assert_eq!(users().seal(&[b'x'; LAST_KEY_BYTES_MAX + 1]), Err(PageTokenError::TooLong));
    }

    proptest! {
        #[test]
        fn opening_returns_the_key_and_any_flipped_bit_is_rejected(
            key in any::<[u8; 32]>(),
            last_key in proptest::collection::vec(any::<u8>(), 0..120),
            flip in any::<prop::sample::Index>(),
        ) {
            let tokens = PageTokens { key: &key, ..users() };
            let token = tokens.seal(&last_key).unwrap();
            prop_assert_eq!(tokens.open(&token), Ok(last_key));
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
            let bit = flip.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(tokens.open(&URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }

        #[test]
        fn no_text_causes_a_panic(text in "\\PC{0,100}") {
            prop_assert!(users().open(&text).is_err());
        }
    }
}
