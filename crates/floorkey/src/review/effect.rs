//! The effect of a change on users, shown before the change is saved.
//!
//! Users gain access if the change allows any request that was denied before. They lose access if the change denies any
//! request that was allowed before. Scopes are compared as sets of resources. Therefore a user is not affected if
//! another of the user's profiles grants the permission for the same resources. Requests that contradict stored
//! attributes of the user are ignored.
//!
//! Users are grouped, and the effect is computed once per group. Users are in the same group if they have the same
//! profiles before the change and the same profiles after the change. The attributes that scopes depend on must be
//! equal too. For a profile with a million users, this costs little more than counting the users.

mod difference;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::catalog::{Risk, catalog};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::record::RecordKey;
use crate::scope::Grants;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::User;
use difference::{Difference, Subject, Traits};

/// How a change affects the resources that a permission applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessChange {
    /// The permission applied to no resources before the change.
    Gained,
    /// The permission applies to no resources after the change.
    Lost,
    /// The permission applies to the same resources as before the change, and to more resources.
    Widened,
    /// The permission applies to only some of the resources that it applied to before the change.
    Narrowed,
    /// The permission gains some resources and loses other resources.
    Moved,
}

/// The effect of a change on the permissions of one user. A legacy permission is omitted if its replacements change in
/// the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserEffect {
    /// Permissions that apply to some resources after the change and to no resources before the change.
    pub gained: PermissionSet,
    /// Permissions that apply to some resources before the change and to no resources after the change.
    pub lost: PermissionSet,
    /// Permissions that apply to more resources after the change than before the change.
    pub widened: PermissionSet,
    /// Permissions that apply to fewer resources after the change than before the change.
    pub narrowed: PermissionSet,
    /// Permissions that gain some resources and lose other resources.
    pub moved: PermissionSet,
    /// Restrictions that apply to the user only after the change.
    pub restrictions_added: PermissionSet,
    /// Restrictions that apply to the user only before the change.
    pub restrictions_removed: PermissionSet,
    /// The changed permissions of registered applications, by namespace and name.
    pub applications: BTreeMap<(String, String), AccessChange>,
}

impl UserEffect {
    /// Whether the change has no effect on the user.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the user gains any access.
    #[must_use]
    pub fn gains(&self) -> bool {
        use AccessChange::{Gained, Moved, Widened};
        let is_increase = |change: &AccessChange| matches!(change, Gained | Widened | Moved);
        !self.increased().is_empty()
            || !self.restrictions_removed.is_empty()
            || self.applications.values().any(is_increase)
    }

    /// Whether the user loses any access.
    #[must_use]
    pub fn loses(&self) -> bool {
        use AccessChange::{Lost, Moved, Narrowed};
        let is_decrease = |change: &AccessChange| matches!(change, Lost | Narrowed | Moved);
        !self.decreased().is_empty()
            || !self.restrictions_added.is_empty()
            || self.applications.values().any(is_decrease)
    }

    /// Iterates over the application permissions that change in the given way, as pairs of namespace and name.
    pub fn applications_with(&self, change: AccessChange) -> impl Iterator<Item = &(String, String)> {
        self.applications.iter().filter(move |(_, known)| **known == change).map(|(pair, _)| pair)
    }

    fn increased(&self) -> PermissionSet {
        self.gained.union(&self.widened).union(&self.moved)
    }

    fn decreased(&self) -> PermissionSet {
        self.lost.union(&self.narrowed).union(&self.moved)
    }

    const fn set_mut(&mut self, change: AccessChange) -> &mut PermissionSet {
        match change {
            AccessChange::Gained => &mut self.gained,
            AccessChange::Lost => &mut self.lost,
            AccessChange::Widened => &mut self.widened,
            AccessChange::Narrowed => &mut self.narrowed,
            AccessChange::Moved => &mut self.moved,
        }
    }

    /// Removes each legacy permission whose replacements change in the same way.
    fn without_legacy_names(mut self) -> Self {
        let (increased, decreased) = (self.increased(), self.decreased());
        let is_implied = |set: &PermissionSet, legacy, newer: &PermissionSet| {
            !set.contains(legacy) || !newer.intersection(set).is_empty()
        };
        let legacy = catalog()
            .legacy()
            .iter()
            .filter(|(legacy, newer)| is_implied(&increased, *legacy, newer) && is_implied(&decreased, *legacy, newer));
        let legacy: PermissionSet = legacy.map(|(legacy, _)| *legacy).collect();
        for set in [&mut self.gained, &mut self.lost, &mut self.widened, &mut self.narrowed, &mut self.moved] {
            *set = set.difference(&legacy);
        }
        self
    }
}

