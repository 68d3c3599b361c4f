//! What of a refusal its actor is told: names of what they may see, and a hint at the rest.

use crate::command::Command;
use crate::directory::Directory;
use crate::principal::Actor;
use crate::record::RecordKey;
use crate::refusal::{Exceeded, Exceeds, Refusal};
use crate::time::Timestamp;
use crate::visibility::Viewer;

/// The refusal with what the guard compared, for actors who may see that.
pub(super) fn disclose(
    directory: &Directory,
    actor: &Actor,
    command: &Command,
    refusal: Refusal,
    now: Timestamp,
) -> Refusal {
    match refusal {
        Refusal::Guard(exceeded) => {
            let viewer = Viewer::new(directory, &actor.principal, now);
            let is_shown = is_shown(directory, &viewer, command, &exceeded);
            Refusal::Guard(if is_shown { Box::new(exceeded.disclosed()) } else { exceeded })
        }
        Refusal::InBatch { index, subject, refusal } => {
            let refusal = Box::new(disclose(directory, actor, command, *refusal, now));
            Refusal::InBatch { index, subject, refusal }
        }
        other => other,
    }
}

/// Whether the actor sees the access in question: what a user has, as the list of their permissions shows it; what is
/// given, where they see all security profiles, or those that they change.
fn is_shown(directory: &Directory, viewer: &Viewer<'_>, command: &Command, exceeded: &Exceeded) -> bool {
    match &exceeded.how {
        Exceeds::Touches { username } => {
            directory.user_by_login(username).is_some_and(|user| viewer.effective_permissions(user).is_ok())
        }
        Exceeds::Widens => true,
        Exceeds::Gives | Exceeds::Frees | Exceeds::Takes { .. } => {
            let is_seen_profile =
                |key: &RecordKey| matches!(key, RecordKey::Profile(id) if viewer.profile(*id).shows_details());
            viewer.sees_all_profiles() || command.targets(directory).iter().all(is_seen_profile)
        }
    }
}
