//! A search index for users: a folded text for each user, with an index of its bytes, bigrams and trigrams.
//!
//! A plain search in the texts of 100,000 users takes longer than rendering the page. The index finds the users with
//! all trigrams of a word, and parts that many users share are indexed separately (see [`Parts`]). Only the texts of
//! the remaining candidates are searched.

use memchr::memmem::Finder;

use super::members::{Members, each_bit};
use super::parts::Parts;

/// Number of sets for trigrams, a power of two. Trigrams are assigned to them by a hash.
const TRIPLES: usize = 1 << 16;

/// Number of sets for bigrams: one for each pair of ASCII characters.
const PAIRS: usize = 1 << 14;

/// Number of sets for single bytes.
const SINGLES: usize = 1 << 8;

/// Maximum size of a set whose members are checked one by one instead of with bitmaps.
const FEW: u32 = 128;

/// Texts, numbered from 0, with an index.
pub(super) struct Texts {
    text: String,
    /// The start of each text, and the end of the last one.
    starts: Vec<u32>,
    sets: Vec<Set>,
    parts: Parts,
}

/// The texts with grams of one hash.
struct Set {
    members: Members,
    count: u32,
    /// The gram of this hash in the texts; 0 if there are several.
    only: u32,
}

impl Texts {
    /// Indexes texts in their order.
    pub(super) fn new(texts: impl Iterator<Item = String>) -> Self {
        let (mut text, mut starts) = (String::new(), vec![0]);
        for one in texts {
            text.push_str(&one);
            starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        let mut texts = Self { text, starts, sets: Vec::new(), parts: Parts::default() };
        texts.index();
        texts.parts = Parts::of((0..texts.count()).map(|number| texts.get(number)), texts.len());
        texts
    }

    /// Returns the number of texts.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Returns the numbers of the texts that contain all words, ascending; all texts without words.
    pub(super) fn find(&self, words: &[String]) -> Members {
        let mut sets: Vec<&Set> = Vec::new();
        for word in words {
            let begun = sets.len();
            sets.extend(grams(word.as_bytes()).filter_map(|gram| self.sets.get(place(gram))));
            // The two rarest sets exclude almost all other texts. Intersecting more sets costs more than searching the
            // texts.
            if let Some(own) = sets.get_mut(begun..) {
                own.sort_unstable_by_key(|set| set.count);
            }
            sets.truncate(begun + 2);
        }
        sets.sort_unstable_by_key(|set| set.count);
        let Some((rarest, others)) = sets.split_first() else {
            return Members::List((0..self.count()).collect());
        };
        let doubtful = words.iter().filter(|word| !self.is_told_by_its_gram(word));
        match &rarest.members {
            Members::List(list) if rarest.count <= FEW => {
                let finders: Vec<_> = doubtful.map(Finder::new).collect();
                let candidate = |number: &u32| others.iter().all(|set| set.members.contains(*number));
                let right = |number: &u32| finders.iter().all(|finder| self.has(*number, finder));
                Members::List(list.iter().copied().filter(candidate).filter(right).collect())
            }
            all => {
                let mut found = all.to_bits(self.len());
                for other in others {
                    other.members.keep_in(&mut found);
                }
                let mut known = vec![0; found.len()];
                doubtful.for_each(|word| self.keep_those_with(word, &mut found, &mut known));
                Members::Bits(found.into_boxed_slice())
            }
        }
    }

    /// Removes the texts without the word from `found`. Texts that have the word in a common part are not searched;
    /// `known` is a buffer for those.
    fn keep_those_with(&self, word: &str, found: &mut [u64], known: &mut [u64]) {
        self.parts.having(word, known);
        let finder = Finder::new(word);
        for ((bits, known), at) in found.iter_mut().zip(known).zip(0_u32..) {
            each_bit(*bits & !*known, |bit| {
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

    /// Whether the index is exact for the word: it has one to three bytes, and no other gram has the same set.
    fn is_told_by_its_gram(&self, word: &str) -> bool {
        let mut grams = grams(word.as_bytes());
        match (grams.next(), grams.next()) {
            (Some(gram), None) => self.sets.get(place(gram)).is_some_and(|set| set.only == gram),
            _ => false,
        }
    }

    /// Builds the sets in two passes over all texts: the first counts members, the second adds them.
    fn index(&mut self) {
        let many = self.len();
        let mut sets: Vec<Gathering> = (0..TRIPLES + PAIRS + SINGLES).map(|_| Gathering::default()).collect();
        self.each_gram(&mut sets, |set, gram, is_new, _| {
            set.only = if set.count == 0 || set.only == gram { gram } else { 0 };
            set.count += u32::from(is_new);
        });
        for set in &mut sets {
            set.last = 0;
            match Members::are_bits(set.count, many) {
                true => set.bits = vec![0; many.div_ceil(64)],
                false => set.list.reserve_exact(set.count as usize),
            }
        }
        self.each_gram(&mut sets, |set, _, is_new, number| match set.bits.get_mut(number as usize / 64) {
            Some(word) => *word |= 1 << (number % 64),
            None if is_new => set.list.push(number),
            None => {}
        });
        self.sets = sets.into_iter().map(Gathering::done).collect();
    }

    fn each_gram(&self, sets: &mut [Gathering], mut visit: impl FnMut(&mut Gathering, u32, bool, u32)) {
        for number in 0..self.count() {
            for gram in all_grams(self.get(number).as_bytes()) {
                if let Some(set) = sets.get_mut(place(gram)) {
                    let is_new = set.last != number + 1;
                    set.last = number + 1;
                    visit(set, gram, is_new, number);
                }
            }
        }
    }
}

/// A set under construction.
#[derive(Default)]
struct Gathering {
    count: u32,
    only: u32,
    /// The number of the last text that was counted, plus one.
    last: u32,
    list: Vec<u32>,
    bits: Vec<u64>,
}

impl Gathering {
    fn done(self) -> Set {
        let members = match self.bits.is_empty() {
            true => Members::List(self.list.into_boxed_slice()),
            false => Members::Bits(self.bits.into_boxed_slice()),
        };
        Set { members, count: self.count, only: self.only }
    }
}

/// Returns the trigrams of a word, or the word itself if it is shorter.
fn grams(word: &[u8]) -> impl Iterator<Item = u32> + '_ {
    word.windows(word.len().clamp(1, 3)).map(gram)
}

/// Returns all bytes, bigrams and trigrams of a text.
fn all_grams(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    text.windows(1).chain(text.windows(2)).chain(text.windows(3)).map(gram)
}

fn gram(bytes: &[u8]) -> u32 {
    bytes.iter().fold(1, |gram, byte| gram << 8 | u32::from(*byte))
}

/// Returns the index of a gram's set. Trigrams are hashed; an ASCII bigram shares its set only with non-ASCII bigrams,
/// and a single byte has its own set.
fn place(gram: u32) -> usize {
    match gram {
        0..0x200 => TRIPLES + PAIRS + (gram & 0xff) as usize,
        0x200..0x2_0000 => TRIPLES + ((gram >> 1 & 0x3f80) | (gram & 0x7f)) as usize,
        _ => (gram.wrapping_mul(0x9e37_79b1) >> 16) as usize % TRIPLES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that overlap a lot, so that grams alone would match too many.
    fn names(many: usize) -> Vec<String> {
        let parts = ["ann", "anna", "hanna", "nan", "müller", "meier", "ng", "a", "øre", "99", "199"];
        let part = |at: usize| parts.get(at % parts.len()).copied().unwrap_or_default();
        (0..many)
            .map(|at| {
                format!("{}{at}\0{} {}\0{}x@example.org\0", part(at), part(at / 7), part(at * 5 + 3), part(at * 3))
            })
            .collect()
    }

    #[test]
    fn find_returns_the_same_as_a_plain_search() {
        for many in [0, 1, 63, 64, 65, 500, 3000] {
            let names = names(many);
            let texts = Texts::new(names.iter().cloned());
            assert_eq!(texts.len(), many);
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
                let plain: Vec<u32> = (0..many as u32)
                    .filter(|at| words.iter().all(|word| names[*at as usize].contains(word.as_str())))
                    .collect();
                assert_eq!(texts.find(&words).numbers(), plain, "{query} in {many}");
            }
        }
    }
}
