//! The half of the directory that answers checks: user id → ordinal → combination → permissions as bits.
//!
//! Users who hold the same undated profiles share a combination, so an edit of a profile that a million users hold
//! recomputes the few combinations that contain it and touches no user.

mod frozen;
mod lists;

use foldhash::fast::FixedState;
use imbl::{OrdSet, Vector};

use super::Directory;
use super::chunked::Chunked;
use super::holders::Holders;
use crate::catalogue::{Permission, catalogue};
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::{CAPACITY, PermissionSet};
use frozen::{Entry, Frozen};
use lists::{Lists, hash_of};

/// The combination of disabled users: no permission.
const DISABLED: u32 = 0;

/// Marks, beside the combination, users for whom it doesn't say all: dated assignments are worked out at the time of
/// the question, and disabled users have their own reason.
const DATED: u32 = 1 << 31;

/// Marks, in a combination's row, that it grants more within scopes: the one bit that is no permission's.
const SCOPED: Permission = Permission::at(CAPACITY);

/// Users who changed since the frozen hash was built; it is built anew when there are more than this many, or more than
/// a sixteenth of it.
const DELTA_MAX: usize = 4096;

/// What the hot half knows of one user.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    /// The abilities that the undated profiles grant everywhere, without limits.
    pub(crate) everywhere: &'a PermissionSet,
    /// Whether some grant is scoped or dated, so that more may be held than `everywhere`.
    pub(crate) more: bool,
    /// Whether the user is disabled.
    pub(crate) disabled: bool,
}

/// The abilities that a combination grants everywhere, with the mark [`SCOPED`]: one line of the processor's cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Bits(PermissionSet);

#[derive(Clone, Copy)]
struct Counts {
    members: u32,
    signing_in: u32,
    full: bool,
}

/// What a combination is and grants.
#[derive(Clone, Copy)]
pub(crate) struct Granted {
    /// What it grants everywhere.
    pub(crate) everywhere: PermissionSet,
    /// Whether it grants more within scopes.
    pub(crate) scoped: bool,
}

/// The place of one user in the hot half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The undated profiles, sorted; `None` for a disabled user.
    pub(crate) profiles: Option<Vec<SecurityProfileId>>,
    /// Whether there are dated assignments too.
    pub(crate) dated: bool,
    /// Whether the user can sign in.
    pub(crate) signs_in: bool,
}

#[derive(Clone)]
pub(crate) struct Hot {
    /// The catalogue's granting permissions, at hand.
    granting: PermissionSet,
    frozen: Frozen,
    /// Users who changed since the frozen hash was built; `None` is nobody any more.
    delta: imbl::GenericHashMap<u128, Option<Entry>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
    /// The lines of the frozen hash that lead to users of `delta`, one bit each: checks of others need not look there.
    /// They stand apart from the lines, so that a processor reads both at once.
    changed: Chunked<u64, 64>,
    free_ordinals: Vector<u32>,
    ordinals: u32,
    bits: Chunked<Bits, 256>,
    counts: Chunked<Counts, 64>,
    profiles_of: Lists,
    /// How many combinations there have been at a time.
    combinations_ever: u32,
    /// Combinations by a hash of their profiles.
    combinations: OrdSet<(u64, u32)>,
    /// The combinations that have the profile in them.
    containing: imbl::OrdMap<SecurityProfileId, Holders>,
    free_combinations: Vector<u32>,
    administrators: u64,
}

impl Directory {
    /// Whether the permission takes an ability away: kept here, because to ask the catalogue takes longer.
    #[inline]
    pub(crate) fn is_limit(&self, permission: Permission) -> bool {
        !self.hot.granting.contains(permission)
    }
}

impl Hot {
    pub(crate) fn new() -> Self {
        let mut hot = Self {
            granting: *catalogue().granting(),
            frozen: Frozen::with_capacity(0),
            delta: imbl::GenericHashMap::with_hasher(FixedState::default()),
            changed: Chunked::new(0),
            free_ordinals: Vector::new(),
            ordinals: 0,
            bits: Chunked::new(Bits(PermissionSet::EMPTY)),
            counts: Chunked::new(Counts { members: 0, signing_in: 0, full: false }),
            profiles_of: Lists::new(),
            // Nobody finds DISABLED by its profiles: it stands in no map.
            combinations_ever: DISABLED + 1,
            combinations: OrdSet::new(),
            containing: imbl::OrdMap::new(),
            free_combinations: Vector::new(),
            administrators: 0,
        };
        hot.bits.set(DISABLED as usize, Bits(PermissionSet::EMPTY));
        hot
    }

    #[inline]
    pub(crate) fn ordinal(&self, user: UserId) -> Option<u32> {
        self.entry(user).map(|entry| entry.ordinal)
    }

