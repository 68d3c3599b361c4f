//! The effect of a change on users, shown before the change is saved.
//!
//! A user gains access if any request that was denied is allowed after the change, and loses access if any request that
//! was allowed is denied. Scopes are compared as sets, so a user whose other profiles grant the permission for the same
//! resources is not affected. Requests that contradict stored attributes of the user are ignored.
//!
//! Effects are computed once for all users who have the same profiles before and after and the same values for the
//! attributes that scopes depend on. A profile with a million users costs little more than counting them.

mod difference;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::catalogue::{Risk, catalogue};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::record::RecordKey;
use crate::scope::Grants;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::User;
use difference::{Difference, Subject, Traits};

/// How the scope of a permission changes for a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReachChange {
    /// It applied to no resources before.
    Gained,
    /// It applies to no resources afterwards.
    Lost,
    /// It applies to the same resources as before, and more.
    Wider,
    /// It applies to some of the resources that it applied to before.
    Narrower,
    /// It applies to some resources that it did not apply to before, and does not apply to others anymore.
    Elsewhere,
}

/// The effect of a change on the permissions of one user. Legacy permissions are omitted if their replacements change
/// in the same direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserEffect {
    /// Permissions that apply to some resources afterwards and to none before.
    pub gained: PermissionSet,
    /// Permissions that apply to some resources before and to none afterwards.
    pub lost: PermissionSet,
    /// Permissions that apply to more resources afterwards.
    pub wider: PermissionSet,
    /// Permissions that apply to fewer resources afterwards.
    pub narrower: PermissionSet,
    /// Permissions that gain some resources and lose others.
    pub elsewhere: PermissionSet,
    /// Restrictions that apply to the user only afterwards.
    pub limits_on: PermissionSet,
    /// Restrictions that apply to the user only before.
    pub limits_off: PermissionSet,
    /// Permissions of registered applications, by namespace and name.
    pub applications: BTreeMap<(String, String), ReachChange>,
}

impl UserEffect {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the user gains any access.
    #[must_use]
    pub fn gains(&self) -> bool {
        use ReachChange::{Elsewhere, Gained, Wider};
        let is_increase = |change: &ReachChange| matches!(change, Gained | Wider | Elsewhere);
        !self.increased().is_empty() || !self.limits_off.is_empty() || self.applications.values().any(is_increase)
    }

    /// Whether the user loses any access.
    #[must_use]
    pub fn loses(&self) -> bool {
        use ReachChange::{Elsewhere, Lost, Narrower};
        let is_decrease = |change: &ReachChange| matches!(change, Lost | Narrower | Elsewhere);
        !self.decreased().is_empty() || !self.limits_on.is_empty() || self.applications.values().any(is_decrease)
    }

    /// Iterates over the application permissions with this change, as namespace and name.
    pub fn applications_with(&self, change: ReachChange) -> impl Iterator<Item = &(String, String)> {
        self.applications.iter().filter(move |(_, known)| **known == change).map(|(pair, _)| pair)
    }

    fn increased(&self) -> PermissionSet {
        self.gained.union(&self.wider).union(&self.elsewhere)
    }

    fn decreased(&self) -> PermissionSet {
        self.lost.union(&self.narrower).union(&self.elsewhere)
    }

    const fn set_mut(&mut self, change: ReachChange) -> &mut PermissionSet {
        match change {
            ReachChange::Gained => &mut self.gained,
            ReachChange::Lost => &mut self.lost,
            ReachChange::Wider => &mut self.wider,
            ReachChange::Narrower => &mut self.narrower,
            ReachChange::Elsewhere => &mut self.elsewhere,
        }
    }

    /// Removes the legacy permissions whose replacements change in the same direction.
    fn without_legacy_names(mut self) -> Self {
        let (increased, decreased) = (self.increased(), self.decreased());
        let is_implied = |set: &PermissionSet, legacy, newer: &PermissionSet| {
            !set.contains(legacy) || !newer.intersection(set).is_empty()
        };
        let legacy = catalogue()
            .legacy()
            .iter()
            .filter(|(legacy, newer)| is_implied(&increased, *legacy, newer) && is_implied(&decreased, *legacy, newer));
        let legacy: PermissionSet = legacy.map(|(legacy, _)| *legacy).collect();
        for set in [&mut self.gained, &mut self.lost, &mut self.wider, &mut self.narrower, &mut self.elsewhere] {
            *set = set.difference(&legacy);
        }
        self
    }
}

