//! Computes the access that users have and can assign, in a form that can be compared between users. The escalation
//! guard uses this module.
//!
//! A scope of the user's own hierarchy group is replaced with a scope of that specific group, because the own groups of
//! different users differ. Restrictions are not compared.

use crate::catalog::Permission;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::time::Timestamp;
use crate::user::User;

/// Returns the access that the user's profiles grant at or after the given time. The user may be disabled. Anyone who
/// takes over the account could get this access.
#[must_use]
pub fn potential_access(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    granted_access(directory, user, current_and_future_profiles(user, at))
}

/// Returns the access that an actor has, together with the access that the profiles assignable by the actor grant. An
/// actor who assigns only this access causes no escalation. Returns `None` for the operator and the system, who can
/// assign everything.
#[must_use]
pub fn grantable_access(directory: &Directory, actor: &Principal, at: Timestamp) -> Option<Grants> {
    let user = match actor {
        Principal::Operator { .. } | Principal::System => return None,
        Principal::User { id, .. } => directory.user(*id),
    };
    let Some(user) = user.filter(|user| user.enabled) else { return Some(Grants::default()) };
    Some(assignable_access(directory, user, user.profiles_at(at)))
}

/// Iterates over the profiles that the user has at the given time or will have later.
pub(crate) fn current_and_future_profiles(user: &User, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> {
    user.assignments.iter().filter(move |assignment| !assignment.has_ended(at)).map(|assignment| assignment.profile)
}

/// Returns the access that the given profiles grant to the user.
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

/// Returns the access that the given profiles grant to the user, and the access that they allow the user to assign.
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
            // The restrictions of an assignable profile don't apply to the actor who assigns it. The profile can be
            // assigned to any user, so its conditions are not tied to the actor.
            let grants = Grants { restrictions: PermissionSet::EMPTY, ..grants };
            all.add(&resolve_own_group(grants, user));
        }
    }
    all
}

/// Returns the access that users with `profile` can assign by assigning the profile `id`. This is the access that the
/// profile `id` grants. If `profile` contains a pinned copy of the profile `id`, access that the copy does not grant is
/// excluded.
pub(crate) fn assignable_grants(
    directory: &Directory,
    profile: &SecurityProfile,
    id: SecurityProfileId,
) -> Option<Grants> {
    let grants = &directory.profile_entry(id)?.grants;
    Some(match profile.pinned.get(&id) {
        None => grants.clone(),
        // The copy contains the permissions that applications required when the profile was pinned. Permissions that
        // applications require only now are excluded.
        Some(pinned) => Grants::from_profile(pinned).intersection(grants),
    })
}

/// Iterates over the profiles that full administrators made assignable for users with the given profiles. Each profile
/// is paired with its grants. Profiles that other users made assignable are omitted. When a user assigns such a
/// profile, the user's own restrictions apply.
pub(crate) fn named_by_administrators(
    directory: &Directory,
    profiles: impl Iterator<Item = SecurityProfileId>,
) -> impl Iterator<Item = (SecurityProfileId, &Grants)> {
    profiles.filter_map(move |id| directory.profile(id)).flat_map(move |profile| {
        let assignable = profile.assignable.iter().filter(move |id| !profile.pinned.contains_key(*id));
        assignable.filter_map(move |id| Some((*id, directory.grants(*id)?)))
    })
}

/// Returns the access that a user with the given profiles has or can assign without being subject to the given
/// restriction. The result includes only permissions that the restriction affects. If the restriction applies to the
/// user, only access from [`named_by_administrators`] is included.
pub(crate) fn access_free_of(
    directory: &Directory,
    user: &User,
    profiles: &[SecurityProfileId],
    restriction: Permission,
) -> Grants {
    let narrowed = &restriction.info().narrows;
    let profiles = || profiles.iter().copied();
    if !granted_access(directory, user, profiles()).restrictions.contains(restriction) {
        return assignable_access(directory, user, profiles()).restricted_to(narrowed);
    }
    let mut free = Grants::default();
    for (_, grants) in named_by_administrators(directory, profiles()) {
        if !grants.restrictions.contains(restriction) {
            free.add(&resolve_own_group(grants.restricted_to(narrowed), user));
        }
    }
    free
}

/// Iterates over the profiles that are assigned to the user at the given time and whose assignments don't end.
pub(crate) fn permanent_profiles(user: &User, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> {
    user.assignments
        .iter()
        .filter(move |assignment| assignment.is_active_at(at) && assignment.until.is_none())
        .map(|assignment| assignment.profile)
}

/// Returns the user's grants after two replacements. Scopes of the user's own hierarchy group become scopes of that
/// specific group. Conditions that depend on the user are tied to the user's ID.
fn resolve_own_scopes(grants: Grants, user: &User) -> Grants {
    let mut grants = resolve_own_group(grants, user);
    let scopes = grants.scoped.iter_mut().map(|(scope, _)| scope);
    for scope in scopes.chain(grants.scoped_applications.iter_mut().map(|(scope, _)| scope)) {
        scope.subject = scope.depends_on_subject().then_some(user.id);
    }
    grants
}

/// Returns the user's grants. Scopes of the user's own hierarchy group are replaced with scopes of that specific group.
fn resolve_own_group(grants: Grants, user: &User) -> Grants {
    let mut resolved = Grants { scoped: Vec::new(), ..grants };
    for (scope, set) in grants.scoped {
        match (scope.hierarchy, user.hierarchy_group) {
            (Some(HierarchyScope::Own), Some(group)) => {
                resolved.add_scoped(Scope { hierarchy: Some(HierarchyScope::Group(group)), ..scope }, set);
            }
            // If the user has no group, the scope includes no users and is omitted.
            (Some(HierarchyScope::Own), None) => {}
            _ => resolved.add_scoped(scope, set),
        }
    }
    resolved
}
