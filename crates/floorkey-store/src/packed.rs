//! A compact encoding of text, for the bodies of records and audit events and for personal values.
//!
//! The texts are JSON that this crate writes. Most of the text consists of recurring phrases between IDs, hashes and
//! times. In packed text, a phrase takes one or two bytes, an ID takes 17 bytes, and a hash takes 33 bytes. Unpacking a
//! packed text returns the original bytes. Hashes over texts therefore do not depend on how the texts are stored.
//!
//! The first byte is the number of the phrase table. A released table is never edited. Any change to the phrases
//! requires a new table with the next number.
//!
//! | byte | meaning |
//! | --- | --- |
//! | `00` | the next byte, literally |
//! | `01` | an ID: 16 bytes, written as a UUID with hyphens |
//! | `02` | a hash: 32 bytes, written as 64 hexadecimal digits |
//! | `03` | a time: 6 bytes, big-endian, written as 13 decimal digits |
//! | `04` – `1f` | one of the first 28 phrases |
//! | `20` – `f4` | the byte itself |
//! | `f5` – `ff` | together with the next byte, one of the remaining phrases |

use std::sync::LazyLock;

/// The number of the only phrase table.
const TABLE: u8 = 1;
/// The phrases of the table, one per line.
const PHRASES: &str = include_str!("packed/phrases-1.txt");

const LITERAL: u8 = 0x00;
const UUID: u8 = 0x01;
const HASH: u8 = 0x02;
const TIME: u8 = 0x03;
/// The lowest code of a phrase, and the number of phrases that have a one-byte code.
const SHORT: u8 = 0x04;
const SHORTS: usize = 0x1c;
/// Two-byte codes begin with this byte or a higher byte. UTF-8 text never contains these bytes.
const LONG: u8 = 0xf5;

/// The lengths of a UUID, a hash and a time in unpacked text, and the positions of the hyphens in a UUID.
const UUID_TEXT: usize = 36;
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
const HASH_TEXT: usize = 64;
const TIME_TEXT: usize = 13;
/// The minimum length of a phrase.
const PHRASE_MIN: usize = 3;
/// The number of hash buckets. Phrases are looked up in these buckets by their first bytes.
const BUCKETS: usize = 1024;

/// The phrases with their codes.
struct Phrases {
    by_code: Vec<&'static str>,
    /// The phrases in each hash bucket, starting with the longest phrase.
    by_beginning: Vec<Vec<Phrase>>,
}

struct Phrase {
    code: usize,
    text: &'static [u8],
    /// The first eight bytes of the phrase. If the phrase is shorter, `mask` selects the bytes that the phrase has.
    /// Comparing only these bytes is enough to rule out most phrases.
    beginning: u64,
    mask: u64,
}

impl Phrase {
    fn new(code: usize, text: &'static [u8]) -> Self {
        let mask = u64::MAX.checked_shr(64_u32.saturating_sub(8 * u32::try_from(text.len()).unwrap_or(8)));
        Self { code, text, beginning: beginning(text), mask: mask.unwrap_or(u64::MAX) }
    }

    /// Whether `rest` begins with the phrase. `beginning` contains the first eight bytes of `rest`.
    fn begins(&self, rest: &[u8], beginning: u64) -> bool {
        beginning & self.mask == self.beginning && (self.text.len() <= 8 || rest.starts_with(self.text))
    }
}

/// Returns the first eight bytes of a text. A shorter text is padded with zeros. No phrase contains a zero byte.
fn beginning(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
}

static PHRASES_1: LazyLock<Phrases> = LazyLock::new(|| {
    let by_code: Vec<&str> = PHRASES.lines().collect();
    let mut by_beginning: Vec<Vec<Phrase>> = std::iter::repeat_with(Vec::new).take(BUCKETS).collect();
    for (code, phrase) in by_code.iter().enumerate() {
        if let Some(bucket) = by_beginning.get_mut(bucket(phrase.as_bytes())) {
            bucket.push(Phrase::new(code, phrase.as_bytes()));
        }
    }
    for bucket in &mut by_beginning {
        bucket.sort_by_key(|phrase| std::cmp::Reverse(phrase.text.len()));
    }
    Phrases { by_code, by_beginning }
});

fn bucket(text: &[u8]) -> usize {
    let Some([first, second, third]) = text.first_chunk::<PHRASE_MIN>() else { return 0 };
    (usize::from(*first) + (usize::from(*second) << 3) + (usize::from(*third) << 5)) % BUCKETS
}

