//! References: short codes that identify refusals. An administrator can use a reference to find details that the actor
//! is not allowed to see.

use std::fmt;

/// The reference of one refusal, for example `R-7F3KW`. It is short enough to be read out over the phone.
///
/// The five characters after the prefix `R-` are from an alphabet of 18 characters that do not look or sound alike.
/// These are the digits except 0 and 1, and one letter from each group of letters whose names rhyme. Therefore there
/// are 1,889,568 possible references.
///
/// References are random and not unique: two refusals in one instance can have the same reference. A lookup therefore
/// returns all refusals with the reference. An administrator can tell them apart by time and actor. If an audit log
/// contains 10,000 references, about one in 190 of them occurs more than once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference([u8; Reference::CHARS]);

impl Reference {
    /// The number of characters after `R-`.
    const CHARS: usize = 5;
    const ALPHABET: &[u8; 18] = b"23456789CFHKMQRWXY";

    /// Derives a reference from random bits.
    #[must_use]
    pub fn from_random(bits: u64) -> Self {
        let mut remaining = bits;
        Self(std::array::from_fn(|_| {
            let digit = usize::try_from(remaining % 18).unwrap_or_default();
            remaining /= 18;
            Self::ALPHABET.get(digit).copied().unwrap_or(b'2')
        }))
    }

    /// Parses a reference as people write it. Letter case, white space and hyphens are ignored, and `R-` can be
    /// omitted.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // A longer string can't be a reference, even though some characters are ignored.
        if text.len() > 32 {
            return None;
        }
        // If the text starts with `R-`, the whole reference follows. If it starts with `R` and no hyphen follows, `R`
        // can be the prefix or the first character of the reference.
        let text = text.trim();
        let (text, is_whole) = match text.get(..2) {
            Some("R-" | "r-") => (text.get(2..).unwrap_or_default(), true),
            _ => (text, false),
        };
        let is_significant = |c: &char| !c.is_whitespace() && *c != '-';
        let chars: Vec<char> = text.chars().filter(is_significant).map(|c| c.to_ascii_uppercase()).collect();
        let chars = match chars.split_first() {
            Some(('R', rest)) if rest.len() == Self::CHARS && !is_whole => rest,
            _ => chars.as_slice(),
        };
        let byte = |c: &char| u8::try_from(*c).ok().filter(|byte| Self::ALPHABET.contains(byte));
        let bytes: Vec<u8> = chars.iter().map(byte).collect::<Option<_>>()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("R-")?;
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_parses_in_common_spellings() {
        for bits in [0, 1, 17, 18, 1_889_567, 1_889_568, u64::MAX] {
            let reference = Reference::from_random(bits);
            let text = reference.to_string();
            assert_eq!(text.len(), 7, "{text}");
            for written in [text.clone(), text.to_lowercase(), text.replace('-', " "), text.chars().skip(2).collect()] {
                assert_eq!(Reference::parse(&written), Some(reference), "{written}");
            }
        }
        assert_eq!(Reference::parse(" r-rrr rr "), Reference::parse("R-RRRRR"));
        assert_eq!(Reference::parse("RRRRR"), Reference::parse("R-RRRRR"));
        for wrong in ["", "R-", "R-7F3K", "R-7F3KWW", "R-7F3K0", "R-7F3KÄ", &"R".repeat(1000)] {
            assert_eq!(Reference::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn different_bits_produce_different_references() {
        let all: std::collections::BTreeSet<_> = (0..20_000).map(Reference::from_random).collect();
        assert_eq!(all.len(), 20_000);
    }
}
