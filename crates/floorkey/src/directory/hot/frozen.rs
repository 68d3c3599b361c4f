//! The frozen table: a hash table from user ids to ordinals and combinations.
//!
//! Every check reads it and few changes write to it, so its layout is optimized for reads: a bucket has three users and
//! fits in one CPU cache line, and nearly all users are in their home bucket. A general-purpose hash map loads a second
//! cache line first, to find the position of the entry.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;

/// The combination of an empty slot.
const VACANT: u32 = u32::MAX;

const PLACES: usize = 3;

/// Tables with fewer buckets than this have one bucket per user, and one user in forty is outside their home bucket.
/// Larger tables save memory: they have one bucket per two users, and one user in nine is outside.
const ROOMY: usize = 1 << 16;

/// A bucket. Slots are filled in order. A user whose home bucket is full is in the next bucket with an empty slot.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line {
    users: [u128; PLACES],
    combinations: [u32; PLACES],
}

const BLANK: Line = Line { users: [0; PLACES], combinations: [VACANT; PLACES] };

/// Entries by user. An entry cannot be removed; a removal requires a new table.
#[derive(Clone)]
pub(super) struct Frozen {
    lines: Arc<[Line]>,
    /// By bucket and slot. Checks don't read them.
    ordinals: Arc<[[u32; PLACES]]>,
    len: usize,
}

/// The entry of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ordinal: u32,
    pub(super) combination: u32,
}

impl Frozen {
    /// Creates a table with space for this many users.
    pub(super) fn with_capacity(users: usize) -> Self {
        let lines = if users < ROOMY { users } else { users.div_ceil(2).max(ROOMY) };
        Self {
            lines: std::iter::repeat_n(BLANK, lines).collect(),
            ordinals: std::iter::repeat_n([0; PLACES], lines).collect(),
            len: 0,
        }
    }

    /// Returns the number of users.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns the number of users that the table has space for.
    pub(super) fn capacity(&self) -> usize {
        let lines = self.lines.len();
        if lines < ROOMY { lines } else { 2 * lines }
    }

    /// Whether the table has no other readers, so that a user can be added without a copy.
    pub(super) fn is_unshared(&mut self) -> bool {
        Arc::get_mut(&mut self.lines).is_some()
    }

    /// Returns the home bucket of the user id, whether or not the user is in the table.
    #[inline]
    pub(super) fn line(&self, user: u128) -> usize {
        // The upper half of the product is distributed as evenly as a remainder, and keeps the order of the hashes.
        ((u128::from(hash(user)) * self.lines.len() as u128) >> 64) as usize
    }

    /// Returns the combination of the user. `line` must be the user's home bucket. For the all-zero id the result can
    /// be the combination of an empty slot.
    #[inline]
    pub(super) fn combination(&self, user: u128, line: usize) -> Option<u32> {
        match self.find_in(line, user) {
            Some(place) => self.lines.get(line)?.combinations.get(place).copied(),
            None => self.combination_beyond(user, line),
        }
    }

    /// Returns the entry of the user.
    pub(super) fn get(&self, user: u128) -> Option<Entry> {
        let (at, place) = self.find(user)?;
        let combination = *self.lines.get(at)?.combinations.get(place)?;
        let ordinal = *self.ordinals.get(at)?.get(place)?;
        Some(Entry { ordinal, combination })
    }

    /// Returns the slot of the user in the bucket; for the all-zero id possibly an empty slot.
    #[inline]
    fn find_in(&self, line: usize, user: u128) -> Option<usize> {
        let [first, second, third] = self.lines.get(line)?.users;
        // Computed without a branch, because which of the three slots matches is unpredictable.
        let found = u32::from(first == user) | u32::from(second == user) << 1 | u32::from(third == user) << 2;
        (found != 0).then_some(found.trailing_zeros() as usize)
    }

    /// Adds or replaces the entry of the user.
    pub(super) fn insert(&mut self, user: u128, entry: Entry) {
        if self.len >= self.capacity() {
            *self = self.with_room_for(2 * (self.len + 1));
        }
        self.put(user, entry);
    }

    /// Returns a table with the same entries and space for this many users.
    pub(super) fn with_room_for(&self, users: usize) -> Self {
        let mut other = Self::with_capacity(users.max(self.len));
        self.iter().for_each(|(user, entry)| other.put(user, entry));
        other
    }

