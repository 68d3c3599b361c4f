//! Sets of numbers, both sparse and dense.

use std::ops::Range;

/// A set of numbers, as an ascending list or as a bitmap, whichever is smaller.
pub(super) enum Members {
    List(Box<[u32]>),
    Bits(Box<[u64]>),
}

impl Members {
    /// Whether a set of `count` numbers below `many` is stored as a bitmap.
    pub(super) fn are_bits(count: u32, many: usize) -> bool {
        count as usize * 32 > many
    }

    /// Returns the number of elements.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Bits(bits) => bits.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// Returns the elements at these positions in ascending order, without listing the others. A page of a large set
    /// needs only a few elements.
    pub(super) fn ranks(&self, ranks: Range<usize>) -> Vec<u32> {
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

    /// Returns all elements, ascending.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.ranks(0..self.len())
    }

    /// Whether the set contains the number.
    pub(super) fn contains(&self, number: u32) -> bool {
        match self {
            Self::List(list) => list.binary_search(&number).is_ok(),
            Self::Bits(bits) => bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1),
        }
    }

    /// Returns the set as a bitmap for numbers below `many`.
    pub(super) fn to_bits(&self, many: usize) -> Vec<u64> {
        match self {
            Self::Bits(bits) => bits.to_vec(),
            Self::List(_) => {
                let mut bits = vec![0; many.div_ceil(64)];
                self.add_to(&mut bits);
                bits
            }
        }
    }

    /// Sets the bits of the elements.
    pub(super) fn add_to(&self, bits: &mut [u64]) {
        match self {
            Self::List(list) => {
                for number in list {
                    if let Some(word) = bits.get_mut(*number as usize / 64) {
                        *word |= 1 << (number % 64);
                    }
                }
            }
            Self::Bits(members) => bits.iter_mut().zip(members).for_each(|(word, members)| *word |= members),
        }
    }

    /// Clears the bits of all numbers that are not elements.
    pub(super) fn keep_in(&self, bits: &mut [u64]) {
        let and = |bits: &mut [u64], members: &[u64]| {
            bits.iter_mut().zip(members).for_each(|(word, members)| *word &= members);
        };
        match self {
            Self::List(_) => and(bits, &self.to_bits(bits.len() * 64)),
            Self::Bits(members) => and(bits, members),
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
        let list = Members::List(numbers.clone().into_boxed_slice());
        let bits = Members::Bits(list.to_bits(700).into_boxed_slice());
        for members in [list, bits] {
            assert_eq!(members.len(), numbers.len());
            assert_eq!(members.numbers(), numbers);
            for begin in [0, 1, 36, 37, 90, numbers.len() - 1, numbers.len()] {
                for end in [begin, begin + 1, begin + 50, numbers.len()] {
                    let expected = numbers.get(begin..end.min(numbers.len())).unwrap_or_default();
                    assert_eq!(members.ranks(begin..end), expected, "{begin}..{end}");
                }
            }
            assert!((0..700).all(|number| members.contains(number) == numbers.contains(&number)));
        }
    }
}
