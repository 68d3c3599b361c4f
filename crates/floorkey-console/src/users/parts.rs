//! An index of parts that many texts have in common: first and last names, prefixes of logins, email domains.
//!
//! Trigrams only find candidates for a word; each candidate's text has to be searched to be certain. For a common name
//! this would be thousands of searches. If a common part contains the word, all texts with the part contain it.

use std::collections::HashMap;

use memchr::memmem;

use super::members::Members;

/// Minimum number of texts with a part for it to be indexed.
const MANY: u32 = 64;

/// The index of common parts.
#[derive(Default)]
pub(super) struct Parts {
    /// All parts, each followed by `\0`, which no part contains.
    text: String,
    /// The end of each part in `text`, after its `\0`.
    ends: Vec<usize>,
    /// The numbers of the texts with each part.
    members: Vec<Members>,
}

impl Parts {
    /// Indexes `many` texts, numbered from 0.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str> + Clone, many: usize) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for part in texts.clone().flat_map(parts) {
            *counts.entry(part).or_default() += 1;
        }
        // A text can contain a part twice, so a count can be higher than the number of texts.
        counts.retain(|_, count| *count >= MANY);
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
        let mut made = Self::default();
        for (part, list) in lists {
            made.text.push_str(part);
            made.text.push('\0');
            made.ends.push(made.text.len());
            let bits = Members::are_bits(u32::try_from(list.len()).unwrap_or(u32::MAX), many);
            let list = Members::List(list.into_boxed_slice());
            made.members.push(if bits { Members::Bits(list.to_bits(many).into_boxed_slice()) } else { list });
        }
        made
    }

    /// Sets the bits of the texts with a part that contains the word, and clears all others. Other texts can contain
    /// the word, too.
    pub(super) fn having(&self, word: &str, bits: &mut [u64]) {
        bits.fill(0);
        let mut last = None;
        for found in memmem::find_iter(self.text.as_bytes(), word) {
            let part = self.ends.partition_point(|end| *end <= found);
            if last.replace(part) != Some(part)
                && let Some(members) = self.members.get(part)
            {
                members.add_to(bits);
            }
        }
    }
}

/// Splits a text into parts at spaces, digits and the separators of login names. An email domain is one part.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(['\0', ' ']).flat_map(|word| {
        let domain = word.find('@').unwrap_or(word.len());
        let (before, domain) = word.split_at_checked(domain).unwrap_or((word, ""));
        before.split(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+')).chain([domain])
    });
    // The sets of grams are enough for words of up to three bytes.
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
    fn having_finds_exactly_the_texts_with_a_common_part() {
        let texts: Vec<String> = (0..300).map(|at| format!("{}{at}\0", ["marta", "martin", "zofia"][at % 3])).collect();
        let parts = Parts::of(texts.iter().map(String::as_str), texts.len());
        assert_eq!(parts.members.len(), 3);
        let known = |word| {
            let mut bits = vec![u64::MAX; 5];
            parts.having(word, &mut bits);
            Members::Bits(bits.into_boxed_slice()).numbers()
        };
        assert_eq!(known("mart"), (0..300).filter(|at| at % 3 < 2).collect::<Vec<_>>());
        assert_eq!(known("zofi"), (2..300).step_by(3).collect::<Vec<_>>());
        assert_eq!(known("ofiam"), [0; 0], "no part goes on in the next");
    }
}