/// Users on whom a change has the same effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEffect {
    /// The effect on each user in the group.
    pub effect: UserEffect,
    /// The number of users in the group.
    pub count: usize,
    /// The first users in the group, sorted by login name.
    pub users: Vec<UserId>,
}

/// The effect of a change on all users. Each user is in exactly one of the four counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Groups of affected users. The groups are sorted by the number of gained permissions with an escalation risk, and
    /// then by size, in descending order.
    pub groups: Vec<GroupEffect>,
    /// The number of users who gain access and lose no access.
    pub users_with_more: usize,
    /// The number of users who lose access and gain no access.
    pub users_with_less: usize,
    /// The number of users who gain some access and lose other access.
    pub users_with_both: usize,
    /// The number of users whose access stays the same although their record or one of their profiles changes.
    pub unchanged: usize,
}

impl Effect {
    /// Returns the number of users who gain or lose access.
    #[must_use]
    pub const fn affected(&self) -> usize {
        self.users_with_more + self.users_with_less + self.users_with_both
    }

    /// Iterates over the listed users, each with the effect on the user.
    pub fn users(&self) -> impl Iterator<Item = (UserId, &UserEffect)> {
        self.groups.iter().flat_map(|group| group.users.iter().map(|user| (*user, &group.effect)))
    }
}

/// Compares two directories. Returns the effect on each user in `touched` and on each user who has a profile in
/// `touched`. Access is compared at the given time. If a user gets a profile in `touched` only later, access is
/// compared at the start of that assignment. `listed_max` limits the number of users listed in each group, but all
/// users are counted.
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
        // A user who is not in `touched` has the same profiles before and after the change. Users whose assignments
        // have ended are skipped.
        for user in before.users_with_profile(*profile) {
            let Some(first) = first_assigned(user, &profiles, at) else { continue };
            let is_new = if several { users.insert(user.id) } else { !users.contains(&user.id) };
            if is_new {
                builder.add_user(Some(user), after.user(user.id), first);
            }
        }
    }
    builder.finish()
}

/// Returns the first time, not earlier than `at`, when the user has one of the profiles. The effect on the user is
/// evaluated at this time.
fn first_assigned(user: &User, profiles: &[SecurityProfileId], at: Timestamp) -> Option<Timestamp> {
    let assignments = user.assignments.iter().filter(|one| profiles.contains(&one.profile) && !one.has_ended(at));
    assignments.map(|one| one.from.map_or(at, |from| from.max(at))).min()
}

/// The key of a group of users: their profiles before the change, their profiles after the change, and whether their
/// records are unchanged. The profiles are `None` for a user who does not exist or is disabled.
type Combination = (Option<Vec<SecurityProfileId>>, Option<Vec<SecurityProfileId>>, bool);

/// The cached results for a combination of profiles.
struct CachedDifference {
    difference: Difference,
    effects: Effects,
}

/// Cached effects of a change. The keys are the users' traits before and after the change. The cache has at most
/// [`Effects::MAX`] entries.
#[derive(Default)]
struct Effects(HashMap<(Option<Traits>, Option<Traits>), UserEffect>);

impl Effects {
    /// The maximum number of cached effects. If conditions depend on attributes that are different for each user, all
    /// traits are different, and a larger cache would not help.
    const MAX: usize = 1_024;

    /// Returns the effect on users with the given traits. Computes the effect if it is not cached.
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
        // A user is kept only if the user can be among the first `listed_max` users.
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
                (true, true) => total.users_with_both += count,
                (true, false) => total.users_with_more += count,
                _ => total.users_with_less += count,
            }
            total.groups.push(GroupEffect { effect, count, users: users.into_iter().map(|(_, user)| user).collect() });
        }
        let escalations = |effect: &UserEffect| {
            let more = effect.gained.union(&effect.widened);
            more.iter().filter(|permission| permission.info().risks.contains(&Risk::Escalation)).count()
        };
        total
            .groups
            .sort_by_key(|group| (std::cmp::Reverse(escalations(&group.effect)), std::cmp::Reverse(group.count)));
        total
    }
}

/// Returns the combined grants of the profiles; empty if `profiles` is `None`.
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
            UserEffect { applications: BTreeMap::from([(name, AccessChange::Gained)]), ..UserEffect::default() }
        };
        for number in 0..3 * Effects::MAX {
            assert_eq!(*effects.get_or_insert_with(traits(number), || effect(number)), effect(number));
            assert!(effects.0.len() <= Effects::MAX);
        }
        let last = 3 * Effects::MAX - 1;
        assert_eq!(*effects.get_or_insert_with(traits(last), || effect(0)), effect(last), "it is not worked out again");
    }
}
