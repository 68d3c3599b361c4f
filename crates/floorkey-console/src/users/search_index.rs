//! A search index for users. It contains a case-folded string for each user, and an index of the bytes, bigrams and
//! trigrams in these strings.
//!
//! A plain search in the strings of 100,000 users takes longer than rendering the page. The index instead finds
//! candidates: users whose strings contain the rarest trigrams of a word. Parts that many strings have in common are
//! indexed separately (see [`CommonParts`]). Only the strings of the remaining candidates are searched.

use memchr::memmem::Finder;

use super::common_parts::CommonParts;
use super::number_set::{NumberSet, each_bit};

/// Number of sets for trigrams, which is a power of two. A hash assigns each trigram to one of these sets.
const TRIGRAM_SETS: usize = 1 << 16;

/// Number of sets for bigrams: one for each pair of ASCII characters.
const BIGRAM_SETS: usize = 1 << 14;

/// Number of sets for single bytes.
const BYTE_SETS: usize = 1 << 8;

/// Sets with at most this many members are checked member by member. Larger sets are intersected as bitmaps.
const LIST_LEN_MAX: u32 = 128;

/// Strings with an index. The strings are numbered from 0.
pub(super) struct SearchIndex {
    text: String,
    /// The start offset of each string, followed by the end offset of the last string.
    starts: Vec<u32>,
    sets: Vec<GramSet>,
    parts: CommonParts,
}

/// The strings that contain a gram with a certain hash.
struct GramSet {
    members: NumberSet,
    count: u32,
    /// The only gram in all strings that has this hash. 0 if several grams have this hash.
    unique_gram: u32,
}

