//! The profiles of each combination. There can be as many combinations as users, so the lists of profiles are stored in
//! compact form: each profile has a number, and a combination stores the numbers of its profiles.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::OrdMap;

use super::Chunked;
use crate::id::SecurityProfileId;

/// The maximum number of profiles in a compact list.
const COMPACT_LEN_MAX: usize = 7;

/// The length value for a combination whose profiles are stored in `overflow`.
const OVERFLOW: u8 = u8::MAX;

/// The profiles of each combination.
#[derive(Clone)]
pub(super) struct CombinationProfiles {
    /// The number of each profile. A profile's number never changes.
    numbers: OrdMap<SecurityProfileId, u16>,
    profiles: Chunked<SecurityProfileId, 64>,
    compact: Chunked<CompactList, 256>,
    /// Lists that are not stored in compact form, because they are too long or contain a profile without a number. A
    /// profile has no number if all numbers were already in use.
    overflow: OrdMap<u32, Arc<[SecurityProfileId]>>,
}

#[derive(Clone, Copy)]
struct CompactList {
    len: u8,
    numbers: [u16; COMPACT_LEN_MAX],
}

impl CombinationProfiles {
    pub(super) fn new() -> Self {
        Self {
            numbers: OrdMap::new(),
            profiles: Chunked::new(SecurityProfileId::from_bits(0)),
            compact: Chunked::new(CompactList { len: 0, numbers: [0; COMPACT_LEN_MAX] }),
            overflow: OrdMap::new(),
        }
    }

    /// Returns the profiles of a combination in the order in which they were set.
    pub(super) fn get(&self, combination: u32) -> Vec<SecurityProfileId> {
        self.iter(combination).collect()
    }

    /// Whether the combination has exactly the given profiles, in the given order.
    pub(super) fn equals(&self, combination: u32, profiles: &[SecurityProfileId]) -> bool {
        self.iter(combination).eq(profiles.iter().copied())
    }

    pub(super) fn set(&mut self, combination: u32, profiles: &[SecurityProfileId]) {
        let mut compact = CompactList { len: 0, numbers: [0; COMPACT_LEN_MAX] };
        let mut fits = profiles.len() <= COMPACT_LEN_MAX;
        for (profile, slot) in profiles.iter().zip(&mut compact.numbers) {
            match self.number(*profile) {
                Some(number) => (*slot, compact.len) = (number, compact.len + 1),
                None => fits = false,
            }
        }
        if fits {
            self.overflow.remove(&combination);
        } else {
            compact.len = OVERFLOW;
            self.overflow.insert(combination, Arc::from(profiles));
        }
        self.compact.set(combination as usize, compact);
    }

    fn iter(&self, combination: u32) -> impl Iterator<Item = SecurityProfileId> + '_ {
        let compact = self.compact.get(combination as usize);
        let overflow = compact.filter(|compact| compact.len == OVERFLOW).and_then(|_| self.overflow.get(&combination));
        let numbers = compact
            .filter(|compact| compact.len != OVERFLOW)
            .and_then(|compact| compact.numbers.get(..compact.len.into()));
        let profile = |number: &u16| self.profiles.get(usize::from(*number));
        numbers
            .unwrap_or_default()
            .iter()
            .filter_map(profile)
            .chain(overflow.into_iter().flat_map(|profiles| profiles.iter()))
            .copied()
    }

    fn number(&mut self, profile: SecurityProfileId) -> Option<u16> {
        if let Some(known) = self.numbers.get(&profile) {
            return Some(*known);
        }
        let next = u16::try_from(self.numbers.len()).ok()?;
        self.numbers.insert(profile, next);
        self.profiles.set(next.into(), profile);
        Some(next)
    }
}

/// Returns the hash of a list of profiles. The hash is used to look up the combination with these profiles.
pub(super) fn profiles_hash(profiles: &[SecurityProfileId]) -> u64 {
    FixedState::default().hash_one(profiles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(range: std::ops::Range<u128>) -> Vec<SecurityProfileId> {
        range.map(SecurityProfileId::from_bits).collect()
    }

    #[test]
    fn short_and_long_lists_are_returned_unchanged() {
        let mut lists = CombinationProfiles::new();
        let sizes = [0, 1, COMPACT_LEN_MAX as u128, COMPACT_LEN_MAX as u128 + 1, 300, 2];
        for (size, at) in sizes.into_iter().zip(0..) {
            lists.set(at, &profiles(5..5 + size));
        }
        for (size, at) in sizes.into_iter().zip(0..) {
            assert_eq!(lists.get(at), profiles(5..5 + size));
            assert!(lists.equals(at, &profiles(5..5 + size)) && !lists.equals(at, &profiles(4..5 + size)));
        }
        lists.set(4, &profiles(1..3));
        assert_eq!((lists.get(4), lists.get(99)), (profiles(1..3), Vec::new()));
    }

    #[test]
    fn profiles_beyond_the_last_number_are_stored_by_id() {
        let mut lists = CombinationProfiles::new();
        let last = u128::from(u16::MAX) + 3;
        for at in 0..last {
            lists.set(at as u32 % 9, &profiles(at..at + 2));
        }
        assert_eq!(lists.get((last as u32 - 1) % 9), profiles(last - 1..last + 1));
        assert_eq!(lists.numbers.len(), usize::from(u16::MAX) + 1);
    }
}
