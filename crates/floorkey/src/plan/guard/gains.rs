//! Gains: access that a change newly grants to any user.

use std::collections::{BTreeSet, HashSet};

use super::ceiling::Ceiling;
use crate::catalogue::Permission;
use crate::condition::{Condition, Side};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::draft::Draft;
use crate::record::RecordKey;
use crate::review::access::{access_free_of, assignable_access, assignable_grants, granted_access};
use crate::scope::{Grants, Scope};
use crate::time::Timestamp;
use crate::user::User;

/// Access that a change grants beyond the actor's ceiling.
#[derive(Default)]
pub(super) struct Gains {
    /// Permissions that users newly have or can assign.
    pub(super) grants: Grants,
    /// Restrictions of the actor that the change lifts or bypasses.
    pub(super) lifted: PermissionSet,
    /// The records that reveal which permissions these are: profiles by their content, users by their access.
    pub(super) told_by: BTreeSet<RecordKey>,
}

impl Gains {
    pub(super) fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.lifted.is_empty()
    }

    /// Adds what is beyond the ceiling, if anything is. `told_by` returns the records that reveal what it is.
    pub(super) fn add<T: IntoIterator<Item = RecordKey>>(
        &mut self,
        beyond: &Grants,
        lifted: PermissionSet,
        told_by: impl FnOnce() -> T,
    ) {
        if !beyond.is_empty() || !lifted.is_empty() {
            self.grants.add(beyond);
            self.lifted = self.lifted.union(&lifted);
            self.told_by.extend(told_by());
        }
    }

    /// Adds what a user newly has or can assign, in each period of time.
    pub(super) fn add_user(&mut self, draft: &Draft<'_>, next: &Directory, id: UserId, ceiling: &Ceiling<'_>) {
        let Some(after) = next.user(id) else { return };
        let before = draft.before.user(id);
        for at in stretches(before.map(|user| &**user), after, ceiling.turns(), draft.now) {
            let gain = gain_at(draft.before, next, before.map(|user| &**user), after, at);
            let beyond = ceiling.beyond_at(&gain, at);
            let had = before.map(|user| granted_access(draft.before, user, user.profiles_at(at))).unwrap_or_default();
            let has = granted_access(next, after, after.profiles_at(at));
            let by_name = ceiling.granted_by_name(after.profiles_at(at));
            let told_by = || of_user(next, after, before.is_some());
            self.add(&beyond, ceiling.lifted(&had, &has, &by_name), told_by);
        }
    }

    /// Adds what a profile newly grants, whichever users have it.
    pub(super) fn add_profile(
        &mut self,
        draft: &Draft<'_>,
        next: &Directory,
        id: SecurityProfileId,
        ceiling: &Ceiling<'_>,
    ) {
        let Some(after) = next.grants(id) else { return };
        let none = Grants::default();
        let before = draft.before.grants(id).unwrap_or(&none);
        let (beyond, lifted) =
            (ceiling.beyond(&after.beyond(before)), ceiling.lifted(before, after, &PermissionSet::EMPTY));
        self.add(&beyond, lifted, || [RecordKey::Profile(id)]);
        if before.limits.difference(&after.limits).iter().any(|lifted| !lifted.info().narrows.is_empty()) {
            self.add_freed(draft, next, id, ceiling);
        }
    }

    /// Adds access that users with a profile have by all their profiles together, and that is newly free of a
    /// restriction imposed by this profile.
    fn add_freed(&mut self, draft: &Draft<'_>, next: &Directory, id: SecurityProfileId, ceiling: &Ceiling<'_>) {
        let mut known = HashSet::new();
        for user in draft.before.holders(id) {
            for profiles in combinations(user, draft.now) {
                if known.insert((profiles.clone(), user.hierarchy_group)) {
                    let had = granted_access(draft.before, user, profiles.iter().copied());
                    let has = granted_access(next, user, profiles.iter().copied());
                    let beyond = ceiling.beyond(&freed(&had, &has));
                    self.add(&beyond, PermissionSet::EMPTY, || [RecordKey::User(user.id)]);
                }
            }
        }
    }

    /// Adds what the users with a profile can newly assign.
    pub(super) fn add_assignable(
        &mut self,
        draft: &Draft<'_>,
        next: &Directory,
        id: SecurityProfileId,
        ceiling: &Ceiling<'_>,
    ) {
        let Some(after) = next.profile(id) else { return };
        let before = draft.before.profile(id);
        for entry in &after.assignable {
            let could = before.filter(|before| before.assignable.contains(entry));
            let could = could.and_then(|before| assignable_grants(draft.before, before, *entry)).unwrap_or_default();
            let can = assignable_grants(next, after, *entry).unwrap_or_default();
            let beyond = ceiling.beyond(&can.beyond(&could));
            // No exception for a profile that can be assigned by name only because of this change.
            let lifted = ceiling.lifted(&could, &can, &PermissionSet::EMPTY);
            self.add(&beyond, lifted, || [RecordKey::Profile(id), RecordKey::Profile(*entry)]);
        }
    }
}

