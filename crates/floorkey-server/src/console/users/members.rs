//! Sets of numbers, of which some are of few and some of many.

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

/// The numbers whose bit is set, ascending.
pub(super) fn numbers(words: &[u64]) -> Vec<u32> {
    let mut numbers = Vec::new();
    for (word, at) in words.iter().zip(0_u32..) {
        each_bit(*word, |bit| numbers.push(at * 64 + bit));
    }
    numbers
}

/// Visits the bits that are set, from the lowest on.
pub(super) fn each_bit(word: u64, mut visit: impl FnMut(u32)) {
    let mut rest = word;
    while rest != 0 {
        visit(rest.trailing_zeros());
        rest &= rest - 1;
    }
}
