//! The access of users and what they can assign, in a form in which users can be compared. Used by the escalation
//! guard.
//!
//! Scopes relative to the user's own hierarchy group are resolved, so that the access of two users can be compared.
//! Restrictions are not compared.

use crate::catalogue::Permission;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::time::Timestamp;
use crate::user::User;

/// Returns what the user's profiles grant at or after the given time, even if the user is disabled: the access that
/// someone who takes over the account could get.
#[must_use]
pub fn potential_access(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    granted_access(directory, user, current_and_future_profiles(user, at))
}

/// Returns what an actor can assign without exceeding their own access: what they have, and the profiles that their own
/// profiles name as assignable. `None` means everything, for the operator and the system.
#[must_use]
pub fn grantable_access(directory: &Directory, actor: &Principal, at: Timestamp) -> Option<Grants> {
    let user = match actor {
        Principal::Operator { .. } | Principal::System => return None,
        Principal::User { id, .. } => directory.user(*id),
    };
    let Some(user) = user.filter(|user| user.enabled) else { return Some(Grants::default()) };
    Some(assignable_access(directory, user, user.profiles_at(at)))
}

/// Iterates over the profiles that the user has or will have.
pub(crate) fn current_and_future_profiles(user: &User, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> {
    user.assignments.iter().filter(move |assignment| !assignment.has_ended(at)).map(|assignment| assignment.profile)
}

/// Returns what these profiles grant to the user.
pub(crate) fn granted_access(
    directory: &Directory,
    user: &User,
    profiles: impl Iterator<Item = SecurityProfileId>,
) -> Grants {
    let mut all = Grants::default();
    for entry in profiles.filter_map(|id| directory.profile_entry(id)) {
        all.add(&entry.grants);
    }
    resolve_own_scopes(all, user)
}

/// Returns what these profiles grant to the user, and what they allow the user to assign.
pub(crate) fn assignable_access(
    directory: &Directory,
    user: &User,
    profiles: impl Iterator<Item = SecurityProfileId>,
) -> Grants {
    let profiles: Vec<_> = profiles.filter_map(|id| directory.profile_entry(id)).collect();
    let mut all = Grants::default();
    for entry in &profiles {
        all.add(&entry.grants);
    }
    let mut all = resolve_own_scopes(all, user);
    for profile in profiles.iter().map(|entry| &entry.profile) {
        for id in &profile.assignable {
            let Some(grants) = assignable_grants(directory, profile, *id) else { continue };
            // Assigning a profile does not apply its restrictions to the actor. Its conditions are not tied to the
            // actor, because any user can get the profile.
            let grants = Grants { limits: PermissionSet::EMPTY, ..grants };
            all.add(&resolve_own_group(grants, user));
        }
    }
    all
}

/// Returns what users with `profile` can assign by assigning the profile `id`, which `profile` names as assignable:
/// what that profile grants, and, if the entry is pinned, at most what it granted when it was named.
pub(crate) fn assignable_grants(
    directory: &Directory,
    profile: &SecurityProfile,
    id: SecurityProfileId,
) -> Option<Grants> {
    let grants = &directory.profile_entry(id)?.grants;
    Some(match profile.pinned.get(&id) {
        None => grants.clone(),
        // The pinned copy lists the permissions that applications required at that time. Later requirements don't apply
        // to it.
        Some(pinned) => Grants::of(pinned).intersection(grants),
    })
}

/// Iterates over the profiles that users with these profiles can assign because a full administrator named them, each
/// with its grants. Profiles named by other users are omitted, because restrictions block those.
pub(crate) fn named_by_administrators(
    directory: &Directory,
    profiles: impl Iterator<Item = SecurityProfileId>,
) -> impl Iterator<Item = (SecurityProfileId, &Grants)> {
    profiles.filter_map(move |id| directory.profile(id)).flat_map(move |profile| {
        let assignable = profile.assignable.iter().filter(move |id| !profile.pinned.contains_key(*id));
        assignable.filter_map(move |id| Some((*id, directory.grants(*id)?)))
    })
}

/// Returns what a user with these profiles has, or can assign, free of a restriction, among the permissions that it
/// narrows. If the restriction applies to the user, this is only what [`named_by_administrators`] allows.
pub(crate) fn access_free_of(
    directory: &Directory,
    user: &User,
    profiles: &[SecurityProfileId],
    restriction: Permission,
) -> Grants {
    let narrowed = &restriction.info().narrows;
    let profiles = || profiles.iter().copied();
    if !granted_access(directory, user, profiles()).limits.contains(restriction) {
        return assignable_access(directory, user, profiles()).only(narrowed);
    }
    let mut free = Grants::default();
    for (_, grants) in named_by_administrators(directory, profiles()) {
        if !grants.limits.contains(restriction) {
            free.add(&resolve_own_group(grants.only(narrowed), user));
        }
    }
    free
}

/// Iterates over the profiles that the user has at the given time and whose assignments don't end.
pub(crate) fn permanent_profiles(user: &User, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> {
    user.assignments
        .iter()
        .filter(move |assignment| assignment.holds_at(at) && assignment.until.is_none())
        .map(|assignment| assignment.profile)
}

/// Returns the grants with the user's own hierarchy group resolved, and with conditions tied to the user.
fn resolve_own_scopes(grants: Grants, user: &User) -> Grants {
    let mut grants = resolve_own_group(grants, user);
    let scopes = grants.within.iter_mut().map(|(scope, _)| scope);
    for scope in scopes.chain(grants.scoped_applications.iter_mut().map(|(scope, _)| scope)) {
        scope.subject = scope.depends_on_subject().then_some(user.id);
    }
    grants
}

/// Returns the grants with the user's own hierarchy group resolved.
fn resolve_own_group(grants: Grants, user: &User) -> Grants {
    let mut resolved = Grants { within: Vec::new(), ..grants };
    for (scope, set) in grants.within {
        match (scope.hierarchy, user.hierarchy_group) {
            (Some(HierarchyScope::Own), Some(group)) => {
                resolved.add_scoped(Scope { hierarchy: Some(HierarchyScope::Group(group)), ..scope }, set);
            }
            // A scope of the user's own group includes nothing if the user has no group.
            (Some(HierarchyScope::Own), None) => {}
            _ => resolved.add_scoped(scope, set),
        }
    }
    resolved
}
