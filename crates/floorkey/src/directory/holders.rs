//! Who holds a profile: one bit a user.

use super::chunked::Chunked;

/// Ordinals in a span, which sets are added up by.
pub(crate) const SPAN: u32 = 4096;

/// Words of bits in a span.
pub(crate) const SPAN_WORDS: usize = SPAN as usize / 64;

/// A set of ordinals.
#[derive(Clone)]
pub(crate) struct Holders {
    words: Chunked<u64, 64>,
    count: usize,
}

impl Holders {
    pub(crate) fn new() -> Self {
        Self { words: Chunked::new(0), count: 0 }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds or removes an ordinal.
    pub(crate) fn set(&mut self, ordinal: u32, holds: bool) {
        let (at, bit) = (ordinal as usize / 64, 1_u64 << (ordinal % 64));
        let word = self.words.get(at).copied().unwrap_or(0);
        if (word & bit != 0) == holds {
            return;
        }
        self.words.set(at, word ^ bit);
        self.count = if holds { self.count + 1 } else { self.count - 1 };
    }

    /// Adds the ordinals of a span to a set of bits.
    pub(crate) fn add_span(&self, span: usize, bits: &mut [u64; SPAN_WORDS]) {
        for (at, word) in bits.iter_mut().enumerate() {
            *word |= self.words.get(span * SPAN_WORDS + at).copied().unwrap_or(0);
        }
    }

    /// The ordinals, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }
}
