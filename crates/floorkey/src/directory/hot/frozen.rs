//! The frozen hash: user id → ordinal and combination, as they were when it was built.
//!
//! Every check reads it and few changes write it, so it is laid out for reading: three users share a line of the
//! processor's cache, and nearly all stand in the one line that their id leads to. A general hash map reads a second
//! line first, to learn where the entry is.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;

/// The combination of a place that nobody has.
const VACANT: u32 = u32::MAX;

const PLACES: usize = 3;

/// Lines up to which there is one for each user: one in forty stands outside the own line. Where there are more users,
/// memory counts too: two share a line, and one in nine stands outside.
const ROOMY: usize = 1 << 16;

/// Places are filled from the first on, and a user whose own line is full stands in the next that isn't.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line {
    users: [u128; PLACES],
    combinations: [u32; PLACES],
}

const BLANK: Line = Line { users: [0; PLACES], combinations: [VACANT; PLACES] };

/// Entries by user, without a way to take one out: whoever must do that builds it anew.
#[derive(Clone)]
pub(super) struct Frozen {
    lines: Arc<[Line]>,
    /// By line and place. Checks don't read them.
    ordinals: Arc<[[u32; PLACES]]>,
    len: usize,
}

/// What is known of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ordinal: u32,
    pub(super) combination: u32,
}

impl Frozen {
    /// With room for so many users.
    pub(super) fn with_capacity(users: usize) -> Self {
        let lines = if users < ROOMY { users } else { users.div_ceil(2).max(ROOMY) };
        Self {
            lines: std::iter::repeat_n(BLANK, lines).collect(),
            ordinals: std::iter::repeat_n([0; PLACES], lines).collect(),
            len: 0,
        }
    }

    /// How many users are in it.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many users there is room for.
    pub(super) fn capacity(&self) -> usize {
        let lines = self.lines.len();
        if lines < ROOMY { lines } else { 2 * lines }
    }

    /// Whether nobody else reads it, so that a user can be put in without a copy.
    pub(super) fn is_unshared(&mut self) -> bool {
        Arc::get_mut(&mut self.lines).is_some()
    }

    /// The line that the user's id leads to, whether the user is known or not.
    #[inline]
    pub(super) fn line(&self, user: u128) -> usize {
        // The upper half of the product: as even as a remainder, and in the order of the hash.
        ((u128::from(hash(user)) * self.lines.len() as u128) >> 64) as usize
    }

    /// The user's combination; for the id of zeros, perhaps one that doesn't exist. The line is the user's own.
    #[inline]
    pub(super) fn combination(&self, user: u128, line: usize) -> Option<u32> {
        match self.find_in(line, user) {
            Some(place) => self.lines.get(line)?.combinations.get(place).copied(),
            None => self.combination_beyond(user, line),
        }
    }

    /// What is known of the user.
    pub(super) fn get(&self, user: u128) -> Option<Entry> {
        let (at, place) = self.find(user)?;
        let combination = *self.lines.get(at)?.combinations.get(place)?;
        let ordinal = *self.ordinals.get(at)?.get(place)?;
        Some(Entry { ordinal, combination })
    }

    /// The place in that line where the user stands; for the id of zeros, perhaps a vacant one.
    #[inline]
    fn find_in(&self, line: usize, user: u128) -> Option<usize> {
        let [first, second, third] = self.lines.get(line)?.users;
        // Which of the three it is can't be guessed, so it is worked out without a branch.
        let found = u32::from(first == user) | u32::from(second == user) << 1 | u32::from(third == user) << 2;
        (found != 0).then_some(found.trailing_zeros() as usize)
    }

    /// Puts a user in, or replaces what is known of the user.
    pub(super) fn insert(&mut self, user: u128, entry: Entry) {
        if self.len >= self.capacity() {
            *self = self.with_room_for(2 * (self.len + 1));
        }
        self.put(user, entry);
    }

    /// The same entries with room for so many.
    pub(super) fn with_room_for(&self, users: usize) -> Self {
        let mut other = Self::with_capacity(users.max(self.len));
        self.iter().for_each(|(user, entry)| other.put(user, entry));
        other
    }

    /// Everybody.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, Entry)> {
        self.lines.iter().zip(self.ordinals.iter()).flat_map(|(line, ordinals)| {
            let entries = line.users.iter().zip(ordinals).zip(&line.combinations);
            entries
                .map(|((user, ordinal), combination)| (*user, Entry { ordinal: *ordinal, combination: *combination }))
                .filter(|(_, entry)| entry.combination != VACANT)
        })
    }

    /// The way of the few whose own line was full, and of strangers.
    #[inline(never)]
    fn combination_beyond(&self, user: u128, line: usize) -> Option<u32> {
        let (line, place) = self.place(user, line)?;
        self.lines.get(line)?.combinations.get(place).copied().filter(|combination| *combination != VACANT)
    }

    /// The line and the place of the user.
    fn find(&self, user: u128) -> Option<(usize, usize)> {
        let (line, place) = self.place(user, self.line(user))?;
        let vacant = self.lines.get(line)?.combinations.get(place) == Some(&VACANT);
        (!vacant).then_some((line, place))
    }

    /// Where the user stands, or would: there is always a vacant place, for there are more places than users.
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