/// Packs a string.
#[must_use]
pub fn pack(text: &str) -> Vec<u8> {
    let phrases = &*PHRASES_1;
    let mut packed = Vec::with_capacity(text.len() / 2 + 1);
    packed.push(TABLE);
    let mut rest = text.as_bytes();
    while let Some(&first) = rest.first() {
        let candidates = phrases.by_beginning.get(bucket(rest)).into_iter().flatten();
        let beginning = beginning(rest);
        if let Some(phrase) = candidates.into_iter().find(|phrase| phrase.begins(rest, beginning)) {
            push_phrase(&mut packed, phrase.code);
            rest = rest.get(phrase.text.len()..).unwrap_or_default();
            continue;
        }
        let run =
            if first.is_ascii_digit() || (b'a'..=b'f').contains(&first) { push_run(&mut packed, rest) } else { 0 };
        if run == 0 {
            if first < 0x20 {
                packed.push(LITERAL);
            }
            packed.push(first);
        }
        rest = rest.get(run.max(1)..).unwrap_or_default();
    }
    packed
}

fn push_phrase(packed: &mut Vec<u8>, code: usize) {
    let byte = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    match code.checked_sub(SHORTS) {
        None => packed.push(SHORT + byte(code)),
        Some(code) => packed.extend([LONG.saturating_add(byte(code >> 8)), byte(code & 0xff)]),
    }
}

/// Packs an ID, hash or time at the start of the text. Returns the length of the ID, hash or time in the text, or 0 if
/// there is none at the start.
fn push_run(packed: &mut Vec<u8>, text: &[u8]) -> usize {
    let start = packed.len();
    if let Some(uuid) = text.first_chunk::<UUID_TEXT>()
        && HYPHENS.iter().all(|at| uuid.get(*at) == Some(&b'-'))
    {
        packed.push(UUID);
        if uuid.split(|byte| *byte == b'-').all(|group| push_hex(packed, group)) {
            return UUID_TEXT;
        }
        packed.truncate(start);
    }
    if let Some(hash) = text.first_chunk::<HASH_TEXT>() {
        packed.push(HASH);
        if push_hex(packed, hash) {
            return HASH_TEXT;
        }
        packed.truncate(start);
    }
    if let Some(time) = text.first_chunk::<TIME_TEXT>()
        && !time.starts_with(b"0")
        && time.iter().all(u8::is_ascii_digit)
    {
        let number = time.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
        packed.push(TIME);
        packed.extend(number.to_be_bytes().into_iter().skip(2));
        return TIME_TEXT;
    }
    0
}

/// Packs lowercase hexadecimal digits. Returns `false` if the text contains any other character.
fn push_hex(packed: &mut Vec<u8>, text: &[u8]) -> bool {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_chunks::<2>();
    for [high, low] in pairs {
        let (Some(high), Some(low)) = (value(*high), value(*low)) else { return false };
        packed.push(high << 4 | low);
    }
    rest.is_empty()
}

/// The reason why packed bytes can't be unpacked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// There are no bytes.
    #[error("the packed text is empty")]
    Empty,
    /// The bytes are packed with a table that this version doesn't have.
    #[error("the text is packed with table {0}; a newer version may have written it")]
    UnknownTable(u8),
    /// The bytes end in the middle of a code.
    #[error("the packed text is truncated")]
    Truncated,
    /// The unpacked string is not UTF-8.
    #[error(transparent)]
    NotUtf8(#[from] std::string::FromUtf8Error),
}

/// Unpacks a packed string.
///
/// # Errors
/// Returns an error if the bytes are not a packed string.
pub fn unpack(packed: &[u8]) -> Result<String, UnpackError> {
    let mut text = Vec::new();
    unpack_into(packed, &mut text)?;
    Ok(String::from_utf8(text)?)
}

/// Unpacks a packed string into a buffer, replacing the buffer's content. Does not check that the string is UTF-8.
///
/// # Errors
/// Returns the same errors as [`unpack`].
pub(crate) fn unpack_into(packed: &[u8], text: &mut Vec<u8>) -> Result<(), UnpackError> {
    text.clear();
    match packed.split_first() {
        Some((&TABLE, rest)) => expand(rest, text).ok_or(UnpackError::Truncated),
        Some((table, _)) => Err(UnpackError::UnknownTable(*table)),
        None => Err(UnpackError::Empty),
    }
}

