//! Recovery codes: ten single-use codes for a user who has lost all other factors.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use floorkey_service::entropy;

/// The number of codes in a set.
const CODES: usize = 10;

/// The number of characters in a code. Each character encodes 5 bits, so a code has 50 bits.
const LETTERS: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A set of recovery codes in the form in which it is stored: as salted hashes. The caller seals this data before
/// storing it.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredCodes {
    salt: [u8; 16],
    hashes: Vec<[u8; 32]>,
}

impl StoredCodes {
    /// Generates a set of recovery codes. Returns the data to store, and the codes to show to the user.
    pub(crate) fn new() -> (Self, Vec<String>) {
        let salt = entropy::random_bytes();
        let codes: Vec<String> = (0..CODES).map(|_| code()).collect();
        let hashes = codes.iter().map(|code| hash(&salt, code)).collect();
        let formatted = codes.iter().map(|code| {
            let (left, right) = code.split_at(LETTERS / 2);
            format!("{left}-{right}")
        });
        (Self { salt, hashes }, formatted.collect())
    }

    /// Parses the output of [`StoredCodes::to_json`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Returns the data to store as a JSON string, which the caller seals.
    pub(crate) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Returns `used_bits` with the bit of this code set. Returns `None` if the code is unknown or already used.
    pub(crate) fn use_code(&self, code: &str, used_bits: i64) -> Option<i64> {
        let wanted = hash(&self.salt, code);
        let at = self.hashes.iter().position(|stored| *stored == wanted)?;
        let bit = 1_i64.checked_shl(u32::try_from(at).ok()?)?;
        (used_bits & bit == 0).then_some(used_bits | bit)
    }
}

/// Returns the number of unused codes.
pub(crate) fn remaining(used_bits: i64) -> usize {
    CODES.saturating_sub(used_bits.count_ones() as usize)
}

fn code() -> String {
    let bytes: [u8; LETTERS] = entropy::random_bytes();
    // 256 is a multiple of 32, so every character is equally likely.
    let letter = |byte: u8| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from);
    bytes.into_iter().filter_map(letter).collect()
}

fn hash(salt: &[u8; 16], code: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(code).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_works_once() {
        let (stored, codes) = StoredCodes::new();
        let stored = StoredCodes::parse(&stored.to_json().unwrap()).unwrap();
        assert_eq!(codes.len(), 10);
        let mut used_bits = 0;
        for (at, code) in codes.iter().enumerate() {
            let typed = code.replace('-', "");
            assert_eq!(remaining(used_bits), 10 - at);
            used_bits = stored.use_code(&typed, used_bits).unwrap();
            assert_eq!(stored.use_code(&typed, used_bits), None);
        }
        assert_eq!((remaining(used_bits), stored.use_code("aaaaaaaaaa", 0)), (0, None));
    }
}
