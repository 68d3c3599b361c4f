//! Determines the access that users gain through a change. Gained access is access that users have or can assign after
//! the change, but not before it.

use std::collections::{BTreeSet, HashSet};

use super::grantable_access::GrantableAccess;
use crate::catalog::Permission;
use crate::condition::{AttributeOwner, Condition};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::change_builder::ChangeBuilder;
use crate::record::RecordKey;
use crate::review::access::{access_free_of, assignable_access, assignable_grants, granted_access};
use crate::scope::{Grants, Scope};
use crate::time::Timestamp;
use crate::user::User;

/// Access that a change grants and that exceeds the actor's grantable access.
#[derive(Default)]
pub(super) struct Gains {
    /// Access that users have or can assign after the change, but not before it.
    pub(super) grants: Grants,
    /// Restrictions on the actor that the change lifts or bypasses.
    pub(super) lifted_restrictions: PermissionSet,
    /// The profiles and users whose details reveal the gained access.
    pub(super) revealed_by: BTreeSet<RecordKey>,
}

impl Gains {
    pub(super) fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.lifted_restrictions.is_empty()
    }

    /// Adds the access in `beyond` and the restrictions in `lifted`. `revealed_by` returns the records that reveal the
    /// added access.
    pub(super) fn add<T: IntoIterator<Item = RecordKey>>(
        &mut self,
        beyond: &Grants,
        lifted: PermissionSet,
        revealed_by: impl FnOnce() -> T,
    ) {
        if !beyond.is_empty() || !lifted.is_empty() {
            self.grants.add(beyond);
            self.lifted_restrictions = self.lifted_restrictions.union(&lifted);
            self.revealed_by.extend(revealed_by());
        }
    }

    /// Adds the access that a user gains through the change. Each period between changes of the user's access is
    /// compared separately.
    pub(super) fn add_user(
        &mut self,
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        id: UserId,
        grantable: &GrantableAccess<'_>,
    ) {
        let Some(after) = next.user(id) else { return };
        let before = builder.before.user(id);
        for at in period_starts(before.map(|user| &**user), after, grantable.change_times(), builder.now) {
            let gain = gain_at(builder.before, next, before.map(|user| &**user), after, at);
            let beyond = grantable.excess_at(&gain, at);
            let had = before.map(|user| granted_access(builder.before, user, user.profiles_at(at))).unwrap_or_default();
            let has = granted_access(next, after, after.profiles_at(at));
            let by_name = grantable.granted_by_name(after.profiles_at(at));
            let revealed_by = || revealing_records(next, after, before.is_some());
            self.add(&beyond, grantable.lifted_restrictions(&had, &has, &by_name), revealed_by);
        }
    }

    /// Adds the access that a profile gains through the change, even if no user has the profile.
    pub(super) fn add_profile(
        &mut self,
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        id: SecurityProfileId,
        grantable: &GrantableAccess<'_>,
    ) {
        let Some(after) = next.grants(id) else { return };
        let none = Grants::default();
        let before = builder.before.grants(id).unwrap_or(&none);
        let (beyond, lifted) = (
            grantable.excess(&after.not_covered_by(before)),
            grantable.lifted_restrictions(before, after, &PermissionSet::EMPTY),
        );
        self.add(&beyond, lifted, || [RecordKey::Profile(id)]);
        if before.restrictions.difference(&after.restrictions).iter().any(|lifted| !lifted.info().narrows.is_empty()) {
            self.add_lifted_access(builder, next, id, grantable);
        }
    }

    /// Adds access that users gain because the change removes a restriction from the profile. This includes access from
    /// the users' other profiles, because a restriction applies to all of a user's profiles.
    fn add_lifted_access(
        &mut self,
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        id: SecurityProfileId,
        grantable: &GrantableAccess<'_>,
    ) {
        let mut checked = HashSet::new();
        for user in builder.before.users_with_profile(id) {
            for profiles in profile_sets(user, builder.now) {
                if checked.insert((profiles.clone(), user.hierarchy_group)) {
                    let had = granted_access(builder.before, user, profiles.iter().copied());
                    let has = granted_access(next, user, profiles.iter().copied());
                    let beyond = grantable.excess(&lifted_access(&had, &has));
                    self.add(&beyond, PermissionSet::EMPTY, || [RecordKey::User(user.id)]);
                }
            }
        }
    }

    /// Adds the access that users with a profile can assign after the change, but not before it.
    pub(super) fn add_assignable(
        &mut self,
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        id: SecurityProfileId,
        grantable: &GrantableAccess<'_>,
    ) {
        let Some(after) = next.profile(id) else { return };
        let before = builder.before.profile(id);
        for entry in &after.assignable {
            let could = before.filter(|before| before.assignable.contains(entry));
            let could = could.and_then(|before| assignable_grants(builder.before, before, *entry)).unwrap_or_default();
            let can = assignable_grants(next, after, *entry).unwrap_or_default();
            let beyond = grantable.excess(&can.not_covered_by(&could));
            // Profiles that the actor can assign by name are not exempt here, because the change itself determines
            // which profiles can be assigned.
            let lifted = grantable.lifted_restrictions(&could, &can, &PermissionSet::EMPTY);
            self.add(&beyond, lifted, || [RecordKey::Profile(id), RecordKey::Profile(*entry)]);
        }
    }
}

