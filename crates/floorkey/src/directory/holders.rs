//! Sets of numbers, such as the users with a profile. Each span of numbers is a sorted list if it has few members,
//! otherwise a bitmap.

use std::sync::Arc;

/// Numbers per span. An update copies only the span that it changes.
pub(crate) const SPAN: u32 = 1 << 16;

/// 64-bit words in the bitmap of a span.
pub(crate) const SPAN_WORDS: usize = SPAN as usize / 64;

/// The maximum length of a list. A longer list would take more memory than the bitmap.
const FEW: usize = SPAN as usize / 16;

/// A set of numbers, for example the ordinals of users.
#[derive(Clone)]
pub(crate) struct Holders {
    spans: Arc<[Arc<Span>]>,
    nobody: Arc<Span>,
    count: usize,
}

#[derive(Clone)]
enum Span {
    /// In ascending order.
    Few(Vec<u16>),
    Many(Box<[u64; SPAN_WORDS]>),
}

impl Holders {
    pub(crate) fn new() -> Self {
        Self { spans: Arc::new([]), nobody: Arc::new(Span::Few(Vec::new())), count: 0 }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds the number, or removes it if `holds` is false.
    pub(crate) fn set(&mut self, number: u32, holds: bool) {
        let (at, within) = ((number / SPAN) as usize, (number % SPAN) as u16);
        if self.contains(number) == holds {
            return;
        }
        if at >= self.spans.len() {
            // Grow by half, so that filling a set in ascending order does not copy the table for every new span.
            let room = (at + 1).max(self.spans.len() + self.spans.len() / 2);
            let rest = std::iter::repeat_n(&self.nobody, room - self.spans.len());
            self.spans = self.spans.iter().chain(rest).cloned().collect();
        }
        if let Some(span) = Arc::make_mut(&mut self.spans).get_mut(at) {
            Arc::make_mut(span).set(within, holds);
            self.count = if holds { self.count + 1 } else { self.count - 1 };
        }
    }

    /// Iterates over the numbers that are in both sets.
    pub(crate) fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + use<'a> {
        let (few, many) = if self.count <= other.count { (self, other) } else { (other, self) };
        few.iter().filter(move |number| many.contains(*number))
    }

    fn contains(&self, number: u32) -> bool {
        let (at, within) = ((number / SPAN) as usize, (number % SPAN) as u16);
        self.spans.get(at).is_some_and(|span| span.contains(within))
    }

    /// Adds the members in a window to a bitmap. The window starts at the given word and must not extend beyond its
    /// span.
    pub(crate) fn add_window(&self, word: usize, bits: &mut [u64]) {
        let within = word % SPAN_WORDS;
        match self.spans.get(word / SPAN_WORDS).map(AsRef::as_ref) {
            None => {}
            Some(Span::Few(list)) => {
                let before = |word: usize| list.partition_point(|number| usize::from(*number) / 64 < word);
                let list = list.get(before(within)..before(within + bits.len())).unwrap_or(&[]);
                for number in list {
                    if let Some(word) = bits.get_mut(usize::from(*number) / 64 - within) {
                        *word |= 1 << (number % 64);
                    }
                }
            }
            Some(Span::Many(many)) => {
                let many = many.get(within..).unwrap_or(&[]);
                bits.iter_mut().zip(many).for_each(|(word, many)| *word |= many);
            }
        }
    }

    /// Iterates over the numbers in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.spans.iter().zip(0_u32..).flat_map(|(span, at)| span.iter().map(move |within| at * SPAN + within))
    }
}

impl Span {
    fn contains(&self, number: u16) -> bool {
        match self {
            Self::Few(list) => list.binary_search(&number).is_ok(),
            Self::Many(bits) => bits.get(usize::from(number) / 64).is_some_and(|word| word >> (number % 64) & 1 == 1),
        }
    }

    fn set(&mut self, number: u16, holds: bool) {
        if let Self::Few(list) = self
            && list.len() >= FEW
            && holds
        {
            let mut bits = Box::new([0; SPAN_WORDS]);
            list.iter().for_each(|listed| set_bit(bits.as_mut_slice(), *listed, true));
            *self = Self::Many(bits);
        }
        match self {
            Self::Many(bits) => set_bit(bits.as_mut_slice(), number, holds),
            Self::Few(list) => match (list.binary_search(&number), holds) {
                (Err(place), true) => {
                    if list.len() == list.capacity() {
                        // Don't double the capacity as `Vec` does: there are many lists.
                        list.reserve_exact(8 + list.len() / 8);
                    }
                    list.insert(place, number);
                }
                (Ok(place), false) => {
                    list.remove(place);
                }
                (Ok(_), true) | (Err(_), false) => {}
            },
        }
    }

    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (few, many): (&[u16], &[u64]) = match self {
            Self::Few(list) => (list, &[]),
            Self::Many(bits) => (&[], bits.as_slice()),
        };
        let bits = many.iter().zip(0_u32..).flat_map(|(word, at)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        });
        few.iter().map(|number| u32::from(*number)).chain(bits)
    }
}

fn set_bit(bits: &mut [u64], number: u16, on: bool) {
    if let Some(word) = bits.get_mut(usize::from(number) / 64) {
        let bit = 1 << (number % 64);
        *word = if on { *word | bit } else { *word & !bit };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn users_are_added_and_removed_in_sparse_and_dense_spans() {
        let (mut holders, mut plain) = (Holders::new(), BTreeSet::new());
        // Many users in the first span, none in the second, and few in the third.
        let numbers = (0..SPAN).step_by(3).chain((2 * SPAN..3 * SPAN).step_by(100)).rev();
        for number in numbers {
            holders.set(number, true);
            holders.set(number, true);
            plain.insert(number);
        }
        let before = holders.clone();
        assert_eq!(before.iter().collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
        for number in (0..3 * SPAN).step_by(7) {
            holders.set(number, false);
            plain.remove(&number);
        }
        assert_eq!(holders.iter().collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
        assert_eq!(holders.count(), plain.len());
        let words = SPAN_WORDS;
        for (word, many) in
            [(0, words), (words, words), (2 * words, words), (3 * words, 1), (5, 7), (2 * words + 64, 3)]
        {
            let (mut bits, begin) = (vec![0_u64; many], word as u32 * 64);
            holders.add_window(word, &mut bits);
            let members = (begin..)
                .take(many * 64)
                .filter(|number| bits[(number - begin) as usize / 64] >> (number % 64) & 1 == 1);
            assert!(members.eq(plain.range(begin..begin + many as u32 * 64).copied()), "{many} from {word} on");
        }
        assert_ne!(before.count(), plain.len(), "a copy stays as it was");
        assert!(before.common(&holders).eq(plain.iter().copied()) && holders.common(&before).eq(plain.iter().copied()));
        assert!(!holders.iter().any(|number| (SPAN..2 * SPAN).contains(&number)));
    }
}