impl SearchIndex {
    /// Indexes the strings, and numbers them in the given order.
    pub(super) fn new(texts: impl Iterator<Item = String>) -> Self {
        let (mut text, mut starts) = (String::new(), vec![0]);
        for one in texts {
            text.push_str(&one);
            starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        let mut texts = Self { text, starts, sets: Vec::new(), parts: CommonParts::default() };
        texts.index();
        texts.parts = CommonParts::new((0..texts.count()).map(|number| texts.get(number)), texts.len());
        texts
    }

    /// Returns the number of indexed strings.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Returns the numbers of the strings that contain all words, in ascending order. If there are no words, returns
    /// the numbers of all strings.
    pub(super) fn find(&self, words: &[String]) -> NumberSet {
        let mut sets: Vec<&GramSet> = Vec::new();
        for word in words {
            let first = sets.len();
            sets.extend(grams(word.as_bytes()).filter_map(|gram| self.sets.get(set_index(gram))));
            // The two smallest sets of a word already exclude almost all strings that don't contain the word.
            // Intersecting more sets would cost more than searching the remaining strings.
            if let Some(own) = sets.get_mut(first..) {
                own.sort_unstable_by_key(|set| set.count);
            }
            sets.truncate(first + 2);
        }
        sets.sort_unstable_by_key(|set| set.count);
        let Some((rarest, others)) = sets.split_first() else {
            return NumberSet::List((0..self.count()).collect());
        };
        let inexact = words.iter().filter(|word| !self.is_exact(word));
        match &rarest.members {
            NumberSet::List(list) if rarest.count <= LIST_LEN_MAX => {
                let finders: Vec<_> = inexact.map(Finder::new).collect();
                let candidate = |number: &u32| others.iter().all(|set| set.members.contains(*number));
                let has_words = |number: &u32| finders.iter().all(|finder| self.has(*number, finder));
                NumberSet::List(list.iter().copied().filter(candidate).filter(has_words).collect())
            }
            all => {
                let mut found = all.to_bits(self.len());
                for other in others {
                    other.members.intersect_into(&mut found);
                }
                let mut certain = vec![0; found.len()];
                inexact.for_each(|word| self.retain_containing(word, &mut found, &mut certain));
                NumberSet::Bits(found.into_boxed_slice())
            }
        }
    }

    /// Removes from `found` the strings that don't contain the word. Strings that have a common part with the word in
    /// it are kept without being searched. `certain` is a buffer for the set of these strings.
    fn retain_containing(&self, word: &str, found: &mut [u64], certain: &mut [u64]) {
        self.parts.union_of_parts_with(word, certain);
        let finder = Finder::new(word);
        for ((bits, certain), at) in found.iter_mut().zip(certain).zip(0_u32..) {
            each_bit(*bits & !*certain, |bit| {
                if !self.has(at * 64 + bit, &finder) {
                    *bits &= !(1 << bit);
                }
            });
        }
    }

    fn has(&self, number: u32, finder: &Finder<'_>) -> bool {
        finder.find(self.get(number).as_bytes()).is_some()
    }

    fn count(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    fn get(&self, number: u32) -> &str {
        let bounds = self.starts.get(number as usize).zip(self.starts.get(number as usize + 1));
        bounds.and_then(|(from, to)| self.text.get(*from as usize..*to as usize)).unwrap_or_default()
    }

    /// Whether a lookup of the word in the index is exact. The word must have one to three bytes. In addition, no other
    /// gram in the strings can belong to the same set.
    fn is_exact(&self, word: &str) -> bool {
        let mut grams = grams(word.as_bytes());
        match (grams.next(), grams.next()) {
            (Some(gram), None) => self.sets.get(set_index(gram)).is_some_and(|set| set.unique_gram == gram),
            _ => false,
        }
    }

    /// Builds the sets in two passes over all strings. The first pass counts the members of each set, and the second
    /// pass adds the members.
    fn index(&mut self) {
        let count_of_texts = self.len();
        let mut sets: Vec<SetBuilder> =
            (0..TRIGRAM_SETS + BIGRAM_SETS + BYTE_SETS).map(|_| SetBuilder::default()).collect();
        self.each_gram(&mut sets, |set, gram, is_new, _| {
            set.unique_gram = if set.count == 0 || set.unique_gram == gram { gram } else { 0 };
            set.count += u32::from(is_new);
        });
        for set in &mut sets {
            set.last_number = 0;
            match NumberSet::is_bitmap_smaller(set.count, count_of_texts) {
                true => set.bits = vec![0; count_of_texts.div_ceil(64)],
                false => set.list.reserve_exact(set.count as usize),
            }
        }
        self.each_gram(&mut sets, |set, _, is_new, number| match set.bits.get_mut(number as usize / 64) {
            Some(word) => *word |= 1 << (number % 64),
            None if is_new => set.list.push(number),
            None => {}
        });
        self.sets = sets.into_iter().map(SetBuilder::build).collect();
    }

    fn each_gram(&self, sets: &mut [SetBuilder], mut visit: impl FnMut(&mut SetBuilder, u32, bool, u32)) {
        for number in 0..self.count() {
            for gram in all_grams(self.get(number).as_bytes()) {
                if let Some(set) = sets.get_mut(set_index(gram)) {
                    let is_new = set.last_number != number + 1;
                    set.last_number = number + 1;
                    visit(set, gram, is_new, number);
                }
            }
        }
    }
}

/// A set that is being built.
#[derive(Default)]
struct SetBuilder {
    count: u32,
    unique_gram: u32,
    /// The number of the last string that was counted, plus one.
    last_number: u32,
    list: Vec<u32>,
    bits: Vec<u64>,
}

impl SetBuilder {
    fn build(self) -> GramSet {
        let members = match self.bits.is_empty() {
            true => NumberSet::List(self.list.into_boxed_slice()),
            false => NumberSet::Bits(self.bits.into_boxed_slice()),
        };
        GramSet { members, count: self.count, unique_gram: self.unique_gram }
    }
}

/// Returns the trigrams of a word. Returns the word itself if the word has fewer than three bytes.
fn grams(word: &[u8]) -> impl Iterator<Item = u32> + '_ {
    word.windows(word.len().clamp(1, 3)).map(gram)
}

/// Returns all bytes, bigrams and trigrams of a string.
fn all_grams(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    text.windows(1).chain(text.windows(2)).chain(text.windows(3)).map(gram)
}

fn gram(bytes: &[u8]) -> u32 {
    bytes.iter().fold(1, |gram, byte| gram << 8 | u32::from(*byte))
}

/// Returns the index of a gram's set. A hash assigns trigrams to sets. An ASCII bigram shares its set only with
/// non-ASCII bigrams. Each single byte has its own set.
fn set_index(gram: u32) -> usize {
    match gram {
        0..0x200 => TRIGRAM_SETS + BIGRAM_SETS + (gram & 0xff) as usize,
        0x200..0x2_0000 => TRIGRAM_SETS + ((gram >> 1 & 0x3f80) | (gram & 0x7f)) as usize,
        _ => (gram.wrapping_mul(0x9e37_79b1) >> 16) as usize % TRIGRAM_SETS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns names that have many grams in common. A search by grams alone would match too many of these names.
    fn names(count_of_texts: usize) -> Vec<String> {
        let parts = ["ann", "anna", "hanna", "nan", "müller", "meier", "ng", "a", "øre", "99", "199"];
        let part = |at: usize| parts.get(at % parts.len()).copied().unwrap_or_default();
        (0..count_of_texts)
            .map(|at| {
                format!("{}{at}\0{} {}\0{}x@example.org\0", part(at), part(at / 7), part(at * 5 + 3), part(at * 3))
            })
            .collect()
    }

    #[test]
    fn find_returns_the_same_as_a_plain_search() {
        for count_of_texts in [0, 1, 63, 64, 65, 500, 3000] {
            let names = names(count_of_texts);
            let texts = SearchIndex::new(names.iter().cloned());
            assert_eq!(texts.len(), count_of_texts);
            for query in [
                "",
                "a",
                "n",
                "an",
                "ann",
                "anna",
                "nna h",
                "99",
                "99 ann",
                "1 2 3",
                "mü",
                "ü",
                "ø",
                "zz",
                "müller 9",
                "@exam",
                "meier ex",
                "xampl 7 hann",
                "nanx",
                "e.org",
                "ple.",
                "a1",
            ] {
                let words: Vec<String> = query.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
                let plain: Vec<u32> = (0..count_of_texts as u32)
                    .filter(|at| words.iter().all(|word| names[*at as usize].contains(word.as_str())))
                    .collect();
                assert_eq!(texts.find(&words).to_vec(), plain, "{query} in {count_of_texts}");
            }
        }
    }
}
