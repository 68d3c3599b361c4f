//! The decision index: user ID → ordinal → combination of profiles → permission bits.
//!
//! Users with the same profiles share a combination; time-limited assignments are not counted. Therefore an edit of a
//! profile that a million users have recomputes only the few combinations that contain the profile. It changes no
//! user's entry.

mod combination_profiles;
mod frozen_table;

use foldhash::fast::FixedState;
use imbl::{OrdSet, Vector};

use super::Directory;
use super::chunked::Chunked;
use super::number_set::NumberSet;
use crate::catalog::{Permission, catalog};
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::{CAPACITY, PermissionSet};
use combination_profiles::{CombinationProfiles, profiles_hash};
use frozen_table::{Entry, FrozenTable};

/// The combination of disabled users, which has no permissions.
const DISABLED: u32 = 0;

/// Flag for users who are disabled or have time-limited assignments. The combination alone is not enough to decide
/// requests by these users.
const NEEDS_EVALUATION: u32 = 1 << 31;

/// Flag in the bits of a combination that also has scoped grants. It uses the one bit that is not available for
/// permissions.
const HAS_SCOPED_GRANTS: Permission = Permission::at(CAPACITY);

/// The number of changed users at which a small frozen table is rebuilt. A large frozen table is rebuilt when the
/// number of changed users exceeds a sixteenth of the users in the table.
const DELTA_MAX: usize = 4096;

/// One user's entry in the decision index.
#[derive(Clone, Copy)]
pub(crate) struct UserGrants<'a> {
    /// The permissions that the user has without a scope and without a time limit. Excludes restrictions.
    pub(crate) everywhere: &'a PermissionSet,
    /// Whether any grant is scoped or time-limited. If so, the user may have more access than `everywhere`.
    pub(crate) has_other_grants: bool,
    pub(crate) is_disabled: bool,
}

/// The unscoped permissions of a combination and the flag [`HAS_SCOPED_GRANTS`], in one CPU cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct CombinationBits(PermissionSet);

#[derive(Clone, Copy)]
struct Counts {
    members: u32,
    can_sign_in: u32,
    full_access: bool,
}

/// The grants of a combination of profiles.
#[derive(Clone, Copy)]
pub(crate) struct CombinationGrants {
    /// Permissions granted without a scope.
    pub(crate) everywhere: PermissionSet,
    /// Whether other permissions are granted within scopes.
    pub(crate) scoped: bool,
}

/// The attributes of a user that determine the user's entry in the decision index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexedState {
    /// The profiles that are assigned without a time limit, in ascending order; `None` for a disabled user.
    pub(crate) profiles: Option<Vec<SecurityProfileId>>,
    /// Whether the user has time-limited assignments.
    pub(crate) dated: bool,
    pub(crate) can_sign_in: bool,
}

#[derive(Clone)]
pub(crate) struct DecisionIndex {
    /// A copy of the set of all catalog permissions that grant access. Restrictions are excluded.
    granting: PermissionSet,
    frozen: FrozenTable,
    /// The users who have changed since the frozen table was built. `None` represents a user who was removed.
    delta: imbl::GenericHashMap<u128, Option<Entry>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
    /// One bit for each bucket of the frozen table. The bit is set if the bucket is the home bucket of a user in
    /// `delta`; otherwise, lookups in the bucket skip `delta`. The bits are stored separately from the buckets, so the
    /// CPU can load both in parallel.
    changed_buckets: Chunked<u64, 64>,
    free_ordinals: Vector<u32>,
    ordinals: u32,
    bits: Chunked<CombinationBits, 256>,
    counts: Chunked<Counts, 64>,
    profiles_of: CombinationProfiles,
    /// The highest number of combinations that existed at the same time.
    combinations_allocated: u32,
    /// The combinations, sorted by a hash of their profiles.
    combinations: OrdSet<(u64, u32)>,
    by_profile: imbl::OrdMap<SecurityProfileId, NumberSet>,
    free_combinations: Vector<u32>,
    administrators: u64,
}

impl Directory {
    /// Whether the permission is a restriction. Uses the copy in the index, which is faster to read than the catalog.
    #[inline]
    pub(crate) fn is_restriction(&self, permission: Permission) -> bool {
        !self.decision_index.granting.contains(permission)
    }
}

impl DecisionIndex {
    pub(crate) fn new() -> Self {
        let mut index = Self {
            granting: *catalog().granting(),
            frozen: FrozenTable::with_capacity(0),
            delta: imbl::GenericHashMap::with_hasher(FixedState::default()),
            changed_buckets: Chunked::new(0),
            free_ordinals: Vector::new(),
            ordinals: 0,
            bits: Chunked::new(CombinationBits(PermissionSet::EMPTY)),
            counts: Chunked::new(Counts { members: 0, can_sign_in: 0, full_access: false }),
            profiles_of: CombinationProfiles::new(),
            // No user's profiles map to the combination `DISABLED`, so it can't be found by a list of profiles.
            combinations_allocated: DISABLED + 1,
            combinations: OrdSet::new(),
            by_profile: imbl::OrdMap::new(),
            free_combinations: Vector::new(),
            administrators: 0,
        };
        index.bits.set(DISABLED as usize, CombinationBits(PermissionSet::EMPTY));
        index
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

    pub(crate) fn user_grants(&self, user: UserId) -> Option<UserGrants<'_>> {
        let combination = self.combination_of(user)?;
        let CombinationBits(everywhere) = self.bits.get((combination & !NEEDS_EVALUATION) as usize)?;
        Some(UserGrants {
            everywhere,
            has_other_grants: everywhere.contains(HAS_SCOPED_GRANTS) || combination & NEEDS_EVALUATION != 0,
            is_disabled: combination & !NEEDS_EVALUATION == DISABLED,
        })
    }

