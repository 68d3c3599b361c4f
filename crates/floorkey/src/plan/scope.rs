//! Checks that a change stays within the actor's scope. Each record that the change targets must be in this scope both
//! before and after the change.

use std::collections::HashSet;

use super::change_builder::ChangeBuilder;
use crate::decision::Target;
use crate::directory::Directory;
use crate::principal::Principal;
use crate::record::RecordKey;
use crate::refusal::Refusal;

/// Checks all targets whose tags or hierarchy group the change affects. After the change, these targets must still be
/// in the actor's scope. Their state before the change was already checked when the command was applied.
pub(super) fn check(builder: &ChangeBuilder<'_>, next: &Directory) -> Result<(), Refusal> {
    let Principal::User { id: actor, .. } = builder.actor.principal else { return Ok(()) };
    let targets: HashSet<&RecordKey> = builder.targets.iter().collect();
    for change in &builder.records {
        let key = change.key();
        let (Some(target), true) = (scoped_target(&key), targets.contains(&key)) else { continue };
        // New records were checked when the command was applied, and removed records have no scope to check.
        let (Some(before), Some(after)) =
            (builder.before.resource_attributes(&target), next.resource_attributes(&target))
        else {
            continue;
        };
        if before.tags == after.tags && before.hierarchy_group == after.hierarchy_group {
            continue;
        }
        // This check uses the grants from before the change, so that actors can't extend their own scope.
        builder.authorize(&Target::Described(after))?;
        if key == RecordKey::User(actor) && builder.acting_user().is_some_and(|user| is_scoped(builder, user)) {
            let what = "a change of your own tags or hierarchy group".to_owned();
            return Err(Refusal::OutOfScope { action: builder.action, what });
        }
    }
    Ok(())
}

fn is_scoped(builder: &ChangeBuilder<'_>, user: &crate::user::User) -> bool {
    builder.before.grants_at(user, builder.now).is_scoped()
}

/// Returns the record as a target, or `None` if scopes do not apply to the record.
pub(super) fn scoped_target(key: &RecordKey) -> Option<Target<'static>> {
    match key {
        RecordKey::User(id) => Some(Target::User(*id)),
        RecordKey::Profile(id) => Some(Target::Profile(*id)),
        RecordKey::Group(id) => Some(Target::Group(*id)),
        RecordKey::Resource(id) => Some(Target::Resource(*id)),
        RecordKey::Settings
        | RecordKey::Structure
        | RecordKey::AccessKey(_)
        | RecordKey::Application(_)
        | RecordKey::ApplicationResource(..)
        | RecordKey::ApiToken(_)
        | RecordKey::Login(_)
        | RecordKey::Finding(_) => None,
    }
}
