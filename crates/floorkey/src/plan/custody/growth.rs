//! Determines for which users the permissions that a change adds to a profile count as newly granted access.
//!
//! A profile can have a million users. The added permissions count only for users who can pass permissions on to other
//! users. Usually, there are only a few of these users. Users can pass permissions on if the added permissions, the
//! profile's other permissions, or another profile of the user allow escalation.
//!
//! An undo can also add permissions to a profile, because it restores the profile's content. There is no review of the
//! users who get these permissions. The user who removed the permissions could have created users with the profile
//! before the undo. Therefore, restored permissions also count for all users who have changed since the removal.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change_builder::ChangeBuilder;
use super::super::guard::{lifted_access, profile_sets};
use super::custodian_access::is_full;
use crate::catalog::Risk;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::review::access::{assignable_access, assignable_grants};
use crate::scope::Grants;
use crate::user::User;

/// Whether at least one of the permissions allows users to gain more permissions.
pub(super) fn allows_escalation(permissions: &PermissionSet) -> bool {
    permissions.iter().any(|permission| permission.info().risks.contains(&Risk::Escalation))
}

/// Returns each user who has custodians and for whom the permissions added to the profile count as newly granted
/// access. Only users who have the profile or can assign it are considered.
pub(super) fn users_promoted_by_growth<'a>(
    builder: &ChangeBuilder<'_>,
    next: &'a Directory,
    id: SecurityProfileId,
) -> Vec<&'a User> {
    if !next.has_custodians() {
        return Vec::new();
    }
    let grants = granted_and_assignable(next, id);
    let mut growth = grants.not_covered_by(&granted_and_assignable(builder.before, id));
    if let (Some(had), Some(has)) = (builder.before.grants(id), next.grants(id)) {
        growth.add(&lifted_access(had, has));
    }
    if growth.is_empty() {
        return Vec::new();
    }
    let assigning = next.profiles().filter(|other| other.assignable.contains(&id)).map(|other| other.id);
    let affected: BTreeSet<_> = assigning.chain([id]).collect();
    if allows_escalation(&growth.all_permissions()) || allows_escalation(&grants.all_permissions()) {
        return users_with_custodians(next, &affected).collect();
    }
    let mut counted = users_who_escalate(builder, next, id, &affected);
    if let Some(since) = builder.restored_change_time {
        // A record's modification time can be ahead of the clock, but is never behind it. This comparison therefore
        // misses no user, even if records change in quick succession.
        counted.extend(users_with_custodians(next, &affected).filter(|user| user.modified >= since));
    }
    counted
}

/// Returns the users for whom the added permissions count because another profile of the user allows escalation. Used
/// only if neither the added permissions nor the profile itself allows escalation.
fn users_who_escalate<'a>(
    builder: &ChangeBuilder<'_>,
    next: &'a Directory,
    id: SecurityProfileId,
    affected: &BTreeSet<SecurityProfileId>,
) -> Vec<&'a User> {
    let other_profiles = next
        .profiles()
        .map(|other| other.id)
        .filter(|other| allows_escalation(&granted_and_assignable(next, *other).all_permissions()));
    let mut cache = BTreeMap::new();
    let mut counts = |user: &User| {
        let profile_sets = profile_sets(user, builder.now);
        if profile_sets.iter().flatten().any(|profile| *profile == id) {
            return true;
        }
        profile_sets.into_iter().filter(|profiles| profiles.iter().any(|profile| affected.contains(profile))).any(
            |profiles| {
                *cache.entry(profiles).or_insert_with_key(|profiles| gains_full_access(builder, next, user, profiles))
            },
        )
    };
    let can_escalate: BTreeSet<_> = other_profiles.collect();
    users_with_custodians(next, &can_escalate).filter(|user| counts(user)).collect()
}

/// Returns the users with custodians who have one of the profiles, without duplicates.
fn users_with_custodians<'a>(
    next: &'a Directory,
    profiles: &BTreeSet<SecurityProfileId>,
) -> impl Iterator<Item = &'a User> {
    let mut seen = BTreeSet::new();
    let profiles: Vec<_> = profiles.iter().copied().collect();
    let users = profiles.into_iter().flat_map(move |id| next.users_of_profile_with_custodians(id));
    users.map(|user| &**user).filter(move |user| seen.insert(user.id))
}

/// Returns the access that a profile grants, together with the access that the profile's users can assign.
fn granted_and_assignable(directory: &Directory, id: SecurityProfileId) -> Grants {
    let (Some(profile), Some(grants)) = (directory.profile(id), directory.grants(id)) else { return Grants::default() };
    let mut all = grants.clone();
    for assignable in profile.assignable.iter().filter_map(|id| assignable_grants(directory, profile, *id)) {
        all.add(&assignable);
    }
    all
}

/// Whether a user with these profiles has or can assign all permissions after the change. Returns `false` if this was
/// already true before the change.
fn gains_full_access(
    builder: &ChangeBuilder<'_>,
    next: &Directory,
    user: &User,
    profiles: &[SecurityProfileId],
) -> bool {
    let has_all = |directory: &Directory| is_full(&assignable_access(directory, user, profiles.iter().copied()));
    has_all(next) && !has_all(builder.before)
}