/// The records that reveal what a user has and can assign: the profiles, and the user if it exists already.
fn of_user(next: &Directory, user: &User, exists: bool) -> Vec<RecordKey> {
    let profiles = user.assignments.iter().filter_map(|held| next.profile(held.profile));
    let named = profiles.flat_map(|profile| profile.assignable.iter().copied().chain([profile.id]));
    named.map(RecordKey::Profile).chain(exists.then_some(RecordKey::User(user.id))).collect()
}

/// The starts of the periods in which a user's access can differ. Each period is compared by itself, because access
/// that begins earlier or ends later is a gain too.
pub(in crate::plan) fn stretches(
    before: Option<&User>,
    after: &User,
    turns: impl Iterator<Item = Timestamp>,
    now: Timestamp,
) -> BTreeSet<Timestamp> {
    let assignments = before.into_iter().chain([after]).flat_map(|user| &user.assignments);
    let times = assignments.flat_map(|held| [held.from, held.until]).flatten();
    times.chain(turns).filter(|at| *at > now).chain([now]).collect()
}

/// The sets of profiles that a user has at the same time, from now on. They are kept apart because profiles that begin
/// later don't make up for anything before then.
pub(in crate::plan) fn combinations(user: &User, now: Timestamp) -> BTreeSet<Vec<SecurityProfileId>> {
    let at = |at| {
        let mut profiles: Vec<_> = user.profiles_at(at).collect();
        profiles.sort_unstable();
        profiles
    };
    stretches(None, user, std::iter::empty(), now).into_iter().map(at).collect()
}

/// Returns what a user newly has or can assign at that time.
pub(in crate::plan) fn gain_at(
    before: &Directory,
    next: &Directory,
    was: Option<&User>,
    is: &User,
    at: Timestamp,
) -> Grants {
    // Access that a user could only assign before, and has after the change, is a gain like any other.
    let held = was.map(|user| granted_access(before, user, user.profiles_at(at))).unwrap_or_default();
    let mut gain = granted_access(next, is, is.profiles_at(at)).beyond(&held);
    let had = was.map(|user| assignable_access(before, user, user.profiles_at(at))).unwrap_or_default();
    let has = assignable_access(next, is, is.profiles_at(at));
    gain.add(&has.beyond(&had));
    for restriction in had.limits.union(&has.limits).iter() {
        gain.add(&newly_free(before, next, was, is, at, restriction));
    }
    // Grants whose scope depends on the user: they are unchanged, but can cover more.
    let Some(was) = was else { return gain };
    for (scope, set) in has.within.iter().filter(|(scope, _)| may_reach_further(scope, was, is)) {
        gain.add_scoped(scope.clone(), *set);
    }
    for (scope, set) in has.applications_within.iter().filter(|(scope, _)| may_reach_further(scope, was, is)) {
        gain.add_scoped_applications(scope.clone(), set.clone());
    }
    gain
}

/// Returns what a user newly has, or can grant to others, free of a restriction at that time.
pub(in crate::plan) fn newly_free(
    before: &Directory,
    next: &Directory,
    was: Option<&User>,
    is: &User,
    at: Timestamp,
    restriction: Permission,
) -> Grants {
    let free = |directory: &Directory, user: &User| {
        access_free_of(directory, user, &user.profiles_at(at).collect::<Vec<_>>(), restriction)
    };
    free(next, is).beyond(&was.map(|user| free(before, user)).unwrap_or_default())
}

/// Returns the part of `has` that was narrowed before by a restriction which has been lifted.
pub(in crate::plan) fn freed(had: &Grants, has: &Grants) -> Grants {
    let lifted = had.limits.difference(&has.limits);
    let narrowed = lifted.iter().fold(PermissionSet::EMPTY, |all, restriction| all.union(&restriction.info().narrows));
    has.only(&narrowed)
}

/// Whether the scope of a grant can cover more because its user has other tags or is in another group.
fn may_reach_further(scope: &Scope, was: &User, is: &User) -> bool {
    let changed = |tag: &String| was.tags.get(tag) != is.tags.get(tag) && is.tags.contains_key(tag);
    scope.conditions.iter().any(|condition| match condition {
        Condition::Same { of_subject, .. } => changed(of_subject),
        Condition::OneOf { of: Side::Subject, attribute, values } => {
            changed(attribute) && is.tags.get(attribute).is_some_and(|value| values.contains(value))
        }
        Condition::SameHierarchy => was.hierarchy_group != is.hierarchy_group && is.hierarchy_group.is_some(),
        // The user's id never changes, and a login name in a resource's attribute refers to the user who had it at that
        // time.
        Condition::Own { .. } => false,
        Condition::OneOf { of: Side::Resource | Side::Action, .. } => false,
    })
}
