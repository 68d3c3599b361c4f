//! Sets of numbers, of which some are of few and some of many.

use std::ops::Range;

/// Ascending numbers; as bits where that is shorter.
pub(super) enum Members {
    List(Box<[u32]>),
    Bits(Box<[u64]>),
}

impl Members {
    /// Whether so many numbers of those below `many` are held as bits.
    pub(super) fn are_bits(count: u32, many: usize) -> bool {
        count as usize * 32 > many
    }

    /// How many are in it.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Bits(bits) => bits.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// The numbers that so many smaller ones of it come before. Nothing else is listed: of what many have in them a
    /// page is shown.
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

    /// All of them, ascending.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.ranks(0..self.len())
    }

    /// Whether the number is in it.
    pub(super) fn contains(&self, number: u32) -> bool {
        match self {
            Self::List(list) => list.binary_search(&number).is_ok(),
            Self::Bits(bits) => bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1),
        }
    }

    /// As bits, for numbers below `many`.
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

    /// Sets the bits of those in it.
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

    /// Clears the bits of those that aren't in it.
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

/// Visits the bits that are set, from the lowest on.
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
    fn a_list_and_bits_hold_the_same_numbers() {
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
