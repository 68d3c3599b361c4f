//! An index of the parts that many strings have in common, such as first names, last names and email domains.
//!
//! A trigram search for a word finds only candidates. Each candidate's string must then be searched to see whether it
//! contains the word. A common name has thousands of candidates. This index avoids most of these searches: if a common
//! part contains the word, every string with this part contains the word.

use std::collections::HashMap;

use memchr::memmem;

use super::number_set::NumberSet;

/// A part is indexed only if at least this many strings contain the part.
const MEMBERS_MIN: u32 = 64;

/// The index of common parts.
#[derive(Default)]
pub(super) struct CommonParts {
    /// All parts, each followed by `\0`, which no part contains.
    text: String,
    /// The offset in `text` at which each part ends, including its `\0`.
    ends: Vec<usize>,
    /// For each part, the numbers of the strings that contain the part.
    sets: Vec<NumberSet>,
}

impl CommonParts {
    /// Indexes the strings, which are numbered from 0. `universe` is the number of strings.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str> + Clone, universe: usize) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for part in texts.clone().flat_map(parts) {
            *counts.entry(part).or_default() += 1;
        }
        // A string can contain a part twice, so a count can be higher than the number of strings.
        counts.retain(|_, count| *count >= MEMBERS_MIN);
        let mut lists: HashMap<&str, Vec<u32>> = counts.keys().map(|part| (*part, Vec::new())).collect();
        for (text, number) in texts.zip(0_u32..) {
            for part in parts(text) {
                if let Some(list) = lists.get_mut(part)
                    && list.last() != Some(&number)
                {
                    list.push(number);
                }
            }
        }
        let mut index = Self::default();
        for (part, list) in lists {
            index.text.push_str(part);
            index.text.push('\0');
            index.ends.push(index.text.len());
            let bits = NumberSet::is_bitmap_smaller(u32::try_from(list.len()).unwrap_or(u32::MAX), universe);
            let list = NumberSet::List(list.into_boxed_slice());
            index.sets.push(if bits { NumberSet::Bits(list.to_bits(universe).into_boxed_slice()) } else { list });
        }
        index
    }

    /// Sets the bit of every string that has a common part with the word in it, and clears all other bits. Strings with
    /// cleared bits may still contain the word.
    pub(super) fn union_of_parts_with(&self, word: &str, bits: &mut [u64]) {
        bits.fill(0);
        let mut last = None;
        for found in memmem::find_iter(self.text.as_bytes(), word) {
            let part = self.ends.partition_point(|end| *end <= found);
            if last.replace(part) != Some(part)
                && let Some(set) = self.sets.get(part)
            {
                set.union_into(bits);
            }
        }
    }
}

/// Splits a string into parts at spaces, digits, and the separators of login names. An email domain is one part.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(['\0', ' ']).flat_map(|word| {
        let domain = word.find('@').unwrap_or(word.len());
        let (before, domain) = word.split_at_checked(domain).unwrap_or((word, ""));
        before.split(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+')).chain([domain])
    });
    // Parts of up to three bytes are not needed. The search index finds such short words without them.
    words.filter(|part| part.len() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_names_and_a_domain() {
        let text = "marta.lynch42\0marta o'brien-lynch\0marta_x@mail.example.com\0";
        let expected = ["marta", "lynch", "marta", "o'brien", "lynch", "marta", "@mail.example.com"];
        assert_eq!(parts(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn union_of_parts_finds_exactly_the_texts_with_a_common_part() {
        let texts: Vec<String> = (0..300).map(|at| format!("{}{at}\0", ["marta", "martin", "zofia"][at % 3])).collect();
        let parts = CommonParts::new(texts.iter().map(String::as_str), texts.len());
        assert_eq!(parts.sets.len(), 3);
        let found = |word| {
            let mut bits = vec![u64::MAX; 5];
            parts.union_of_parts_with(word, &mut bits);
            NumberSet::Bits(bits.into_boxed_slice()).to_vec()
        };
        assert_eq!(found("mart"), (0..300).filter(|at| at % 3 < 2).collect::<Vec<_>>());
        assert_eq!(found("zofi"), (2..300).step_by(3).collect::<Vec<_>>());
        assert_eq!(found("ofiam"), [0; 0], "no part goes on in the next");
    }
}