/// Users on whom a change has the same effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEffect {
    /// The effect.
    pub effect: UserEffect,
    /// The number of users.
    pub count: usize,
    /// The first users in the order of their login names.
    pub users: Vec<UserId>,
}

/// The effect of a change on all users. Each user is in exactly one of the four counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Groups of affected users: those who gain the most permissions with an escalation risk first, then the largest.
    pub groups: Vec<GroupEffect>,
    /// The number of users who gain access and lose none.
    pub more: usize,
    /// The number of users who lose access and gain none.
    pub less: usize,
    /// The number of users who gain some access and lose some.
    pub both: usize,
    /// The number of users whose access stays the same although their record or one of their profiles is in `touched`.
    pub unchanged: usize,
}

impl Effect {
    /// Returns the number of users who gain or lose access.
    #[must_use]
    pub const fn affected(&self) -> usize {
        self.more + self.less + self.both
    }

    /// Iterates over the listed users, each with the effect on that user.
    pub fn users(&self) -> impl Iterator<Item = (UserId, &UserEffect)> {
        self.groups.iter().flat_map(|group| group.users.iter().map(|user| (*user, &group.effect)))
    }
}

/// Compares two directories and returns the effect on the users in `touched` and on the users with a profile in
/// `touched`, at the given time. For users who get such a profile later, the time is when the assignment starts.
/// `listed_max` limits the users listed in each group; counts include all users.
#[must_use]
pub fn effect(
    before: &Directory,
    after: &Directory,
    touched: impl IntoIterator<Item = RecordKey>,
    at: Timestamp,
    listed_max: usize,
) -> Effect {
    let mut builder =
        EffectBuilder { before, after, listed_max, cached: HashMap::new(), groups: BTreeMap::new(), unchanged: 0 };
    let (mut users, mut profiles) = (HashSet::new(), Vec::new());
    for key in touched {
        match key {
            RecordKey::User(id) if users.insert(id) => builder.add_user(before.user(id), after.user(id), at),
            RecordKey::Profile(id) => profiles.push(id),
            _ => {}
        }
    }
    let several = profiles.len() > 1;
    for profile in &profiles {
        // A user who is not in `touched` has the same profiles before and after. Users whose assignments have ended are
        // skipped.
        for user in before.holders(*profile) {
            let Some(first) = first_assigned(user, &profiles, at) else { continue };
            let is_new = if several { users.insert(user.id) } else { !users.contains(&user.id) };
            if is_new {
                builder.add_user(Some(user), after.user(user.id), first);
            }
        }
    }
    builder.finish()
}

/// Returns the earliest time, not before `at`, when the user has one of the profiles. The effect on a future assignment
/// is evaluated when it starts.
fn first_assigned(user: &User, profiles: &[SecurityProfileId], at: Timestamp) -> Option<Timestamp> {
    let assignments = user.assignments.iter().filter(|one| profiles.contains(&one.profile) && !one.has_ended(at));
    assignments.map(|one| one.from.map_or(at, |from| from.max(at))).min()
}

/// Users with the same profiles before and the same profiles after (`None` for a user who does not exist or is
/// disabled); the flag is whether the user's record is unchanged.
type Combination = (Option<Vec<SecurityProfileId>>, Option<Vec<SecurityProfileId>>, bool);

/// Cached results for a combination.
struct CachedDifference {
    difference: Difference,
    effects: Effects,
}

/// Effects by the traits of users before and after; at most [`Effects::MAX`].
#[derive(Default)]
struct Effects(HashMap<(Option<Traits>, Option<Traits>), UserEffect>);

impl Effects {
    /// If conditions depend on attributes that are unique to each user, no traits occur twice and the cache is of no
    /// use.
    const MAX: usize = 1_024;

    /// Returns the effect on users with these traits, computing it if it is not cached.
    fn get_or_insert_with(
        &mut self,
        traits: (Option<Traits>, Option<Traits>),
        effect: impl FnOnce() -> UserEffect,
    ) -> &UserEffect {
        if self.0.len() >= Self::MAX && !self.0.contains_key(&traits) {
            self.0.clear();
        }
        self.0.entry(traits).or_insert_with(effect)
    }
}

