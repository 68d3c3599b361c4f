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
    /// A power of two of them, and no fewer than users: of forty users one stands outside the own line.
    lines: Arc<[Line]>,
    /// By line and place.
    ordinals: Arc<[[u32; PLACES]]>,
    len: usize,
}

impl Frozen {
    /// With room for so many users.
    pub(super) fn with_capacity(users: usize) -> Self {
        let lines = users.next_power_of_two();
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

    /// Whether nobody else reads it, so that a user can be put in without a copy.
    pub(super) fn is_unshared(&mut self) -> bool {
        Arc::get_mut(&mut self.lines).is_some()
    }

    /// The user's combination when it was built; for the id of zeros, perhaps one that doesn't exist.
    #[inline]
    pub(super) fn combination(&self, user: u128) -> Option<u32> {
        match self.find_in_own_line(user) {
            Some((at, place)) => self.lines.get(at)?.combinations.get(place).copied(),
            None => self.combination_beyond(user),
        }
    }

    /// The user's ordinal and combination.
    pub(super) fn get(&self, user: u128) -> Option<(u32, u32)> {
        let (at, place) = self.find_in_own_line(user).or_else(|| self.find(user))?;
        let combination = *self.lines.get(at)?.combinations.get(place)?;
        (combination != VACANT).then_some((*self.ordinals.get(at)?.get(place)?, combination))
    }

    /// Where nearly everybody stands; for the id of zeros, perhaps a vacant place.
    #[inline]
    fn find_in_own_line(&self, user: u128) -> Option<(usize, usize)> {
        let at = hash(user) & self.lines.len().wrapping_sub(1);
        let line = self.lines.get(at)?;
        let [_, second, third] = line.users;
        // Which of the three it is can't be guessed, so it is worked out without a branch.
        let place = usize::from(second == user) + 2 * usize::from(third == user);
        (line.users.get(place) == Some(&user)).then_some((at, place))
    }

    /// Puts a user in, or replaces what is known of the user.
    pub(super) fn insert(&mut self, user: u128, ordinal: u32, combination: u32) {
        if self.len >= self.lines.len() {
            let mut roomier = Self::with_capacity(2 * self.len);
            self.iter().for_each(|(user, ordinal, combination)| roomier.put(user, ordinal, combination));
            *self = roomier;
        }
        self.put(user, ordinal, combination);
    }

    /// Everybody: user, ordinal and combination.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, u32, u32)> {
        self.lines.iter().zip(self.ordinals.iter()).flat_map(|(line, ordinals)| {
            let entries = line.users.iter().zip(ordinals).zip(&line.combinations);
            entries
                .map(|((user, ordinal), combination)| (*user, *ordinal, *combination))
                .filter(|entry| entry.2 != VACANT)
        })
    }

    /// Sets every user's combination, by ordinal.
    pub(super) fn renew(&mut self, combination_of: impl Fn(u32) -> u32) {
        for (line, ordinals) in Arc::make_mut(&mut self.lines).iter_mut().zip(self.ordinals.iter()) {
            for (combination, ordinal) in line.combinations.iter_mut().zip(ordinals) {
                if *combination != VACANT {
                    *combination = combination_of(*ordinal);
                }
            }
        }
    }

    /// The way of the few whose own line was full, and of strangers.
    #[inline(never)]
    fn combination_beyond(&self, user: u128) -> Option<u32> {
        let (line, place) = self.find(user)?;
        self.lines.get(line)?.combinations.get(place).copied()
    }

    /// The line and the place of the user.
    fn find(&self, user: u128) -> Option<(usize, usize)> {
        let (line, place) = self.place(user)?;
        let vacant = self.lines.get(line)?.combinations.get(place) == Some(&VACANT);
        (!vacant).then_some((line, place))
    }

    /// Where the user stands, or would: there is always a vacant place, for there are more places than users.
    fn place(&self, user: u128) -> Option<(usize, usize)> {
        let last = self.lines.len().wrapping_sub(1);
        let mut at = hash(user) & last;
        loop {
            let line = self.lines.get(at)?;
            let mut entries = line.users.iter().zip(&line.combinations);
            if let Some(place) = entries.position(|(there, combination)| *there == user || *combination == VACANT) {
                return Some((at, place));
            }
            at = (at + 1) & last;
        }
    }

    fn put(&mut self, user: u128, ordinal: u32, combination: u32) {
        if let Some((at, place)) = self.place(user)
            && let Some(line) = Arc::make_mut(&mut self.lines).get_mut(at)
            && let Some(there) = line.users.get_mut(place)
            && let Some(known) = line.combinations.get_mut(place)
            && let Some(number) = Arc::make_mut(&mut self.ordinals).get_mut(at).and_then(|line| line.get_mut(place))
        {
            self.len += usize::from(*known == VACANT);
            (*there, *known, *number) = (user, combination, ordinal);
        }
    }
}

#[inline]
fn hash(user: u128) -> usize {
    FixedState::default().hash_one(user) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough users for lines that overflow, into the next one and round the end; the id of zeros among them.
    const USERS: u32 = 4096;

    fn id(number: u32) -> u128 {
        u128::from(number) << 64 | u128::from(number)
    }

    #[test]
    fn finds_everybody_and_no_stranger() {
        let mut frozen = Frozen::with_capacity(0);
        for number in 0..USERS {
            assert_eq!(frozen.get(id(number)).map(|(ordinal, _)| ordinal), None, "{number} before it is put in");
            frozen.insert(id(number), number, number + 1);
        }
        frozen.insert(id(7), 7, 70_000);
        assert_eq!(frozen.len(), USERS as usize);
        assert_eq!(frozen.iter().count(), USERS as usize);
        for number in 0..USERS {
            assert_eq!(frozen.get(id(number)).map(|(ordinal, _)| ordinal), Some(number));
            assert_eq!(frozen.combination(id(number)), Some(if number == 7 { 70_000 } else { number + 1 }));
            assert_eq!(frozen.combination(id(number + USERS)), None, "a stranger");
        }
        let outside = (0..USERS).filter(|number| {
            frozen.find(id(*number)).is_some_and(|(at, _)| at != hash(id(*number)) & (frozen.lines.len() - 1))
        });
        assert_ne!(outside.count(), 0, "some lines overflow");
    }

    #[test]
    fn a_copy_is_renewed_on_its_own() {
        let mut frozen = Frozen::with_capacity(2);
        frozen.insert(id(1), 10, 0);
        assert!(frozen.is_unshared());
        let before = frozen.clone();
        assert!(!frozen.is_unshared());
        frozen.renew(|ordinal| ordinal + 5);
        assert_eq!((before.combination(id(1)), frozen.combination(id(1))), (Some(0), Some(15)));
    }

    #[test]
    fn the_id_of_zeros_is_nobody_until_it_is_put_in() {
        let mut frozen = Frozen::with_capacity(4);
        assert_eq!(frozen.get(0), None);
        assert!(frozen.combination(0).is_none_or(|combination| combination == VACANT));
        frozen.insert(0, 3, 4);
        assert_eq!((frozen.get(0), frozen.combination(0)), (Some((3, 4)), Some(4)));
    }
}
