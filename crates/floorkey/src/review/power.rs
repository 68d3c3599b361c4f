//! How much somebody may do, for comparing one with another: the escalation guard's measure.
//!
//! Scopes that mean the holder's own place in the hierarchy are made concrete, so that two people's powers compare.
//! Names that take abilities away are left out.

use crate::directory::Directory;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::time::Timestamp;
use crate::user::User;

/// What a user's profiles grant now or later, and whether or not the user is enabled: what whoever takes over the
/// account could come to.
#[must_use]
pub fn power(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    let mut all = Grants::default();
    for assignment in user.assignments.iter().filter(|assignment| assignment.until.is_none_or(|until| at < until)) {
        if let Some(entry) = directory.entry(assignment.profile) {
            all.add(&entry.grants);
        }
    }
    concrete(all, user)
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
    let mut all = directory.grants_at(user, at);
    for entry in user.profiles_at(at).filter_map(|id| directory.entry(id)) {
        for assignable in entry.profile.assignable.iter().filter_map(|id| directory.entry(*id)) {
            let mut grants = assignable.grants.clone();
            // Handing a profile out doesn't put the actor under its limits.
            grants.limits = PermissionSet::EMPTY;
            all.add(&grants);
        }
    }
    Some(concrete(all, user))
}

/// The same grants with the holder's own place in the hierarchy written out.
fn concrete(grants: Grants, holder: &User) -> Grants {
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
