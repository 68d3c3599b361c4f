//! Determines how much of an escalation guard's refusal is disclosed to the actor.

use std::collections::BTreeSet;

use crate::directory::Directory;
use crate::limits;
use crate::principal::Actor;
use crate::record::RecordKey;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;
use crate::visibility::Viewer;

/// Returns the refusal in a form that the actor is allowed to see. Permissions that the guard compared are named only
/// if the actor is allowed to see them.
pub(super) fn disclose(directory: &Directory, actor: &Actor, refusal: Refusal, now: Timestamp) -> Refusal {
    match refusal {
        Refusal::Guard(escalation) => {
            let viewer = Viewer::new(directory, &actor.principal, now);
            Refusal::Guard(Box::new(
                escalation.disclosed_if(|revealed_by| can_see_all(directory, &viewer, revealed_by)),
            ))
        }
        Refusal::InBatch { index, subject, refusal } => {
            let refusal = Box::new(disclose(directory, actor, *refusal, now));
            Refusal::InBatch { index, subject, refusal }
        }
        other => other,
    }
}

/// Whether the actor is allowed to see all data that the guard compared. This data consists of the content of security
/// profiles, and the access that users have and can assign. Actors can always see records that the change itself
/// creates.
fn can_see_all(directory: &Directory, viewer: &Viewer<'_>, revealed_by: &BTreeSet<RecordKey>) -> bool {
    if viewer.sees_all_permissions() && viewer.sees_all_profiles() {
        return true;
    }
    revealed_by.len() <= limits::BATCH_MAX
        && revealed_by.iter().all(|key| match key {
            RecordKey::Profile(id) => directory.profile(*id).is_none() || viewer.profile(*id).shows_details(),
            RecordKey::User(id) => directory.user(*id).is_none_or(|user| can_see_access(directory, viewer, user)),
            _ => viewer.record(key).shows_details(),
        })
}

/// Whether the actor is allowed to see the user's effective permissions and the profiles that the user can assign.
fn can_see_access(directory: &Directory, viewer: &Viewer<'_>, user: &User) -> bool {
    let profiles = user.assignments.iter().filter_map(|assignment| directory.profile(assignment.profile));
    viewer.check_effective_permissions(user).is_ok()
        && profiles.flat_map(|profile| &profile.assignable).all(|id| viewer.profile(*id).shows_details())
}
