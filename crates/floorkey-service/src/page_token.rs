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
pub const TOKEN_CHARACTERS_MAX: usize = 2500;

const VERSION: u8 = 1;
const TAG_BYTES: usize = 32;
/// The maximum number of bytes in a row's key. Four characters of the token encode three bytes, and one byte is the
/// version.
const LAST_KEY_BYTES_MAX: usize = TOKEN_CHARACTERS_MAX / 4 * 3 - TAG_BYTES - 1;

/// The list that a page token is issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing<'a> {
    /// The operation's name, such as `ListUsers`.
    pub operation: &'a str,
    /// The instance's ID; empty for a list of instances.
    pub instance: &'a str,
    /// A hash of all other parameters that determine the content of the list: filters and criteria, but not the page
    /// size.
    pub query_hash: [u8; 32],
}

/// Hashes the parameters that determine the content of a list. The input must be an unambiguous encoding of the
/// parameters, such as JSON.
#[must_use]
pub fn hash_of(query: &[u8]) -> [u8; 32] {
    Sha256::digest(query).into()
}

/// Creates the token for the page that begins after `last_key`.
///
/// # Errors
///
/// Returns an error if `last_key` has more than 1842 bytes. The token would otherwise exceed the service model's limit.
pub fn seal(key: &[u8; 32], listing: Listing<'_>, last_key: &[u8]) -> Result<String, PageTokenError> {
    if last_key.len() > LAST_KEY_BYTES_MAX {
        return Err(PageTokenError::TooLong);
    }
    let mut token = Vec::with_capacity(1 + TAG_BYTES + last_key.len());
    token.push(VERSION);
    token.extend_from_slice(&mac(key, listing, last_key).finalize().into_bytes());
    token.extend_from_slice(last_key);
    Ok(URL_SAFE_NO_PAD.encode(token))
}

/// Returns the `last_key` of a token for the given list.
///
/// # Errors
///
/// Returns an error unless [`seal`] created the token with the same key and for the same list.
pub fn open(key: &[u8; 32], listing: Listing<'_>, token: &str) -> Result<Vec<u8>, PageTokenError> {
    if token.len() > TOKEN_CHARACTERS_MAX {
        return Err(PageTokenError::TooLong);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| PageTokenError::Malformed)?;
    let (&version, rest) = bytes.split_first().ok_or(PageTokenError::Malformed)?;
    if version != VERSION {
        return Err(PageTokenError::Malformed);
    }
    let (tag, last_key) = rest.split_at_checked(TAG_BYTES).ok_or(PageTokenError::Malformed)?;
    mac(key, listing, last_key).verify_slice(tag).map_err(|_| PageTokenError::Foreign)?;
    Ok(last_key.to_vec())
}

/// Computes the MAC of a token. The length of each variable-length field precedes the field. Therefore, different
/// listings never have the same MAC input.
fn mac(key: &[u8; 32], listing: Listing<'_>, last_key: &[u8]) -> Hmac<Sha256> {
    let mut mac = hmac(key);
    mac.update(b"floorkey page token\0");
    mac.update(&[VERSION]);
    for field in [listing.operation, listing.instance] {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac.update(&listing.query_hash);
    mac.update(last_key);
    mac
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
    const USERS: Listing<'_> = Listing { operation: "ListUsers", instance: "i-1", query_hash: [0; 32] };

    #[test]
    fn a_token_is_valid_only_for_its_own_list() {
        let token = seal(&KEY, USERS, b"ann").unwrap();
        assert_eq!(open(&KEY, USERS, &token), Ok(b"ann".to_vec()));
        for other in [
            Listing { operation: "ListQueues", ..USERS },
            Listing { instance: "i-2", ..USERS },
            Listing { query_hash: hash_of(b"{}"), ..USERS },
            // The concatenated fields are the same as in `USERS`, but are split differently.
            Listing { operation: "ListUsersi", instance: "-1", ..USERS },
        ] {
            assert_eq!(open(&KEY, other, &token), Err(PageTokenError::Foreign));
        }
        assert_eq!(open(&[8; 32], USERS, &token), Err(PageTokenError::Foreign));
    }

    #[test]
    fn malformed_tokens_are_rejected() {
        for junk in ["", "AQ", "null", "====", "ListUsers", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(open(&KEY, USERS, junk), Err(PageTokenError::Malformed), "{junk}");
        }
        assert_eq!(open(&KEY, USERS, &"A".repeat(2501)), Err(PageTokenError::TooLong));
    }

    #[test]
    fn the_longest_key_fits_the_longest_token_and_one_byte_more_does_not() {
        let longest = seal(&KEY, USERS, &[b'x'; LAST_KEY_BYTES_MAX]).unwrap();
        assert_eq!(longest.len(), TOKEN_CHARACTERS_MAX);
        assert_eq!(open(&KEY, USERS, &longest).unwrap().len(), LAST_KEY_BYTES_MAX);
        assert_eq!(seal(&KEY, USERS, &[b'x'; LAST_KEY_BYTES_MAX + 1]), Err(PageTokenError::TooLong));
    }

    proptest! {
        #[test]
        fn opening_returns_the_key_and_any_flipped_bit_is_rejected(
            key in any::<[u8; 32]>(),
            last_key in proptest::collection::vec(any::<u8>(), 0..120),
            flip in any::<prop::sample::Index>(),
        ) {
            let token = seal(&key, USERS, &last_key).unwrap();
            prop_assert_eq!(open(&key, USERS, &token), Ok(last_key));
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
            let bit = flip.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(open(&key, USERS, &URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }

        #[test]
        fn no_text_causes_a_panic(text in "\\PC{0,100}") {
            prop_assert!(open(&KEY, USERS, &text).is_err());
        }
    }
}
