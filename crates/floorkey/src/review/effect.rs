//! Who gains and who loses what through a change: what stands on the page before it is saved.
//!
//! Users who hold the same profiles before and the same after gain and lose the same. It is worked out once for each
//! such combination, so that a profile with a hundred thousand holders costs little more than counting them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::catalogue::{Risk, catalogue};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::record::RecordKey;
use crate::scope::{Grants, HierarchyScope};
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::User;

/// What a change does to one user's permissions. Old names are left out: the newer ones say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserEffect {
    /// Held after and not before, somewhere at least.
    pub gained: PermissionSet,
    /// Held before and no longer.
    pub lost: PermissionSet,
    /// Held before and after: within a scope before, everywhere after.
    pub wider: PermissionSet,
    /// Held before and after: everywhere before, within a scope after.
    pub narrower: PermissionSet,
    /// Held before and after, within scopes that are not the same.
    pub elsewhere: PermissionSet,
    /// Limits that the user newly is under.
    pub limits_on: PermissionSet,
    /// Limits that the user is freed from.
    pub limits_off: PermissionSet,
    /// Other applications' permissions that come: namespace and name.
    pub applications_gained: BTreeSet<(String, String)>,
    /// Other applications' permissions that go.
    pub applications_lost: BTreeSet<(String, String)>,
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
        !(self.gained.is_empty()
            && self.wider.is_empty()
            && self.elsewhere.is_empty()
            && self.limits_off.is_empty()
            && self.applications_gained.is_empty())
    }

    /// Whether the user can do less afterwards, in any respect.
    #[must_use]
    pub fn loses(&self) -> bool {
        !(self.lost.is_empty()
            && self.narrower.is_empty()
            && self.elsewhere.is_empty()
            && self.limits_on.is_empty()
            && self.applications_lost.is_empty())
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

/// What a change does to everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Those for whom something changes, who come to more power first, then the largest groups.
    pub groups: Vec<GroupEffect>,
    /// How many users gain something.
    pub gaining: usize,
    /// How many lose something; some do both.
    pub losing: usize,
    /// How many hold something that is touched, and can do just what they could.
    pub unchanged: usize,
}

impl Effect {
    /// How many users can do more or less than before.
    #[must_use]
    pub fn affected(&self) -> usize {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// The users that are named, each with what happens to them.
    pub fn users(&self) -> impl Iterator<Item = (UserId, &UserEffect)> {
        self.groups.iter().flat_map(|group| group.users.iter().map(|user| (*user, &group.effect)))
    }
}

/// Works out what changes between two directories for the users among the touched records and the holders of the
/// profiles among them, at that time. `named` is how many users each group names; counts are of all.
#[must_use]
pub fn effect(
    before: &Directory,
    after: &Directory,
    touched: impl IntoIterator<Item = RecordKey>,
    at: Timestamp,
    named: usize,
) -> Effect {
    let mut tally = Tally { before, after, at, named, known: HashMap::new(), groups: BTreeMap::new(), unchanged: 0 };
    let (mut users, mut profiles) = (HashSet::new(), Vec::new());
    for key in touched {
        match key {
            RecordKey::User(id) if users.insert(id) => tally.user(before.user(id), after.user(id)),
            RecordKey::Profile(id) => profiles.push(id),
            _ => {}
        }
    }
    for profile in profiles {
        // Whoever is not touched holds the same profiles before and after.
        for user in before.holders(profile) {
            if users.insert(user.id) {
                tally.user(Some(user), after.user(user.id));
            }
        }
    }
    tally.sum()
}

/// Profiles held before and after; `None` for somebody who is not there or disabled.
type Combination = (Option<Vec<SecurityProfileId>>, Option<Vec<SecurityProfileId>>);

struct Tally<'a> {
    before: &'a Directory,
    after: &'a Directory,
    at: Timestamp,
    named: usize,
    known: HashMap<Combination, (UserEffect, PermissionSet)>,
    groups: BTreeMap<UserEffect, (usize, BTreeSet<(String, UserId)>)>,
    unchanged: usize,
}

