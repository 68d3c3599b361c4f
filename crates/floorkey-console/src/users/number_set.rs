//! Sets of numbers, which can be sparse or dense.

use std::ops::Range;

/// A set of numbers, as an ascending list or as a bitmap, whichever is smaller.
pub(super) enum NumberSet {
    List(Box<[u32]>),
    Bits(Box<[u64]>),
}

impl NumberSet {
    /// Whether a set of `count` numbers below `universe` is stored as a bitmap.
    pub(super) fn is_bitmap_smaller(count: u32, universe: usize) -> bool {
        count as usize * 32 > universe
    }

    /// Returns the number of elements in the set.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Bits(bits) => bits.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// Returns the elements at these positions, counted in ascending order. Does not expand the whole set, because a
    /// page of a large set needs only a few elements.
    pub(super) fn slice(&self, ranks: Range<usize>) -> Vec<u32> {
        let (skipped, count) = (ranks.start, ranks.len());
        match self {
            Self::List(list) => list.iter().copied().skip(skipped).take(count).collect(),
            Self::Bits(bits) => {
                let (mut numbers, mut rank) = (Vec::with_capacity(count), 0);
                for (word, at) in bits.iter().zip(0_u32..) {
                    let next = rank + word.count_ones() as usize;
                    if next > ranks.start {
                        each_bit(*word, |bit| {
                            if ranks.contains(&rank) {
                                numbers.push(at * 64 + bit);
                            }
                            rank += 1;
                        });
                    }
                    rank = next;
                    if rank >= ranks.end {
                        break;
                    }
                }
                numbers
            }
        }
    }

    /// Returns all elements in ascending order.
    pub(super) fn to_vec(&self) -> Vec<u32> {
        self.slice(0..self.len())
    }

    /// Whether the set contains the number.
    pub(super) fn contains(&self, number: u32) -> bool {
        match self {
            Self::List(list) => list.binary_search(&number).is_ok(),
            Self::Bits(bits) => bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1),
        }
    }

    /// Returns the set as a bitmap of the numbers below `universe`.
    pub(super) fn to_bits(&self, universe: usize) -> Vec<u64> {
        match self {
            Self::Bits(bits) => bits.to_vec(),
            Self::List(_) => {
                let mut bits = vec![0; universe.div_ceil(64)];
                self.union_into(&mut bits);
                bits
            }
        }
    }

    /// Sets the bits of all elements.
    pub(super) fn union_into(&self, bits: &mut [u64]) {
        match self {
            Self::List(list) => {
                for number in list {
                    if let Some(word) = bits.get_mut(*number as usize / 64) {
                        *word |= 1 << (number % 64);
                    }
                }
            }
            Self::Bits(set) => bits.iter_mut().zip(set).for_each(|(word, set)| *word |= set),
        }
    }

    /// Clears the bits of all numbers that are not elements of the set.
    pub(super) fn intersect_into(&self, bits: &mut [u64]) {
        let intersect = |bits: &mut [u64], set: &[u64]| {
            bits.iter_mut().zip(set).for_each(|(word, set)| *word &= set);
        };
        match self {
            Self::List(_) => intersect(bits, &self.to_bits(bits.len() * 64)),
            Self::Bits(set) => intersect(bits, set),
        }
    }
}

/// Calls `visit` with the position of each set bit, lowest first.
#[inline]
pub(super) fn each_bit(word: u64, mut visit: impl FnMut(u32)) {
    let mut rest = word;
    while rest != 0 {
        visit(rest.trailing_zeros());
        rest &= rest - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_bitmaps_behave_the_same() {
        let numbers: Vec<u32> = (0..700).filter(|number| number % 7 == 3 || (256..320).contains(number)).collect();
        let list = NumberSet::List(numbers.clone().into_boxed_slice());
        let bits = NumberSet::Bits(list.to_bits(700).into_boxed_slice());
        for set in [list, bits] {
            assert_eq!(set.len(), numbers.len());
            assert_eq!(set.to_vec(), numbers);
            for begin in [0, 1, 36, 37, 90, numbers.len() - 1, numbers.len()] {
                for end in [begin, begin + 1, begin + 50, numbers.len()] {
                    let expected = numbers.get(begin..end.min(numbers.len())).unwrap_or_default();
                    assert_eq!(set.slice(begin..end), expected, "{begin}..{end}");
                }
            }
            assert!((0..700).all(|number| set.contains(number) == numbers.contains(&number)));
        }
    }
}
