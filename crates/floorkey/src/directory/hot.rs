//! The half of the directory that answers checks: user id → ordinal → combination → permissions as bits.
//!
//! Users who hold the same undated profiles share a combination, so an edit of a profile that a million users hold
//! recomputes the few combinations that contain it and touches no user.

mod frozen;

use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::{OrdSet, Vector};

use super::Directory;
use super::chunked::Chunked;
use crate::catalogue::{Permission, catalogue};
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::{CAPACITY, PermissionSet};
use frozen::Frozen;

/// The combination of disabled users: no permission.
const DISABLED: u32 = 0;

/// Marks, beside the combination, users for whom it doesn't say all: dated assignments are worked out at the time of
/// the question, and disabled users have their own reason.
const DATED: u32 = 1 << 31;

/// Marks, in a combination's row, that it grants more within scopes: the one bit that is no permission's.
const SCOPED: Permission = Permission::at(CAPACITY);

/// Ids and places that changed since the frozen hash was built; it is built anew when there are more than this many,
/// or more than a sixteenth of it.
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
    delta: imbl::GenericHashMap<u128, Option<u32>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
    free_ordinals: Vector<u32>,
    ordinals: u32,
    /// Truth for every ordinal; the frozen hash repeats it so that most checks need not come here.
    combination_of: Chunked<u32, 4096>,
    /// Ordinals whose combination changed since the frozen hash was built, one bit each.
    moved: Chunked<u64, 64>,
    /// How many ids and combinations changed since then.
    changed: usize,
    bits: Chunked<Bits, 256>,
    counts: Chunked<Counts, 64>,
    profiles_of: Vector<Arc<[SecurityProfileId]>>,
    combinations: imbl::OrdMap<Arc<[SecurityProfileId]>, u32>,
    containing: OrdSet<(SecurityProfileId, u32)>,
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
            free_ordinals: Vector::new(),
            ordinals: 0,
            combination_of: Chunked::new(DISABLED | DATED),
            moved: Chunked::new(0),
            changed: 0,
            bits: Chunked::new(Bits(PermissionSet::EMPTY)),
            counts: Chunked::new(Counts { members: 0, signing_in: 0, full: false }),
            profiles_of: Vector::new(),
            combinations: imbl::OrdMap::new(),
            containing: OrdSet::new(),
            free_combinations: Vector::new(),
            administrators: 0,
        };
        // Nobody finds DISABLED by its profiles: it stands in no map.
        hot.profiles_of.push_back(Arc::from([]));
        hot.bits.set(DISABLED as usize, Bits(PermissionSet::EMPTY));
        hot
    }

    #[inline]
    pub(crate) fn ordinal(&self, user: UserId) -> Option<u32> {
        if !self.delta.is_empty()
            && let Some(changed) = self.delta.get(&user.bits())
        {
            return *changed;
        }
        self.frozen.get(user.bits()).map(|(ordinal, _)| ordinal)
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
        if self.changed != 0 {
            return self.combination_since(user);
        }
        self.frozen.combination(user.bits())
    }

    #[inline(never)]
    fn combination_since(&self, user: UserId) -> Option<u32> {
        if self.delta.is_empty()
            && let Some((ordinal, combination)) = self.frozen.get(user.bits())
            && !self.has_moved(ordinal)
        {
            return Some(combination);
        }
        self.combination_of.get(self.ordinal(user)? as usize).copied()
    }

    #[inline]
    fn has_moved(&self, ordinal: u32) -> bool {
        self.moved.get(ordinal as usize / 64).is_some_and(|word| word >> (ordinal % 64) & 1 == 1)
    }

    /// How many members of combinations with every granting permission can sign in.
    pub(crate) fn administrators(&self) -> u64 {
        self.administrators
    }

    /// Whether the user's undated profiles grant every granting permission everywhere.
    pub(crate) fn is_full(&self, ordinal: u32) -> bool {
        let combination =
            self.combination_of.get(ordinal as usize).map_or(DISABLED, |combination| combination & !DATED);
        self.counts.get(combination as usize).is_some_and(|counts| counts.full)
    }

    /// Gives a new user an ordinal.
    pub(crate) fn add_user(&mut self, user: UserId) -> u32 {
        let ordinal = self.free_ordinals.pop_back().unwrap_or_else(|| {
            self.ordinals += 1;
            self.ordinals - 1
        });
        self.index(user, Some(ordinal));
        ordinal
    }

    /// Takes a user out, and gives the ordinal free.
    pub(crate) fn remove_user(&mut self, user: UserId, ordinal: u32, place: &Place) {
        self.leave(ordinal, place);
        self.index(user, None);
        self.free_ordinals.push_back(ordinal);
    }

    /// Puts a user among those with the same profiles. `granted` says what profiles grant, where nobody has just
    /// these yet.
    pub(crate) fn place(
        &mut self,
        ordinal: u32,
        before: Option<&Place>,
        place: &Place,
        granted: impl Fn(&[SecurityProfileId]) -> Granted,
    ) {
        if let Some(before) = before {
            if before == place {
                return;
            }
            self.leave(ordinal, before);
        }
        let combination = match &place.profiles {
            None => DISABLED,
            Some(profiles) => self.combination(profiles, granted),
        };
        let dated = if place.dated || place.profiles.is_none() { DATED } else { 0 };
        self.set_combination(ordinal, combination | dated);
        self.count(combination, 1, i64::from(place.signs_in));
    }

    /// Works out anew what every combination with the profile grants.
    pub(crate) fn regrant(&mut self, profile: SecurityProfileId, granted: impl Fn(&[SecurityProfileId]) -> Granted) {
        let touched: Vec<u32> =
            self.containing.range((profile, 0)..=(profile, u32::MAX)).map(|(_, combination)| *combination).collect();
        for combination in touched {
            if let Some(profiles) = self.profiles_of.get(combination as usize).cloned() {
                self.grant(combination, granted(&profiles));
            }
        }
    }

    fn combination(
        &mut self,
        profiles: &[SecurityProfileId],
        granted: impl Fn(&[SecurityProfileId]) -> Granted,
    ) -> u32 {
        if let Some(known) = self.combinations.get(profiles) {
            return *known;
        }
        let profiles: Arc<[SecurityProfileId]> = Arc::from(profiles);
        let combination = match self.free_combinations.pop_back() {
            Some(free) => {
                self.profiles_of.set(free as usize, profiles.clone());
                free
            }
            None => {
                self.profiles_of.push_back(profiles.clone());
                self.profiles_of.len() as u32 - 1
            }
        };
        for profile in profiles.iter() {
            self.containing.insert((*profile, combination));
        }
        self.combinations.insert(profiles.clone(), combination);
        self.counts.set(combination as usize, Counts { members: 0, signing_in: 0, full: false });
        self.grant(combination, granted(&profiles));
        combination
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

    fn leave(&mut self, ordinal: u32, place: &Place) {
        let Some(combination) = self.combination_of.get(ordinal as usize).map(|combination| combination & !DATED)
        else {
            return;
        };
        self.set_combination(ordinal, DISABLED | DATED);
        let members = self.count(combination, -1, -i64::from(place.signs_in));
        if members == 0 && combination != DISABLED {
            if let Some(profiles) = self.profiles_of.get(combination as usize).cloned() {
                for profile in profiles.iter() {
                    self.containing.remove(&(*profile, combination));
                }
                self.combinations.remove(&profiles);
            }
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

    fn set_combination(&mut self, ordinal: u32, combination: u32) {
        self.combination_of.set(ordinal as usize, combination);
        if !self.has_moved(ordinal) {
            let word = self.moved.get(ordinal as usize / 64).copied().unwrap_or(0);
            self.moved.set(ordinal as usize / 64, word | 1 << (ordinal % 64));
            self.changed += 1;
            self.freeze_if_due();
        }
    }

    fn index(&mut self, user: UserId, ordinal: Option<u32>) {
        // While nobody else reads the frozen hash (at start), it takes the id itself.
        if self.delta.is_empty()
            && let Some(ordinal) = ordinal
            && self.frozen.is_unshared()
        {
            self.frozen.insert(user.bits(), ordinal, DISABLED | DATED);
            return;
        }
        self.delta.insert(user.bits(), ordinal);
        self.changed += 1;
        self.freeze_if_due();
    }

    fn freeze_if_due(&mut self) {
        if !self.frozen.is_unshared() && self.changed > DELTA_MAX.max(self.frozen.len() / 16) {
            self.freeze();
        }
    }

    /// Builds the frozen hash anew, so that nothing has changed since.
    pub(crate) fn freeze(&mut self) {
        if !self.delta.is_empty() {
            let mut frozen = Frozen::with_capacity(self.frozen.len() + self.delta.len());
            for (user, ordinal, combination) in self.frozen.iter() {
                if !self.delta.contains_key(&user) {
                    frozen.insert(user, ordinal, combination);
                }
            }
            for (user, ordinal) in &self.delta {
                if let Some(ordinal) = ordinal {
                    frozen.insert(*user, *ordinal, DISABLED | DATED);
                }
            }
            self.frozen = frozen;
        }
        self.frozen.renew(|ordinal| self.combination_of.get(ordinal as usize).copied().unwrap_or(DISABLED | DATED));
        self.delta.clear();
        self.moved = Chunked::new(0);
        self.changed = 0;
    }
}
