//! Sets of numbers, for example the ordinals of the users with a profile. The numbers are divided into spans of equal
//! size. A span with few members is stored as a sorted list. Any other span is stored as a bitmap.

use std::sync::Arc;

/// The size of a span. An update copies only the span that contains the changed number.
pub(crate) const SPAN: u32 = 1 << 16;

/// The number of 64-bit words in the bitmap of a span.
pub(crate) const SPAN_WORDS: usize = SPAN as usize / 64;

/// The maximum length of a list. A longer list would take more memory than a bitmap.
const LIST_LEN_MAX: usize = SPAN as usize / 16;

/// A set of numbers, for example the ordinals of users.
#[derive(Clone)]
pub(crate) struct NumberSet {
    spans: Arc<[Arc<Span>]>,
    empty_span: Arc<Span>,
    count: usize,
}

#[derive(Clone)]
enum Span {
    /// The members of the span in ascending order.
    List(Vec<u16>),
    Bitmap(Box<[u64; SPAN_WORDS]>),
}

impl NumberSet {
    pub(crate) fn new() -> Self {
        Self { spans: Arc::new([]), empty_span: Arc::new(Span::List(Vec::new())), count: 0 }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds the number, or removes it if `present` is false.
    pub(crate) fn set(&mut self, number: u32, present: bool) {
        let (at, offset) = ((number / SPAN) as usize, (number % SPAN) as u16);
        if self.contains(number) == present {
            return;
        }
        if at >= self.spans.len() {
            // The table of spans is enlarged by half, so that filling a set in ascending order does not copy the table
            // for every new span.
            let new_len = (at + 1).max(self.spans.len() + self.spans.len() / 2);
            let padding = std::iter::repeat_n(&self.empty_span, new_len - self.spans.len());
            self.spans = self.spans.iter().chain(padding).cloned().collect();
        }
        if let Some(span) = Arc::make_mut(&mut self.spans).get_mut(at) {
            Arc::make_mut(span).set(offset, present);
            self.count = if present { self.count + 1 } else { self.count - 1 };
        }
    }

    /// Iterates over the numbers that are in both sets.
    pub(crate) fn intersection<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + use<'a> {
        let (smaller, larger) = if self.count <= other.count { (self, other) } else { (other, self) };
        smaller.iter().filter(move |number| larger.contains(*number))
    }

    fn contains(&self, number: u32) -> bool {
        let (at, offset) = ((number / SPAN) as usize, (number % SPAN) as u16);
        self.spans.get(at).is_some_and(|span| span.contains(offset))
    }

    /// Sets the bits of all members of the set that are in a range. The range starts at the given 64-bit word and has
    /// as many words as `bits`. It must not extend beyond one span.
    pub(crate) fn or_into(&self, word: usize, bits: &mut [u64]) {
        let offset = word % SPAN_WORDS;
        match self.spans.get(word / SPAN_WORDS).map(AsRef::as_ref) {
            None => {}
            Some(Span::List(list)) => {
                let before = |word: usize| list.partition_point(|number| usize::from(*number) / 64 < word);
                let numbers = list.get(before(offset)..before(offset + bits.len())).unwrap_or(&[]);
                for number in numbers {
                    if let Some(word) = bits.get_mut(usize::from(*number) / 64 - offset) {
                        *word |= 1 << (number % 64);
                    }
                }
            }
            Some(Span::Bitmap(words)) => {
                let words = words.get(offset..).unwrap_or(&[]);
                bits.iter_mut().zip(words).for_each(|(bits, word)| *bits |= word);
            }
        }
    }

    /// Iterates over the numbers in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.spans.iter().zip(0_u32..).flat_map(|(span, at)| span.iter().map(move |offset| at * SPAN + offset))
    }
}

impl Span {
    fn contains(&self, number: u16) -> bool {
        match self {
            Self::List(list) => list.binary_search(&number).is_ok(),
            Self::Bitmap(bits) => bits.get(usize::from(number) / 64).is_some_and(|word| word >> (number % 64) & 1 == 1),
        }
    }

    fn set(&mut self, number: u16, present: bool) {
        if let Self::List(list) = self
            && list.len() >= LIST_LEN_MAX
            && present
        {
            let mut bits = Box::new([0; SPAN_WORDS]);
            list.iter().for_each(|listed| set_bit(bits.as_mut_slice(), *listed, true));
            *self = Self::Bitmap(bits);
        }
        match self {
            Self::Bitmap(bits) => set_bit(bits.as_mut_slice(), number, present),
            Self::List(list) => match (list.binary_search(&number), present) {
                (Err(index), true) => {
                    if list.len() == list.capacity() {
                        // There are many lists, so their capacity is increased in smaller steps than the capacity of a
                        // `Vec`.
                        list.reserve_exact(8 + list.len() / 8);
                    }
                    list.insert(index, number);
                }
                (Ok(index), false) => {
                    list.remove(index);
                }
                (Ok(_), true) | (Err(_), false) => {}
            },
        }
    }

    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (list, words): (&[u16], &[u64]) = match self {
            Self::List(list) => (list, &[]),
            Self::Bitmap(bits) => (&[], bits.as_slice()),
        };
        let bits = words.iter().zip(0_u32..).flat_map(|(word, at)| {
            let mut remaining = *word;
            std::iter::from_fn(move || {
                let bit = (remaining != 0).then(|| remaining.trailing_zeros())?;
                remaining &= remaining - 1;
                Some(at * 64 + bit)
            })
        });
        list.iter().map(|number| u32::from(*number)).chain(bits)
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
        let (mut set, mut expected) = (NumberSet::new(), BTreeSet::new());
        // There are many users in the first span, no users in the second span, and few users in the third span.
        let numbers = (0..SPAN).step_by(3).chain((2 * SPAN..3 * SPAN).step_by(100)).rev();
        for number in numbers {
            set.set(number, true);
            set.set(number, true);
            expected.insert(number);
        }
        let before = set.clone();
        assert_eq!(before.iter().collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
        for number in (0..3 * SPAN).step_by(7) {
            set.set(number, false);
            expected.remove(&number);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
        assert_eq!(set.count(), expected.len());
        let words = SPAN_WORDS;
        for (word, many) in
            [(0, words), (words, words), (2 * words, words), (3 * words, 1), (5, 7), (2 * words + 64, 3)]
        {
            let (mut bits, begin) = (vec![0_u64; many], word as u32 * 64);
            set.or_into(word, &mut bits);
            let members = (begin..)
                .take(many * 64)
                .filter(|number| bits[(number - begin) as usize / 64] >> (number % 64) & 1 == 1);
            assert!(members.eq(expected.range(begin..begin + many as u32 * 64).copied()), "{many} from {word} on");
        }
        assert_ne!(before.count(), expected.len(), "a copy stays as it was");
        assert!(
            before.intersection(&set).eq(expected.iter().copied())
                && set.intersection(&before).eq(expected.iter().copied())
        );
        assert!(!set.iter().any(|number| (SPAN..2 * SPAN).contains(&number)));
    }
}
