//! How much somebody may do, for comparing one with another: the escalation guard's measure.
//!
//! Scopes that mean the holder's own place in the hierarchy are made concrete, so that two people's powers compare.
//! Names that take abilities away are left out.

use crate::catalogue::Permission;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::time::Timestamp;
use crate::user::User;

/// What a user's profiles grant now or later, and whether or not the user is enabled: what whoever takes over the
/// account could come to.
#[must_use]
pub fn power(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    holding(directory, user, not_ended(user, at))
}

/// What an actor may give to others without giving more than they hold: what they hold, and the profiles that their
/// own profiles name as assignable. `None` is everything: the operator and the system.
#[must_use]
pub fn ceiling(directory: &Directory, actor: &Principal, at: Timestamp) -> Option<Grants> {
    let user = match actor {
        Principal::Operator { .. } | Principal::System => return None,
        Principal::User { id, .. } => directory.user(*id),
    };
    let Some(user) = user.filter(|user| user.enabled) else { return Some(Grants::default()) };
    Some(giving(directory, user, user.profiles_at(at)))
}

/// The profiles that the user holds or will hold.
pub(crate) fn not_ended(user: &User, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> {
    user.assignments.iter().filter(move |held| !held.has_ended(at)).map(|held| held.profile)
}

/// What these profiles grant to the user.
pub(crate) fn holding(directory: &Directory, user: &User, profiles: impl Iterator<Item = SecurityProfileId>) -> Grants {
    let mut all = Grants::default();
    for entry in profiles.filter_map(|id| directory.entry(id)) {
        all.add(&entry.grants);
    }
    concrete(all, user)
}

/// What these profiles grant to the user, and what they let the user hand out.
pub(crate) fn giving(directory: &Directory, user: &User, profiles: impl Iterator<Item = SecurityProfileId>) -> Grants {
    let profiles: Vec<_> = profiles.filter_map(|id| directory.entry(id)).collect();
    let mut all = Grants::default();
    for entry in &profiles {
        all.add(&entry.grants);
    }
    let mut all = concrete(all, user);
    for profile in profiles.iter().map(|entry| &entry.profile) {
        for id in &profile.assignable {
            let Some(grants) = assignable_grants(directory, profile, *id) else { continue };
            // Handing a profile out doesn't put anybody under its limits. Its conditions may be anybody's.
            let grants = Grants { limits: PermissionSet::EMPTY, ..grants };
            all.add(&in_own_group(grants, user));
        }
    }
    all
}

/// What users with `profile` can give to others by assigning the profile `id`, which it names as assignable: what that
/// profile grants, but no more than it granted when it was named, where the entry is pinned.
pub(crate) fn assignable_grants(
    directory: &Directory,
    profile: &SecurityProfile,
    id: SecurityProfileId,
) -> Option<Grants> {
    let grants = &directory.entry(id)?.grants;
    Some(match profile.pinned.get(&id) {
        None => grants.clone(),
        // What applications required then is written out in it; what they require now it does not follow.
        Some(pinned) => Grants::of(pinned).common(grants),
    })
}

/// The profiles that users with these profiles can assign by name because a full administrator named them, each with what
/// it is assigned for. What others named is left out: restrictions don't let it pass.
pub(crate) fn named_by_administrators(
    directory: &Directory,
    profiles: impl Iterator<Item = SecurityProfileId>,
) -> impl Iterator<Item = (SecurityProfileId, &Grants)> {
    profiles.filter_map(move |id| directory.profile(id)).flat_map(move |profile| {
        let named = profile.assignable.iter().filter(move |id| !profile.pinned.contains_key(*id));
        named.filter_map(move |id| Some((*id, directory.grants(*id)?)))
    })
}

/// What a user with these profiles has, or can give to others, free of a restriction, among the permissions that it
/// narrows. Under the restriction this is what can be assigned by name (see [`named_by_administrators`]).
pub(crate) fn free_of(
    directory: &Directory,
    user: &User,
    profiles: &[SecurityProfileId],
    restriction: Permission,
) -> Grants {
    let narrowed = &restriction.info().narrows;
    let profiles = || profiles.iter().copied();
    if !holding(directory, user, profiles()).limits.contains(restriction) {
        return giving(directory, user, profiles()).only(narrowed);
    }
    let mut free = Grants::default();
    for (_, grants) in named_by_administrators(directory, profiles()) {
        if !grants.limits.contains(restriction) {
            free.add(&in_own_group(grants.only(narrowed), user));
        }
    }
    free
}

/// The profiles that the user has at that time and keeps for good.
pub(crate) fn lasting(user: &User, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> {
    user.assignments.iter().filter(move |held| held.holds_at(at) && held.until.is_none()).map(|held| held.profile)
}

/// The same grants with the holder's own place in the hierarchy written out, and with their conditions as the holder's.
fn concrete(grants: Grants, holder: &User) -> Grants {
    let mut grants = in_own_group(grants, holder);
    let scopes = grants.within.iter_mut().map(|(scope, _)| scope);
    for scope in scopes.chain(grants.applications_within.iter_mut().map(|(scope, _)| scope)) {
        scope.holder = scope.looks_at_holder().then_some(holder.id);
    }
    grants
}

/// The same grants with the holder's own place in the hierarchy written out.
fn in_own_group(grants: Grants, holder: &User) -> Grants {
    let mut concrete = Grants { within: Vec::new(), ..grants };
    for (scope, set) in grants.within {
        match (scope.hierarchy, holder.hierarchy_group) {
            (Some(HierarchyScope::Own), Some(group)) => {
                concrete.add_within(Scope { hierarchy: Some(HierarchyScope::Group(group)), ..scope }, set);
            }
            // The own group of somebody without one reaches nobody.
            (Some(HierarchyScope::Own), None) => {}
            _ => concrete.add_within(scope, set),
        }
    }
    concrete
}