impl Tally<'_> {
    fn user(&mut self, was: Option<&std::sync::Arc<User>>, is: Option<&std::sync::Arc<User>>) {
        let profiles = |user: &std::sync::Arc<User>| {
            let mut held: Vec<_> = user.profiles_at(self.at).collect();
            held.sort_unstable();
            user.enabled.then_some(held)
        };
        let combination = (was.and_then(profiles), is.and_then(profiles));
        let (before, after) = (self.before, self.after);
        let (effect, own) = self.known.entry(combination).or_insert_with_key(|(was, is)| {
            let grants = |directory: &Directory, held: &Option<Vec<SecurityProfileId>>| {
                let mut all = Grants::default();
                for grants in held.iter().flatten().filter_map(|id| directory.grants(*id)) {
                    all.add(grants);
                }
                all
            };
            between(&grants(before, was), &grants(after, is))
        });
        let place = |user: Option<&std::sync::Arc<User>>| user.and_then(|user| user.hierarchy_group);
        let mut effect = effect.clone();
        if was.is_some() && is.is_some() && place(was) != place(is) {
            // "The holder's own group" is another one now.
            effect.elsewhere = effect.elsewhere.union(own);
        }
        if effect.is_nothing() {
            self.unchanged += 1;
            return;
        }
        let Some(user) = is.or(was) else { return };
        let (count, users) = self.groups.entry(effect).or_default();
        *count += 1;
        // Only what may be among the first is given a name to sort by.
        let name = folded(&user.username);
        if users.len() < self.named || users.last().is_some_and(|(last, _)| name < *last) {
            users.insert((name, user.id));
            if users.len() > self.named {
                users.pop_last();
            }
        }
    }

    fn sum(self) -> Effect {
        let mut sum = Effect { unchanged: self.unchanged, ..Effect::default() };
        for (effect, (count, users)) in self.groups {
            sum.gaining += if effect.gains() { count } else { 0 };
            sum.losing += if effect.loses() { count } else { 0 };
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

/// What changes from one to the other, and what is held within the holder's own hierarchy before and after.
fn between(was: &Grants, is: &Grants) -> (UserEffect, PermissionSet) {
    let old: PermissionSet = catalogue().legacy().iter().map(|(old, _)| *old).collect();
    let had = was.anywhere().difference(&old);
    let has = is.anywhere().difference(&old);
    let both = had.intersection(&has);
    let wider = both.intersection(&is.everywhere).difference(&was.everywhere);
    let narrower = both.intersection(&was.everywhere).difference(&is.everywhere);
    let scoped = both.difference(&was.everywhere).difference(&is.everywhere);
    let moved = |permission| {
        let scopes = |grants: &Grants| {
            let within = grants.within.iter().filter(|(_, set)| set.contains(permission));
            within.map(|(scope, _)| scope.clone()).collect::<BTreeSet<_>>()
        };
        scopes(was) != scopes(is)
    };
    let (had_applications, has_applications) = (was.applications_in_words(), is.applications_in_words());
    let own = |grants: &Grants| {
        let own = grants.within.iter().filter(|(scope, _)| scope.hierarchy == Some(HierarchyScope::Own));
        own.fold(PermissionSet::EMPTY, |all, (_, set)| all.union(set))
    };
    let effect = UserEffect {
        gained: has.difference(&had),
        lost: had.difference(&has),
        wider,
        narrower,
        elsewhere: scoped.iter().filter(|permission| moved(*permission)).collect(),
        limits_on: is.limits.difference(&was.limits),
        limits_off: was.limits.difference(&is.limits),
        applications_gained: has_applications.difference(&had_applications).cloned().collect(),
        applications_lost: had_applications.difference(&has_applications).cloned().collect(),
    };
    (effect, own(was).intersection(&own(is)).intersection(&scoped))
}