fn expand(mut rest: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let phrases = &*PHRASES_1;
    text.reserve(rest.len() * 3);
    while let Some((&code, after)) = rest.split_first() {
        rest = after;
        match code {
            LITERAL => {
                let (literal, after) = rest.split_first()?;
                text.push(*literal);
                rest = after;
            }
            UUID => {
                let (uuid, after) = rest.split_first_chunk::<16>()?;
                let groups = uuid.iter().enumerate();
                for (at, byte) in groups {
                    if matches!(at, 4 | 6 | 8 | 10) {
                        text.push(b'-');
                    }
                    text.extend(digits(*byte));
                }
                rest = after;
            }
            HASH => {
                let (hash, after) = rest.split_first_chunk::<32>()?;
                text.extend(hash.iter().flat_map(|byte| digits(*byte)));
                rest = after;
            }
            TIME => {
                let (time, after) = rest.split_first_chunk::<6>()?;
                let number = time.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                text.extend_from_slice(number.to_string().as_bytes());
                rest = after;
            }
            SHORT..0x20 => text.extend_from_slice(phrases.by_code.get(usize::from(code - SHORT))?.as_bytes()),
            0x20..LONG => text.push(code),
            LONG.. => {
                let (low, after) = rest.split_first()?;
                let code = SHORTS + (usize::from(code - LONG) << 8) + usize::from(*low);
                text.extend_from_slice(phrases.by_code.get(code)?.as_bytes());
                rest = after;
            }
        }
    }
    Some(())
}

fn digits(byte: u8) -> [u8; 2] {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + (value - 10) };
    [digit(byte >> 4), digit(byte & 15)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn a_released_table_never_changes() {
        assert_eq!(
            hex::encode(Sha256::digest(PHRASES)),
            "e1409e589835123822413a75857c8455923dd7e4d9224aa57a49b626201f5cb1"
        );
        let phrases: Vec<&str> = PHRASES.lines().collect();
        assert!(phrases.iter().all(|phrase| phrase.len() >= PHRASE_MIN));
        assert_eq!(phrases.iter().collect::<std::collections::BTreeSet<_>>().len(), phrases.len());
        assert!(phrases.len() <= SHORTS + (0x100 - usize::from(LONG)) * 0x100);
    }

    proptest! {
        #[test]
        fn every_text_is_unpacked_as_packed(text in any::<String>(), hash: [u8; 32], id: u128, time in 0_u64..20_000_000_000_000, at in 0_usize..344) {
            let phrase = PHRASES.lines().nth(at).unwrap_or_default();
            let id = floorkey::UserId::from_bits(id);
            let hash = hex::encode(hash);
            for text in [
                text.clone(),
                format!("{text}{id}{phrase}{time}{text}"),
                format!("{phrase}{hash}{hash}{time}"),
                format!("{phrase}{text}{phrase}\u{0}\u{1f}{}", id.to_string().to_uppercase()),
                format!("{time}{}", id.to_string().get(1..).unwrap()),
            ] {
                prop_assert_eq!(unpack(&pack(&text)), Ok(text));
            }
        }

        #[test]
        fn unpacking_arbitrary_bytes_never_panics(bytes: Vec<u8>) {
            drop(unpack(&bytes));
            drop(unpack(&[&[TABLE], bytes.as_slice()].concat()));
        }
    }

    #[test]
    fn typical_bodies_pack_to_less_than_half() {
        let id = "5bd27814-1007-46d6-8e70-543813ca1a9a";
        let hash = "67765ae9c057990a38685dfac0b899c8ba5e6c151f8ac816811889d566547c0d";
        let body = format!(
            r#"{{"act":"UpdateUserIdentityInfo","by":"system","at":1795958021898,"outcome":{{"done":1234}},"targets":[["user","{id}"]],"changes":[{{"of":["user","{id}"],"field":"last_name","before":{{"sha256":"{hash}"}},"after":{{"sha256":"{hash}"}}}}]}}"#
        );
        let personal = format!(r#"[{{"of":["{id}"],"salt":"{hash}","value":"Example"}}]"#);
        let user = format!(
            r#"{{"username":"agent7","first_name":"Ann","last_name":"Example","email":"ann7@example.com","profiles":[{{"profile":"{id}"}}],"routing_profile":"{id}","enabled":true,"password":"none","epoch":0,"modified":1795958021898}}"#
        );
        for (text, bytes) in [(body, 140), (personal, 75), (user, 100)] {
            let packed = pack(&text);
            assert!(packed.len() <= bytes && packed.len() * 2 < text.len(), "{} of {}", packed.len(), text.len());
            assert_eq!(unpack(&packed).unwrap(), text);
        }
    }

    #[test]
    fn invalid_packed_text_is_reported() {
        assert!(unpack(&[]).unwrap_err().to_string().contains("empty"));
        assert!(unpack(b"{}").unwrap_err().to_string().contains("table 123"));
        assert!(unpack(&[TABLE, UUID, 1, 2]).unwrap_err().to_string().contains("truncated"));
        assert!(unpack(&[TABLE, 0xff, 0xff]).unwrap_err().to_string().contains("truncated"));
    }
}
