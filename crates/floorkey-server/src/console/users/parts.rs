//! What many texts have in common: first and last names, the word that all logins begin with, the domain of a company.
//!
//! Triples of bytes tell who may have a word; to be sure of it takes a look at the text. For a name that thousands have
//! that would be thousands of looks. A part that has the word in it tells it of all who have the part.

use std::collections::HashMap;

use memchr::memmem;

use super::members::Members;

/// How many have a part, at least, that is worth keeping.
const MANY: u32 = 64;

/// The parts that many texts have.
#[derive(Default)]
pub(super) struct Parts {
    /// All of them; none has a `\0`, which stands after each.
    text: String,
    /// Where each ends, with its `\0`.
    ends: Vec<usize>,
    /// Who has it.
    members: Vec<Members>,
}

impl Parts {
    /// The parts of texts that are numbered from 0; `many` of them.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str> + Clone, many: usize) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for part in texts.clone().flat_map(parts) {
            *counts.entry(part).or_default() += 1;
        }
        // A text may have one twice, so that these are at least as many as have it.
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

    /// Who has a part with the word in it: sets their bits, and clears all others. Others may have the word too.
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

/// The parts of a text: what stands between blanks, digits and the signs that logins are joined by. A domain is one.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(['\0', ' ']).flat_map(|word| {
        let domain = word.find('@').unwrap_or(word.len());
        let (before, domain) = word.split_at_checked(domain).unwrap_or((word, ""));
        before.split(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+')).chain([domain])
    });
    // Shorter ones are told by their grams.
    words.filter(|part| part.len() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_names_and_a_domain() {
        let text = "marta.lynch42\0marta o'brien-lynch\0marta_x@mail.example.com\0";
        let expected = ["marta", "lynch", "marta", "o'brien", "lynch", "marta", "@mail.example.com"];
        assert_eq!(parts(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_many_have_is_known_of_them_and_of_no_other() {
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