    /// Whether the user has the permission without a scope. Always false for restrictions. Returns `None` for users who
    /// are unknown or disabled, or who have scoped or time-limited grants.
    #[inline]
    pub(crate) fn has_unscoped(&self, user: UserId, permission: Permission) -> Option<bool> {
        // With the flag `NEEDS_EVALUATION`, the number is greater than any index, so the lookup finds no entry.
        let CombinationBits(everywhere) = self.bits.get(self.combination_of(user)? as usize)?;
        (!everywhere.contains(HAS_SCOPED_GRANTS)).then(|| everywhere.contains(permission))
    }

    /// Returns the user's combination, including the flag [`NEEDS_EVALUATION`]. The lookup of changed users is not
    /// inlined, because a short fast path lets the CPU process more checks in parallel.
    #[inline]
    fn combination_of(&self, user: UserId) -> Option<u32> {
        let bucket = self.frozen.home_bucket(user.bits());
        if !self.delta.is_empty() && self.has_changed(bucket) {
            return self.changed_combination(user);
        }
        self.frozen.combination(user.bits(), bucket)
    }

    #[inline(never)]
    fn changed_combination(&self, user: UserId) -> Option<u32> {
        self.entry(user).map(|entry| entry.combination)
    }

    #[inline]
    fn has_changed(&self, bucket: usize) -> bool {
        self.changed_buckets.get(bucket / 64).is_some_and(|word| word >> (bucket % 64) & 1 == 1)
    }

    /// Returns the number of users who can sign in and whose combination has every permission that grants access.
    pub(crate) fn administrator_count(&self) -> u64 {
        self.administrators
    }

    /// Returns the number of distinct combinations of profiles that users have.
    pub(crate) fn combinations(&self) -> usize {
        self.combinations.len()
    }

    /// Whether the user has every permission that grants access, without a scope and without a time limit.
    pub(crate) fn has_full_access(&self, user: UserId) -> bool {
        self.entry(user)
            .and_then(|entry| self.counts.get((entry.combination & !NEEDS_EVALUATION) as usize))
            .is_some_and(|counts| counts.full_access)
    }

    /// Reserves space for the given number of additional users.
    pub(crate) fn reserve(&mut self, users: usize) {
        if self.delta.is_empty() && self.frozen.capacity() < self.frozen.len() + users {
            self.frozen = self.frozen.resized(self.frozen.len() + users);
        }
    }

    pub(crate) fn new_ordinal(&mut self) -> u32 {
        self.free_ordinals.pop_back().unwrap_or_else(|| {
            self.ordinals += 1;
            self.ordinals - 1
        })
    }

    pub(crate) fn remove_user(&mut self, user: UserId, state: &IndexedState) {
        if let Some(entry) = self.entry(user) {
            self.leave_combination(entry.combination, state);
            self.set(user, None);
            self.free_ordinals.push_back(entry.ordinal);
        }
    }

    /// Assigns a user to the combination of the user's profiles. `before` is the user's previous state; `None` for a
    /// new user. `grants` computes the grants of the combination if no other user has the combination.
    pub(crate) fn assign_combination(
        &mut self,
        user: UserId,
        ordinal: u32,
        before: Option<&IndexedState>,
        state: &IndexedState,
        grants: impl Fn(&[SecurityProfileId]) -> CombinationGrants,
    ) {
        if let Some(before) = before {
            if before == state {
                return;
            }
            if let Some(entry) = self.entry(user) {
                self.leave_combination(entry.combination, before);
            }
        }
        let combination = match &state.profiles {
            None => DISABLED,
            Some(profiles) => self.combination(profiles, grants),
        };
        let dated = if state.dated || state.profiles.is_none() { NEEDS_EVALUATION } else { 0 };
        self.set(user, Some(Entry { ordinal, combination: combination | dated }));
        self.adjust_counts(combination, 1, i64::from(state.can_sign_in));
    }

    /// Recomputes the grants of all combinations that contain the profile.
    pub(crate) fn recompute_combinations(
        &mut self,
        profile: SecurityProfileId,
        grants: impl Fn(&[SecurityProfileId]) -> CombinationGrants,
    ) {
        let affected: Vec<u32> = self.by_profile.get(&profile).into_iter().flat_map(NumberSet::iter).collect();
        for combination in affected {
            self.set_grants(combination, grants(&self.profiles_of.get(combination)));
        }
    }