    fn entry(&self, user: UserId) -> Option<Entry> {
        match self.delta.get(&user.bits()) {
            Some(changed) => *changed,
            None => self.frozen.get(user.bits()),
        }
    }

    pub(crate) fn held(&self, user: UserId) -> Option<Held<'_>> {
        let combination = self.combination_now(user)?;
        let Bits(everywhere) = self.bits.get((combination & !DATED) as usize)?;
        Some(Held {
            everywhere,
            more: everywhere.contains(SCOPED) || combination & DATED != 0,
            disabled: combination & !DATED == DISABLED,
        })
    }

    /// Whether the user holds the permission everywhere, which nobody does a limit; `None` for users with a mark, and
    /// for strangers.
    #[inline]
    pub(crate) fn holds_plainly(&self, user: UserId, permission: Permission) -> Option<bool> {
        // A combination with the mark DATED lies beyond every row.
        let Bits(everywhere) = self.bits.get(self.combination_now(user)? as usize)?;
        (!everywhere.contains(SCOPED)).then(|| everywhere.contains(permission))
    }

    /// The user's combination, with the mark [`DATED`]. What has to do with changes since the frozen hash was built is
    /// kept out of the quick way, whose length decides how many checks a processor has under way at a time.
    #[inline]
    fn combination_now(&self, user: UserId) -> Option<u32> {
        let line = self.frozen.line(user.bits());
        if !self.delta.is_empty() && self.has_changed(line) {
            return self.combination_since(user);
        }
        self.frozen.combination(user.bits(), line)
    }

    #[inline(never)]
    fn combination_since(&self, user: UserId) -> Option<u32> {
        self.entry(user).map(|entry| entry.combination)
    }

    #[inline]
    fn has_changed(&self, line: usize) -> bool {
        self.changed.get(line / 64).is_some_and(|word| word >> (line % 64) & 1 == 1)
    }

    /// How many members of combinations with every granting permission can sign in.
    pub(crate) fn administrators(&self) -> u64 {
        self.administrators
    }

    /// How many combinations of profiles users hold.
    pub(crate) fn combinations(&self) -> usize {
        self.combinations.len()
    }

    /// Whether the user's undated profiles grant every granting permission everywhere.
    pub(crate) fn is_full(&self, user: UserId) -> bool {
        self.entry(user)
            .and_then(|entry| self.counts.get((entry.combination & !DATED) as usize))
            .is_some_and(|counts| counts.full)
    }

    /// Makes room for users who come in one after the other.
    pub(crate) fn reserve(&mut self, users: usize) {
        if self.delta.is_empty() && self.frozen.capacity() < self.frozen.len() + users {
            self.frozen = self.frozen.with_room_for(self.frozen.len() + users);
        }
    }

    /// Gives a new user an ordinal.
    pub(crate) fn new_ordinal(&mut self) -> u32 {
        self.free_ordinals.pop_back().unwrap_or_else(|| {
            self.ordinals += 1;
            self.ordinals - 1
        })
    }

    /// Takes a user out, and gives the ordinal free.
    pub(crate) fn remove_user(&mut self, user: UserId, place: &Place) {
        if let Some(entry) = self.entry(user) {
            self.leave(entry.combination, place);
            self.set(user, None);
            self.free_ordinals.push_back(entry.ordinal);
        }
    }

    /// Puts a user among those with the same profiles; `before` is where the user was, if known already. `granted` says
    /// what profiles grant, where nobody has just these yet.
    pub(crate) fn place(
        &mut self,
        user: UserId,
        ordinal: u32,
        before: Option<&Place>,
        place: &Place,
        granted: impl Fn(&[SecurityProfileId]) -> Granted,
    ) {
        if let Some(before) = before {
            if before == place {
                return;
            }
            if let Some(entry) = self.entry(user) {
                self.leave(entry.combination, before);
            }
        }
        let combination = match &place.profiles {
            None => DISABLED,
            Some(profiles) => self.combination(profiles, granted),
        };
        let dated = if place.dated || place.profiles.is_none() { DATED } else { 0 };
        self.set(user, Some(Entry { ordinal, combination: combination | dated }));
        self.count(combination, 1, i64::from(place.signs_in));
    }

    /// Works out anew what every combination with the profile grants.
    pub(crate) fn regrant(&mut self, profile: SecurityProfileId, granted: impl Fn(&[SecurityProfileId]) -> Granted) {
        let touched: Vec<u32> = self.containing.get(&profile).into_iter().flat_map(Holders::iter).collect();
        for combination in touched {
            self.grant(combination, granted(&self.profiles_of.get(combination)));
        }
    }

    fn combination(
        &mut self,
        profiles: &[SecurityProfileId],
        granted: impl Fn(&[SecurityProfileId]) -> Granted,
    ) -> u32 {
        if let Some(known) = self.known_combination(profiles) {
            return known;
        }
        let combination = self.free_combinations.pop_back().unwrap_or_else(|| {
            self.combinations_ever += 1;
            self.combinations_ever - 1
        });
        self.profiles_of.set(combination, profiles);
        for profile in profiles {
            self.containing.entry(*profile).or_insert_with(Holders::new).set(combination, true);
        }
        self.combinations.insert((hash_of(profiles), combination));
        self.counts.set(combination as usize, Counts { members: 0, signing_in: 0, full: false });
        self.grant(combination, granted(profiles));
        combination
    }

    fn known_combination(&self, profiles: &[SecurityProfileId]) -> Option<u32> {
        let hash = hash_of(profiles);
        let mut alike = self.combinations.range((hash, 0)..=(hash, u32::MAX)).map(|(_, combination)| *combination);
        alike.find(|combination| self.profiles_of.is(*combination, profiles))
    }

    fn grant(&mut self, combination: u32, granted: Granted) {
        let at = combination as usize;
        // Without limits: they answer no question, so a check need not ask which permissions they are.
        let mut row = granted.everywhere.intersection(&self.granting);
        if granted.scoped {
            row.insert(SCOPED);
        }
        self.bits.set(at, Bits(row));
        if let Some(counts) = self.counts.get(at).copied() {
            let full = catalogue().granting().is_subset(&granted.everywhere);
            match (counts.full, full) {
                (false, true) => self.administrators += u64::from(counts.signing_in),
                (true, false) => self.administrators -= u64::from(counts.signing_in),
                _ => {}
            }
            self.counts.set(at, Counts { full, ..counts });
        }
    }

    /// Takes somebody who was in that place out of the combination.
    fn leave(&mut self, combination: u32, place: &Place) {
        let combination = combination & !DATED;
        let members = self.count(combination, -1, -i64::from(place.signs_in));
        if members == 0 && combination != DISABLED {
            let profiles = self.profiles_of.get(combination);
            for profile in &profiles {
                if let Some(containing) = self.containing.get_mut(profile) {
                    containing.set(combination, false);
                    if containing.count() == 0 {
                        self.containing.remove(profile);
                    }
                }
            }
            self.combinations.remove(&(hash_of(&profiles), combination));
            self.free_combinations.push_back(combination);
        }
    }

    /// Counts members in or out; returns how many there are then.
    fn count(&mut self, combination: u32, members: i64, signing_in: i64) -> u32 {
        let Some(counts) = self.counts.get(combination as usize).copied() else {
            self.counts.set(
                combination as usize,
                Counts { members: members.max(0) as u32, signing_in: signing_in.max(0) as u32, full: false },
            );
            return members.max(0) as u32;
        };
        let counts = Counts {
            members: (i64::from(counts.members) + members) as u32,
            signing_in: (i64::from(counts.signing_in) + signing_in) as u32,
            full: counts.full,
        };
        if counts.full {
            self.administrators = self.administrators.saturating_add_signed(signing_in);
        }
        self.counts.set(combination as usize, counts);
        counts.members
    }

    fn set(&mut self, user: UserId, entry: Option<Entry>) {
        let user = user.bits();
        // While nobody else reads the frozen hash (at start), it takes the user itself.
        if self.delta.is_empty()
            && let Some(entry) = entry
            && self.frozen.is_unshared()
        {
            self.frozen.insert(user, entry);
            return;
        }
        self.delta.insert(user, entry);
        let line = self.frozen.line(user);
        if !self.has_changed(line) {
            let word = self.changed.get(line / 64).copied().unwrap_or(0);
            self.changed.set(line / 64, word | 1 << (line % 64));
        }
        if self.delta.len() > DELTA_MAX.max(self.frozen.len() / 16) {
            self.freeze();
        }
    }

    /// Builds the frozen hash anew, so that nothing has changed since.
    fn freeze(&mut self) {
        let users = self.frozen.len() + self.delta.len();
        let is_gone = |user: &u128| matches!(self.delta.get(user), Some(None));
        let mut frozen = match self.delta.values().any(Option::is_none) {
            true => {
                let mut rest = Frozen::with_capacity(users);
                self.frozen
                    .iter()
                    .filter(|(user, _)| !is_gone(user))
                    .for_each(|(user, entry)| rest.insert(user, entry));
                rest
            }
            false if users > self.frozen.capacity() => self.frozen.with_room_for(users),
            false => self.frozen.clone(),
        };
        for (user, entry) in &self.delta {
            if let Some(entry) = entry {
                frozen.insert(*user, *entry);
            }
        }
        self.frozen = frozen;
        self.delta.clear();
        self.changed = Chunked::new(0);
    }
}

#[cfg(test)]
mod tests;
