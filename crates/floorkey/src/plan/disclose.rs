//! What of a refusal its actor is told: names of what they may see, and a hint at the rest.

use std::collections::BTreeSet;

use crate::directory::Directory;
use crate::limits;
use crate::principal::Actor;
use crate::record::RecordKey;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::User;
use crate::visibility::Viewer;

/// The refusal with what the guard compared, for actors who may see that.
pub(super) fn disclose(directory: &Directory, actor: &Actor, refusal: Refusal, now: Timestamp) -> Refusal {
    match refusal {
        Refusal::Guard(exceeded) => {
            let viewer = Viewer::new(directory, &actor.principal, now);
            Refusal::Guard(Box::new(exceeded.disclosed_if(|told_by| sees(directory, &viewer, told_by))))
        }
        Refusal::InBatch { index, subject, refusal } => {
            let refusal = Box::new(disclose(directory, actor, *refusal, now));
            Refusal::InBatch { index, subject, refusal }
        }
        other => other,
    }
}

/// Whether the actor sees everything that says what the guard compared: the content of security profiles, and what users
/// have and can assign. What the same change makes is no secret to its actor.
fn sees(directory: &Directory, viewer: &Viewer<'_>, told_by: &BTreeSet<RecordKey>) -> bool {
    if viewer.sees_all_permissions() && viewer.sees_all_profiles() {
        return true;
    }
    told_by.len() <= limits::BATCH_MAX
        && told_by.iter().all(|key| match key {
            RecordKey::Profile(id) => directory.profile(*id).is_none() || viewer.profile(*id).shows_details(),
            RecordKey::User(id) => directory.user(*id).is_none_or(|user| sees_access(directory, viewer, user)),
            _ => viewer.record(key).shows_details(),
        })
}

/// Whether the actor sees what a user has, as the list of their permissions shows it, and what the user can assign.
fn sees_access(directory: &Directory, viewer: &Viewer<'_>, user: &User) -> bool {
    let profiles = user.assignments.iter().filter_map(|held| directory.profile(held.profile));
    viewer.effective_permissions(user).is_ok()
        && profiles.flat_map(|profile| &profile.assignable).all(|named| viewer.profile(*named).shows_details())
}