/// Returns the records that reveal what a user has and can assign. These records are the user's profiles, and the
/// profiles that users with these profiles can assign. They also include the user, if the user existed before the
/// change.
fn revealing_records(next: &Directory, user: &User, exists: bool) -> Vec<RecordKey> {
    let profiles = user.assignments.iter().filter_map(|assignment| next.profile(assignment.profile));
    let ids = profiles.flat_map(|profile| profile.assignable.iter().copied().chain([profile.id]));
    ids.map(RecordKey::Profile).chain(exists.then_some(RecordKey::User(user.id))).collect()
}

/// Returns the times at which a user's access can change. Each returned time is the start of a period. The periods are
/// compared separately, because access that begins earlier or ends later than before the change is also gained access.
pub(in crate::plan) fn period_starts(
    before: Option<&User>,
    after: &User,
    change_times: impl Iterator<Item = Timestamp>,
    now: Timestamp,
) -> BTreeSet<Timestamp> {
    let assignments = before.into_iter().chain([after]).flat_map(|user| &user.assignments);
    let times = assignments.flat_map(|assignment| [assignment.from, assignment.until]).flatten();
    times.chain(change_times).filter(|at| *at > now).chain([now]).collect()
}

/// Returns each set of profiles that a user has at the same time, now or later. The sets are compared separately,
/// because access in a later period does not make up for access that is missing in an earlier period.
pub(in crate::plan) fn profile_sets(user: &User, now: Timestamp) -> BTreeSet<Vec<SecurityProfileId>> {
    let at = |at| {
        let mut profiles: Vec<_> = user.profiles_at(at).collect();
        profiles.sort_unstable();
        profiles
    };
    period_starts(None, user, std::iter::empty(), now).into_iter().map(at).collect()
}

/// Returns the access that the user gains at the given time. Gained access is access that the user has or can assign
/// after the change, but not before it.
pub(in crate::plan) fn gain_at(
    before: &Directory,
    next: &Directory,
    user_before: Option<&User>,
    user_after: &User,
    at: Timestamp,
) -> Grants {
    // If the user could only assign some access before the change but has it after the change, this access is also
    // gained.
    let had = user_before.map(|user| granted_access(before, user, user.profiles_at(at))).unwrap_or_default();
    let mut gain = granted_access(next, user_after, user_after.profiles_at(at)).not_covered_by(&had);
    let could = user_before.map(|user| assignable_access(before, user, user.profiles_at(at))).unwrap_or_default();
    let can = assignable_access(next, user_after, user_after.profiles_at(at));
    gain.add(&can.not_covered_by(&could));
    for restriction in could.restrictions.union(&can.restrictions).iter() {
        gain.add(&lifted_grants(before, next, user_before, user_after, at, restriction));
    }
    // If a grant's scope depends on the user, even an unchanged grant can apply to more resources than before.
    let Some(user_before) = user_before else { return gain };
    for (scope, set) in can.scoped.iter().filter(|(scope, _)| may_cover_more(scope, user_before, user_after)) {
        gain.add_scoped(scope.clone(), *set);
    }
    for (scope, set) in
        can.scoped_applications.iter().filter(|(scope, _)| may_cover_more(scope, user_before, user_after))
    {
        gain.add_scoped_applications(scope.clone(), set.clone());
    }
    gain
}

/// Returns the access that the user gains at the given time. Only access that the user has or can grant without the
/// restriction is considered.
pub(in crate::plan) fn lifted_grants(
    before: &Directory,
    next: &Directory,
    user_before: Option<&User>,
    user_after: &User,
    at: Timestamp,
    restriction: Permission,
) -> Grants {
    let unrestricted = |directory: &Directory, user: &User| {
        access_free_of(directory, user, &user.profiles_at(at).collect::<Vec<_>>(), restriction)
    };
    unrestricted(next, user_after)
        .not_covered_by(&user_before.map(|user| unrestricted(before, user)).unwrap_or_default())
}

/// Returns the part of `has` that is restricted in `had` but no longer restricted in `has`.
pub(in crate::plan) fn lifted_access(had: &Grants, has: &Grants) -> Grants {
    let lifted = had.restrictions.difference(&has.restrictions);
    let narrowed = lifted.iter().fold(PermissionSet::EMPTY, |all, restriction| all.union(&restriction.info().narrows));
    has.restricted_to(&narrowed)
}

/// Whether a grant's scope can include more resources because the user's tags or hierarchy group changed.
fn may_cover_more(scope: &Scope, before: &User, after: &User) -> bool {
    let changed = |tag: &String| before.tags.get(tag) != after.tags.get(tag) && after.tags.contains_key(tag);
    scope.conditions.iter().any(|condition| match condition {
        Condition::EqualsSubject { subject_attribute: of_subject, .. } => changed(of_subject),
        Condition::OneOf { owner: AttributeOwner::Subject, attribute, values } => {
            changed(attribute) && after.tags.get(attribute).is_some_and(|value| values.contains(value))
        }
        Condition::SameHierarchy => before.hierarchy_group != after.hierarchy_group && after.hierarchy_group.is_some(),
        // This condition is not affected, because the user's id never changes. A login name in a resource's attribute
        // refers to the user who had the name when the attribute was set.
        Condition::OwnedBySubject { .. } => false,
        Condition::OneOf { owner: AttributeOwner::Resource | AttributeOwner::Action, .. } => false,
    })
}
