//! The decision index: user id → ordinal → combination of profiles → permission bits.
//!
//! Users with the same undated profiles share a combination, so an edit of a profile with a million users recomputes
//! the few combinations that contain it and doesn't touch any user.

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

/// The combination of disabled users, which has no permissions.
const DISABLED: u32 = 0;

/// Flag on a user's combination if the combination alone cannot decide: dated assignments are evaluated at the time of
/// the request, and disabled users are denied for a reason of their own.
const DATED: u32 = 1 << 31;

/// Flag in the bits of a combination that has scoped grants too. It uses the bit that is not assigned to any
/// permission.
const SCOPED: Permission = Permission::at(CAPACITY);

/// Users changed since the frozen table was built. It is rebuilt when there are more than this many, or more than a
/// sixteenth of its size.
const DELTA_MAX: usize = 4096;

/// The entry of one user in the decision index.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    /// Permissions that the undated profiles grant without a scope, excluding restrictions.
    pub(crate) everywhere: &'a PermissionSet,
    /// Whether any grant is scoped or dated, so that the user may have more than `everywhere`.
    pub(crate) more: bool,
    /// Whether the user is disabled.
    pub(crate) disabled: bool,
}

/// The unscoped permissions of a combination and the flag [`SCOPED`], in one CPU cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Bits(PermissionSet);

#[derive(Clone, Copy)]
struct Counts {
    members: u32,
    signing_in: u32,
    full: bool,
}

/// What a combination grants.
#[derive(Clone, Copy)]
pub(crate) struct Granted {
    /// Permissions granted without a scope.
    pub(crate) everywhere: PermissionSet,
    /// Whether other permissions are granted within scopes.
    pub(crate) scoped: bool,
}

/// The attributes of one user that the decision index depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The undated profiles in ascending order; `None` for a disabled user.
    pub(crate) profiles: Option<Vec<SecurityProfileId>>,
    /// Whether the user has dated assignments.
    pub(crate) dated: bool,
    /// Whether the user can sign in.
    pub(crate) signs_in: bool,
}

#[derive(Clone)]
pub(crate) struct Hot {
    /// A copy of the catalog's granting permissions.
    granting: PermissionSet,
    frozen: Frozen,
    /// Users changed since the frozen table was built; `None` marks a removed user.
    delta: imbl::GenericHashMap<u128, Option<Entry>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
    /// One bit per bucket of the frozen table, set if a user of `delta` has this home bucket. Lookups of other buckets
    /// skip `delta`. The bits are separate from the buckets, so that the CPU can load both in parallel.
    changed: Chunked<u64, 64>,
    free_ordinals: Vector<u32>,
    ordinals: u32,
    bits: Chunked<Bits, 256>,
    counts: Chunked<Counts, 64>,
    profiles_of: Lists,
    /// The highest number of combinations that existed at the same time.
    combinations_ever: u32,
    /// Combinations by a hash of their profiles.
    combinations: OrdSet<(u64, u32)>,
    /// The combinations that contain each profile.
    containing: imbl::OrdMap<SecurityProfileId, Holders>,
    free_combinations: Vector<u32>,
    administrators: u64,
}

impl Directory {
    /// Whether the permission is a restriction. A copy in the index answers this faster than the catalog.
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
            // DISABLED is in no map, so it cannot be looked up by profiles.
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

    /// Whether the user has the permission without a scope. Always false for restrictions. `None` for unknown users and
    /// for users with scoped or dated grants or a disabled account.
    #[inline]
    pub(crate) fn holds_plainly(&self, user: UserId, permission: Permission) -> Option<bool> {
        // A combination with the flag DATED is out of range.
        let Bits(everywhere) = self.bits.get(self.combination_now(user)? as usize)?;
        (!everywhere.contains(SCOPED)).then(|| everywhere.contains(permission))
    }

    /// Returns the combination of the user, with the flag [`DATED`]. The lookup of changed users is not inlined: a
    /// short fast path lets the CPU process more checks in parallel.
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

    /// Returns the number of users who can sign in and whose combination has every granting permission.
    pub(crate) fn administrators(&self) -> u64 {
        self.administrators
    }

    /// Returns the number of distinct combinations of profiles that users have.
    pub(crate) fn combinations(&self) -> usize {
        self.combinations.len()
    }

    /// Whether the undated profiles of the user grant every granting permission without a scope.
    pub(crate) fn is_full(&self, user: UserId) -> bool {
        self.entry(user)
            .and_then(|entry| self.counts.get((entry.combination & !DATED) as usize))
            .is_some_and(|counts| counts.full)
    }

    /// Reserves space for adding this many users.
    pub(crate) fn reserve(&mut self, users: usize) {
        if self.delta.is_empty() && self.frozen.capacity() < self.frozen.len() + users {
            self.frozen = self.frozen.with_room_for(self.frozen.len() + users);
        }
    }

    /// Allocates an ordinal for a new user.
    pub(crate) fn new_ordinal(&mut self) -> u32 {
        self.free_ordinals.pop_back().unwrap_or_else(|| {
            self.ordinals += 1;
            self.ordinals - 1
        })
    }

    /// Removes a user and releases the ordinal.
    pub(crate) fn remove_user(&mut self, user: UserId, place: &Place) {
        if let Some(entry) = self.entry(user) {
            self.leave(entry.combination, place);
            self.set(user, None);
            self.free_ordinals.push_back(entry.ordinal);
        }
    }

    /// Moves a user to the combination of their profiles. `before` is the previous state if the user is known.
    /// `granted` computes what profiles grant if no user has this combination yet.
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

    /// Recomputes the grants of all combinations that contain the profile.
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
        // Restrictions are excluded: they never allow a request, so a check need not test for them.
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

    /// Removes a user with the given state from the combination.
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

    /// Adjusts the counts of a combination and returns its new number of members.
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
        // While the frozen table has no other readers (at startup), the user is added to it directly.
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

    /// Rebuilds the frozen table with all changes, and clears `delta`.
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
