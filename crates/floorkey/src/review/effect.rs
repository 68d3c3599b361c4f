//! Who gains and who loses what through a change: what stands on the page before it is saved.
//!
//! Gaining and losing are about questions: a user can do more if some question that was answered no is answered yes. What
//! a permission reaches is compared as a set, so that a user whose other profiles grant it as far is not affected.
//! Questions that contradict what is stored of the user do not count.
//!
//! It is worked out once for the users who have the same profiles before and the same after, and are alike in what scopes
//! look at, so that a profile with a million users costs little more than counting them.

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

/// How what a permission reaches changes for a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReachChange {
    /// It reached nothing before.
    Gained,
    /// It reaches nothing afterwards.
    Lost,
    /// It reaches what it did, and more.
    Wider,
    /// It reaches part of what it did.
    Narrower,
    /// It reaches something that it did not, and no longer something that it did.
    Elsewhere,
}

/// What a change does to one user's permissions. An old name is left out where its newer names say the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserEffect {
    /// Permissions that reach something after and nothing before.
    pub gained: PermissionSet,
    /// Permissions that reach something before and nothing after.
    pub lost: PermissionSet,
    /// Permissions that reach more after.
    pub wider: PermissionSet,
    /// Permissions that reach less after.
    pub narrower: PermissionSet,
    /// Permissions that reach something else after: more in one respect and less in another.
    pub elsewhere: PermissionSet,
    /// Restrictions that newly apply to the user.
    pub limits_on: PermissionSet,
    /// Restrictions that no longer apply to the user.
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

    /// Whether the user can do more afterwards, in any respect.
    #[must_use]
    pub fn gains(&self) -> bool {
        use ReachChange::{Elsewhere, Gained, Wider};
        let more = |change: &ReachChange| matches!(change, Gained | Wider | Elsewhere);
        !self.more().is_empty() || !self.limits_off.is_empty() || self.applications.values().any(more)
    }

    /// Whether the user can do less afterwards, in any respect.
    #[must_use]
    pub fn loses(&self) -> bool {
        use ReachChange::{Elsewhere, Lost, Narrower};
        let less = |change: &ReachChange| matches!(change, Lost | Narrower | Elsewhere);
        !self.less().is_empty() || !self.limits_on.is_empty() || self.applications.values().any(less)
    }

    /// The application permissions to which this happens: namespace and name.
    pub fn applications_with(&self, change: ReachChange) -> impl Iterator<Item = &(String, String)> {
        self.applications.iter().filter(move |(_, is)| **is == change).map(|(pair, _)| pair)
    }

    fn more(&self) -> PermissionSet {
        self.gained.union(&self.wider).union(&self.elsewhere)
    }

    fn less(&self) -> PermissionSet {
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

    /// The same without the old names of which newer ones say as much.
    fn without_old_names(mut self) -> Self {
        let (more, less) = (self.more(), self.less());
        let said =
            |set: &PermissionSet, old, newer: &PermissionSet| !set.contains(old) || !newer.intersection(set).is_empty();
        let old =
            catalogue().legacy().iter().filter(|(old, newer)| said(&more, *old, newer) && said(&less, *old, newer));
        let old: PermissionSet = old.map(|(old, _)| *old).collect();
        for set in [&mut self.gained, &mut self.lost, &mut self.wider, &mut self.narrower, &mut self.elsewhere] {
            *set = set.difference(&old);
        }
        self
    }
}

/// Users to whom a change does the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEffect {
    /// What it does.
    pub effect: UserEffect,
    /// To how many.
    pub count: usize,
    /// To whom, the first of them by login name.
    pub users: Vec<UserId>,
}

/// What a change does to everybody. Each user is in one of the four figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Those for whom something changes, who come to more power first, then the largest groups.
    pub groups: Vec<GroupEffect>,
    /// How many users can do more, and nothing less.
    pub more: usize,
    /// How many can do less, and nothing more.
    pub less: usize,
    /// How many can do more in one respect and less in another.
    pub both: usize,
    /// How many have something that is touched, and can do just what they could.
    pub unchanged: usize,
}

impl Effect {
    /// How many users can do more or less than before.
    #[must_use]
    pub const fn affected(&self) -> usize {
        self.more + self.less + self.both
    }

    /// The users that are named, each with what happens to them.
    pub fn users(&self) -> impl Iterator<Item = (UserId, &UserEffect)> {
        self.groups.iter().flat_map(|group| group.users.iter().map(|user| (*user, &group.effect)))
    }
}