    /// Iterates over all entries.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, Entry)> {
        self.lines.iter().zip(self.ordinals.iter()).flat_map(|(line, ordinals)| {
            let entries = line.users.iter().zip(ordinals).zip(&line.combinations);
            entries
                .map(|((user, ordinal), combination)| (*user, Entry { ordinal: *ordinal, combination: *combination }))
                .filter(|(_, entry)| entry.combination != VACANT)
        })
    }

    /// The slow path for unknown users and for the few users whose home bucket was full.
    #[inline(never)]
    fn combination_beyond(&self, user: u128, line: usize) -> Option<u32> {
        let (line, place) = self.place(user, line)?;
        self.lines.get(line)?.combinations.get(place).copied().filter(|combination| *combination != VACANT)
    }

    /// Returns the bucket and the slot of the user.
    fn find(&self, user: u128) -> Option<(usize, usize)> {
        let (line, place) = self.place(user, self.line(user))?;
        let vacant = self.lines.get(line)?.combinations.get(place) == Some(&VACANT);
        (!vacant).then_some((line, place))
    }

    /// Returns the bucket and slot where the user is or would be added. There is always an empty slot, because the
    /// table has more slots than users.
    fn place(&self, user: u128, own: usize) -> Option<(usize, usize)> {
        let mut at = own;
        loop {
            let line = self.lines.get(at)?;
            let mut entries = line.users.iter().zip(&line.combinations);
            if let Some(place) = entries.position(|(there, combination)| *there == user || *combination == VACANT) {
                return Some((at, place));
            }
            at = if at + 1 == self.lines.len() { 0 } else { at + 1 };
        }
    }

    fn put(&mut self, user: u128, entry: Entry) {
        if let Some((at, place)) = self.place(user, self.line(user))
            && let Some(line) = Arc::make_mut(&mut self.lines).get_mut(at)
            && let Some(there) = line.users.get_mut(place)
            && let Some(known) = line.combinations.get_mut(place)
            && let Some(number) = Arc::make_mut(&mut self.ordinals).get_mut(at).and_then(|line| line.get_mut(place))
        {
            self.len += usize::from(*known == VACANT);
            (*there, *known, *number) = (user, entry.combination, entry.ordinal);
        }
    }
}

#[inline]
fn hash(user: u128) -> u64 {
    FixedState::default().hash_one(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough users that some lines overflow into the next one and wrap around the end. One of them has the id zero.
    const USERS: u32 = 4096;

    fn id(number: u32) -> u128 {
        u128::from(number) << 64 | u128::from(number)
    }

    fn entry(ordinal: u32, combination: u32) -> Entry {
        Entry { ordinal, combination }
    }

    fn combination(frozen: &Frozen, user: u128) -> Option<u32> {
        frozen.combination(user, frozen.line(user))
    }

    #[test]
    fn finds_every_user_and_no_others() {
        let mut frozen = Frozen::with_capacity(0);
        for number in 0..USERS {
            assert_eq!(frozen.get(id(number)), None, "{number} before it is put in");
            frozen.insert(id(number), entry(number, number + 1));
        }
        frozen.insert(id(7), entry(7, 70_000));
        for frozen in [&frozen, &frozen.with_room_for(0), &frozen.with_room_for(3 * USERS as usize)] {
            assert_eq!(frozen.len(), USERS as usize);
            assert_eq!(frozen.iter().count(), USERS as usize);
            for number in 0..USERS {
                let expected = if number == 7 { 70_000 } else { number + 1 };
                assert_eq!(frozen.get(id(number)), Some(entry(number, expected)));
                assert_eq!(combination(frozen, id(number)), Some(expected));
                assert_eq!(combination(frozen, id(number + USERS)), None, "a stranger");
            }
        }
        let mut full = Frozen { lines: Arc::new([BLANK; 1500]), ordinals: Arc::new([[0; PLACES]; 1500]), len: 0 };
        frozen.iter().for_each(|(user, entry)| full.put(user, entry));
        for number in 0..USERS {
            assert_eq!(full.get(id(number)), frozen.get(id(number)));
            assert_eq!(combination(&full, id(number)), combination(&frozen, id(number)));
        }
        let outside =
            (0..USERS).filter(|number| full.find(id(*number)).is_some_and(|(at, _)| at != full.line(id(*number))));
        assert_ne!(outside.count(), 0, "some lines overflow");
    }

    #[test]
    fn copies_change_independently() {
        let mut frozen = Frozen::with_capacity(2);
        frozen.insert(id(1), entry(10, 0));
        assert!(frozen.is_unshared());
        let before = frozen.clone();
        assert!(!frozen.is_unshared());
        frozen.insert(id(1), entry(10, 15));
        assert_eq!((combination(&before, id(1)), combination(&frozen, id(1))), (Some(0), Some(15)));
    }

    #[test]
    fn the_id_zero_is_absent_until_inserted() {
        let mut frozen = Frozen::with_capacity(4);
        assert_eq!(frozen.get(0), None);
        assert!(combination(&frozen, 0).is_none_or(|combination| combination == VACANT));
        frozen.insert(0, entry(3, 4));
        assert_eq!((frozen.get(0), combination(&frozen, 0)), (Some(entry(3, 4)), Some(4)));
    }
}
