//! Scopes around a change: what is touched lies in the actor's scope before and after it.

use std::collections::HashSet;

use super::draft::Draft;
use crate::decision::Target;
use crate::directory::Directory;
use crate::principal::Principal;
use crate::record::RecordKey;
use crate::refusal::Refusal;

/// Checks everything that the change moves: tags and places in the hierarchy after it. What was before has been asked
/// when the plan was filled.
pub(super) fn check(draft: &Draft<'_>, next: &Directory) -> Result<(), Refusal> {
    let Principal::User { id: actor, .. } = draft.actor.principal else { return Ok(()) };
    let named: HashSet<&RecordKey> = draft.targets.iter().collect();
    for change in &draft.records {
        let key = change.key();
        let (Some(target), true) = (target(&key), named.contains(&key)) else { continue };
        // What is new was asked about when the plan was filled, what is gone lies nowhere.
        let (Some(before), Some(after)) = (draft.before.thing(&target), next.thing(&target)) else { continue };
        if before.tags == after.tags && before.hierarchy_group == after.hierarchy_group {
            continue;
        }
        // By the grants before the change, so that nobody widens the scope they act in.
        draft.authorize(&Target::Described(after))?;
        if key == RecordKey::User(actor) && draft.acting_user().is_some_and(|user| is_scoped(draft, user)) {
            let what = "your own tags and your own place in the hierarchy, which decide how far your permissions reach"
                .to_owned();
            return Err(Refusal::OutOfScope { act: draft.act, what });
        }
    }
    Ok(())
}

fn is_scoped(draft: &Draft<'_>, user: &crate::user::User) -> bool {
    draft.before.grants_at(user, draft.now).is_scoped()
}

/// The record as a target, where scopes can tell it apart.
pub(super) fn target(key: &RecordKey) -> Option<Target<'static>> {
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
        | RecordKey::Login(_) => None,
    }
}