/// Works out what changes between two directories for the users among the touched records and the users of the
/// profiles among them, at that time; for users to whom such a profile is assigned from later on, when that begins.
/// `named` is how many users each group names; counts are of all.
#[must_use]
pub fn effect(
    before: &Directory,
    after: &Directory,
    touched: impl IntoIterator<Item = RecordKey>,
    at: Timestamp,
    named: usize,
) -> Effect {
    let mut tally = Tally { before, after, named, known: HashMap::new(), groups: BTreeMap::new(), unchanged: 0 };
    let (mut users, mut profiles) = (HashSet::new(), Vec::new());
    for key in touched {
        match key {
            RecordKey::User(id) if users.insert(id) => tally.user(before.user(id), after.user(id), at),
            RecordKey::Profile(id) => profiles.push(id),
            _ => {}
        }
    }
    let several = profiles.len() > 1;
    for profile in &profiles {
        // A user who is not touched has the same profiles before and after. Whose assignment has ended is no user of it.
        for user in before.holders(*profile) {
            let Some(first) = first_held(user, &profiles, at) else { continue };
            let is_new = if several { users.insert(user.id) } else { !users.contains(&user.id) };
            if is_new {
                tally.user(Some(user), after.user(user.id), first);
            }
        }
    }
    tally.sum()
}

/// When the user first has one of the profiles, from that time on: what changes of a planned one is seen when it begins.
fn first_held(user: &User, profiles: &[SecurityProfileId], at: Timestamp) -> Option<Timestamp> {
    let held = user.assignments.iter().filter(|held| profiles.contains(&held.profile) && !held.has_ended(at));
    held.map(|held| held.from.map_or(at, |from| from.max(at))).min()
}

/// Users for whom a change does the same as far as their profiles go: the profiles before and after, `None` for a user
/// who is not there or disabled, and whether their own records are the same.
type Combination = (Option<Vec<SecurityProfileId>>, Option<Vec<SecurityProfileId>>, bool);

/// What is known of a combination.
struct Known {
    difference: Difference,
    effects: Effects,
}

/// The effect on users by what matters of them before and after; at most [`Effects::MAX`].
#[derive(Default)]
struct Effects(HashMap<(Option<Traits>, Option<Traits>), UserEffect>);

impl Effects {
    /// Where conditions look at attributes that are each user's own, each user has other traits, and none is met again.
    const MAX: usize = 1_024;

    /// The effect on users with these traits, worked out where it is not known.
    fn of(&mut self, traits: (Option<Traits>, Option<Traits>), effect: impl FnOnce() -> UserEffect) -> &UserEffect {
        if self.0.len() >= Self::MAX && !self.0.contains_key(&traits) {
            self.0.clear();
        }
        self.0.entry(traits).or_insert_with(effect)
    }
}

struct Tally<'a> {
    before: &'a Directory,
    after: &'a Directory,
    named: usize,
    known: HashMap<Combination, Known>,
    groups: BTreeMap<UserEffect, (usize, BTreeSet<(String, UserId)>)>,
    unchanged: usize,
}

impl Tally<'_> {
    fn user(&mut self, was: Option<&Arc<User>>, is: Option<&Arc<User>>, at: Timestamp) {
        let (before, after) = (self.before, self.after);
        let (Some(was_user), Some(is_user)) = (was.or(is), is.or(was)) else { return };
        let profiles = |user: &Arc<User>| {
            let mut held: Vec<_> = user.profiles_at(at).collect();
            held.sort_unstable();
            user.enabled.then_some(held)
        };
        let same_user = Arc::ptr_eq(was_user, is_user);
        let combination = (was.and_then(profiles), is.and_then(profiles), same_user);
        let known = self.known.entry(combination).or_insert_with_key(|(was, is, same_user)| {
            let (was, is) = (grants(before, was.as_deref()), grants(after, is.as_deref()));
            let difference = Difference::between((before, &was), (after, &is), *same_user);
            Known { difference, effects: Effects::default() }
        });
        let difference = &known.difference;
        let traits = (difference.traits(was_user), difference.traits(is_user));
        let effect = known.effects.of(traits, || {
            let was = Subject { directory: before, user: was_user };
            difference.effect(was, Subject { directory: after, user: is_user })
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
        // Only what may be among the first is given a name to sort by.
        let name = folded(&is_user.username);
        if users.len() < self.named || users.last().is_some_and(|(last, _)| name < *last) {
            users.insert((name, is_user.id));
            if users.len() > self.named {
                users.pop_last();
            }
        }
    }

    fn sum(self) -> Effect {
        let mut sum = Effect { unchanged: self.unchanged, ..Effect::default() };
        for (effect, (count, users)) in self.groups {
            match (effect.gains(), effect.loses()) {
                (true, true) => sum.both += count,
                (true, false) => sum.more += count,
                _ => sum.less += count,
            }
            sum.groups.push(GroupEffect { effect, count, users: users.into_iter().map(|(_, user)| user).collect() });
        }
        let power = |effect: &UserEffect| {
            let more = effect.gained.union(&effect.wider);
            more.iter().filter(|permission| permission.info().risks.contains(&Risk::Escalation)).count()
        };
        sum.groups.sort_by_key(|group| (std::cmp::Reverse(power(&group.effect)), std::cmp::Reverse(group.count)));
        sum
    }
}

/// What profiles grant together; nothing to a user who is not there or disabled.
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
            assert_eq!(*effects.of(traits(number), || effect(number)), effect(number));
            assert!(effects.0.len() <= Effects::MAX);
        }
        let last = 3 * Effects::MAX - 1;
        assert_eq!(*effects.of(traits(last), || effect(0)), effect(last), "it is not worked out again");
    }
}