struct EffectBuilder<'a> {
    before: &'a Directory,
    after: &'a Directory,
    listed_max: usize,
    cached: HashMap<Combination, CachedDifference>,
    groups: BTreeMap<UserEffect, (usize, BTreeSet<(String, UserId)>)>,
    unchanged: usize,
}

impl EffectBuilder<'_> {
    fn add_user(&mut self, user_before: Option<&Arc<User>>, user_after: Option<&Arc<User>>, at: Timestamp) {
        let (before, after) = (self.before, self.after);
        let (Some(compared_before), Some(compared_after)) = (user_before.or(user_after), user_after.or(user_before))
        else {
            return;
        };
        let profiles = |user: &Arc<User>| {
            let mut profiles: Vec<_> = user.profiles_at(at).collect();
            profiles.sort_unstable();
            user.enabled.then_some(profiles)
        };
        let same_user = Arc::ptr_eq(compared_before, compared_after);
        let combination = (user_before.and_then(profiles), user_after.and_then(profiles), same_user);
        let cached =
            self.cached.entry(combination).or_insert_with_key(|(profiles_before, profiles_after, same_user)| {
                let grants_before = grants(before, profiles_before.as_deref());
                let grants_after = grants(after, profiles_after.as_deref());
                let difference = Difference::between((before, &grants_before), (after, &grants_after), *same_user);
                CachedDifference { difference, effects: Effects::default() }
            });
        let difference = &cached.difference;
        let traits = (difference.traits(compared_before), difference.traits(compared_after));
        let effect = cached.effects.get_or_insert_with(traits, || {
            let subject = Subject { directory: before, user: compared_before };
            difference.effect(subject, Subject { directory: after, user: compared_after })
        });
        if effect.is_nothing() {
            self.unchanged += 1;
            return;
        }
        if !self.groups.contains_key(effect) {
            self.groups.insert(effect.clone(), (0, BTreeSet::new()));
        }
        let Some((count, users)) = self.groups.get_mut(effect) else { return };
        *count += 1;
        // Only users who may be among the first are stored.
        let name = folded(&compared_after.username);
        if users.len() < self.listed_max || users.last().is_some_and(|(last, _)| name < *last) {
            users.insert((name, compared_after.id));
            if users.len() > self.listed_max {
                users.pop_last();
            }
        }
    }

    fn finish(self) -> Effect {
        let mut total = Effect { unchanged: self.unchanged, ..Effect::default() };
        for (effect, (count, users)) in self.groups {
            match (effect.gains(), effect.loses()) {
                (true, true) => total.both += count,
                (true, false) => total.more += count,
                _ => total.less += count,
            }
            total.groups.push(GroupEffect { effect, count, users: users.into_iter().map(|(_, user)| user).collect() });
        }
        let escalations = |effect: &UserEffect| {
            let more = effect.gained.union(&effect.wider);
            more.iter().filter(|permission| permission.info().risks.contains(&Risk::Escalation)).count()
        };
        total
            .groups
            .sort_by_key(|group| (std::cmp::Reverse(escalations(&group.effect)), std::cmp::Reverse(group.count)));
        total
    }
}

/// Returns the combined grants of profiles; nothing for a user who does not exist or is disabled.
fn grants(directory: &Directory, profiles: Option<&[SecurityProfileId]>) -> Grants {
    let mut all = Grants::default();
    for grants in profiles.iter().flat_map(|ids| ids.iter()).filter_map(|id| directory.grants(*id)) {
        all.add(grants);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_of_effects_is_bounded() {
        let mut effects = Effects::default();
        let traits = |number: usize| {
            let id = Some(UserId::from_bits(number as u128));
            (None, Some(Traits { group: None, attributes: Vec::new(), id }))
        };
        let effect = |number: usize| {
            let name = ("crm".to_owned(), number.to_string());
            UserEffect { applications: BTreeMap::from([(name, ReachChange::Gained)]), ..UserEffect::default() }
        };
        for number in 0..3 * Effects::MAX {
            assert_eq!(*effects.get_or_insert_with(traits(number), || effect(number)), effect(number));
            assert!(effects.0.len() <= Effects::MAX);
        }
        let last = 3 * Effects::MAX - 1;
        assert_eq!(*effects.get_or_insert_with(traits(last), || effect(0)), effect(last), "it is not worked out again");
    }
}