    fn combination(
        &mut self,
        profiles: &[SecurityProfileId],
        grants: impl Fn(&[SecurityProfileId]) -> CombinationGrants,
    ) -> u32 {
        if let Some(known) = self.known_combination(profiles) {
            return known;
        }
        let combination = self.free_combinations.pop_back().unwrap_or_else(|| {
            self.combinations_allocated += 1;
            self.combinations_allocated - 1
        });
        self.profiles_of.set(combination, profiles);
        for profile in profiles {
            self.by_profile.entry(*profile).or_insert_with(NumberSet::new).set(combination, true);
        }
        self.combinations.insert((profiles_hash(profiles), combination));
        self.counts.set(combination as usize, Counts { members: 0, can_sign_in: 0, full_access: false });
        self.set_grants(combination, grants(profiles));
        combination
    }

    fn known_combination(&self, profiles: &[SecurityProfileId]) -> Option<u32> {
        let hash = profiles_hash(profiles);
        let mut with_hash = self.combinations.range((hash, 0)..=(hash, u32::MAX)).map(|(_, combination)| *combination);
        with_hash.find(|combination| self.profiles_of.equals(*combination, profiles))
    }

    fn set_grants(&mut self, combination: u32, grants: CombinationGrants) {
        let at = combination as usize;
        // Restrictions are excluded because they never allow a request.
        let mut bits = grants.everywhere.intersection(&self.granting);
        if grants.scoped {
            bits.insert(HAS_SCOPED_GRANTS);
        }
        self.bits.set(at, CombinationBits(bits));
        if let Some(counts) = self.counts.get(at).copied() {
            let full_access = catalog().granting().is_subset(&grants.everywhere);
            match (counts.full_access, full_access) {
                (false, true) => self.administrators += u64::from(counts.can_sign_in),
                (true, false) => self.administrators -= u64::from(counts.can_sign_in),
                _ => {}
            }
            self.counts.set(at, Counts { full_access, ..counts });
        }
    }

    fn leave_combination(&mut self, combination: u32, state: &IndexedState) {
        let combination = combination & !NEEDS_EVALUATION;
        let members = self.adjust_counts(combination, -1, -i64::from(state.can_sign_in));
        if members == 0 && combination != DISABLED {
            let profiles = self.profiles_of.get(combination);
            for profile in &profiles {
                if let Some(combinations) = self.by_profile.get_mut(profile) {
                    combinations.set(combination, false);
                    if combinations.count() == 0 {
                        self.by_profile.remove(profile);
                    }
                }
            }
            self.combinations.remove(&(profiles_hash(&profiles), combination));
            self.free_combinations.push_back(combination);
        }
    }

    /// Adjusts the counts of a combination and returns its new number of members.
    fn adjust_counts(&mut self, combination: u32, members: i64, can_sign_in: i64) -> u32 {
        let Some(counts) = self.counts.get(combination as usize).copied() else {
            self.counts.set(
                combination as usize,
                Counts { members: members.max(0) as u32, can_sign_in: can_sign_in.max(0) as u32, full_access: false },
            );
            return members.max(0) as u32;
        };
        let counts = Counts {
            members: (i64::from(counts.members) + members) as u32,
            can_sign_in: (i64::from(counts.can_sign_in) + can_sign_in) as u32,
            full_access: counts.full_access,
        };
        if counts.full_access {
            self.administrators = self.administrators.saturating_add_signed(can_sign_in);
        }
        self.counts.set(combination as usize, counts);
        counts.members
    }

    fn set(&mut self, user: UserId, entry: Option<Entry>) {
        let user = user.bits();
        // At startup, no other directory shares the frozen table, so the user is added to the table directly.
        if self.delta.is_empty()
            && let Some(entry) = entry
            && self.frozen.is_unshared()
        {
            self.frozen.insert(user, entry);
            return;
        }
        self.delta.insert(user, entry);
        let bucket = self.frozen.home_bucket(user);
        if !self.has_changed(bucket) {
            let bits = self.changed_buckets.get(bucket / 64).copied().unwrap_or(0);
            self.changed_buckets.set(bucket / 64, bits | 1 << (bucket % 64));
        }
        if self.delta.len() > DELTA_MAX.max(self.frozen.len() / 16) {
            self.freeze();
        }
    }

    /// Rebuilds the frozen table with all changes, and clears `delta`.
    fn freeze(&mut self) {
        let users = self.frozen.len() + self.delta.len();
        let is_removed = |user: &u128| matches!(self.delta.get(user), Some(None));
        let mut frozen = match self.delta.values().any(Option::is_none) {
            true => {
                let mut remaining = FrozenTable::with_capacity(users);
                self.frozen
                    .iter()
                    .filter(|(user, _)| !is_removed(user))
                    .for_each(|(user, entry)| remaining.insert(user, entry));
                remaining
            }
            false if users > self.frozen.capacity() => self.frozen.resized(users),
            false => self.frozen.clone(),
        };
        for (user, entry) in &self.delta {
            if let Some(entry) = entry {
                frozen.insert(*user, *entry);
            }
        }
        self.frozen = frozen;
        self.delta.clear();
        self.changed_buckets = Chunked::new(0);
    }
}

#[cfg(test)]
mod tests;
