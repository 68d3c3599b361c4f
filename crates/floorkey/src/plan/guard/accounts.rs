//! Accounts: the users whose credentials, login name, email, status, profiles, hierarchy group, tags, keys or existence
//! a change affects.

use super::ceiling::Ceiling;
use super::gains::stretches;
use crate::act::Act;
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::plan::draft::Draft;
use crate::record::{Record, RecordChange, RecordKey};
use crate::scope::Grants;
use crate::user::User;

/// Finds a user whose account the change affects and who has more access than the actor. Returns what that user has or
/// can assign beyond the actor.
pub(super) fn stronger_user(draft: &Draft<'_>, ceiling: &Ceiling<'_>) -> Option<(UserId, Grants)> {
    // Lifting a lockout allows more guesses at the password, and changes no record.
    let unlocked = if draft.act == Act::UnlockUser { draft.targets.as_slice() } else { &[] };
    draft.records.iter().map(RecordChange::key).chain(unlocked.iter().cloned()).find_map(|key| {
        let id = match &key {
            RecordKey::User(id) => *id,
            RecordKey::AccessKey(key) => draft.before.access_key(key)?.owner,
            _ => return None,
        };
        let user = draft.before.user(id).filter(|user| user.id != ceiling.actor)?;
        if !touches_account(draft, key) {
            return None;
        }
        let exceeding = ceiling.stronger(user, draft.now);
        (!exceeding.is_empty()).then_some((id, exceeding))
    })
}

/// Whether the operation affects credentials, login name, email, status, profiles, hierarchy group, tags, keys or
/// existence. Names, phone settings, routing and proficiencies give no way to sign in.
fn touches_account(draft: &Draft<'_>, key: RecordKey) -> bool {
    match draft.act {
        Act::UpdateUserPhoneConfig
        | Act::UpdateUserConfig
        | Act::UpdateUserRoutingProfile
        | Act::AssociateUserProficiencies
        | Act::UpdateUserProficiencies
        | Act::DisassociateUserProficiencies => false,
        Act::UpdateUserIdentityInfo => {
            let RecordKey::User(id) = key else { return true };
            draft.records.iter().any(|change| match change {
                RecordChange::Put(Record::User(after)) if after.id == id => {
                    draft.before.user(id).is_none_or(|before| {
                        before.identity.email != after.identity.email
                            || before.identity.secondary_email != after.identity.secondary_email
                    })
                }
                _ => false,
            })
        }
        _ => true,
    }
}

/// Whether an actor without full access widens what the users with a profile can assign, while the actor has that
/// profile or is allowed to manage a user who has it, and so could use the wider list.
pub(super) fn widens_own_list(
    draft: &Draft<'_>,
    next: &Directory,
    id: SecurityProfileId,
    ceiling: &Ceiling<'_>,
) -> bool {
    let (Some(before), Some(after)) = (draft.before.profile(id), next.profile(id)) else { return false };
    if draft.before.has_full_access(ceiling.actor) || after.assignable.is_subset(&before.assignable) {
        return false;
    }
    let is_in_reach = |user: &User| user.id == ceiling.actor || ceiling.stronger(user, draft.now).is_empty();
    draft.before.holders(id).any(|user| is_in_reach(user))
}

/// Whether an actor without full access assigns a profile with which its new user can assign more than the actor.
/// Making profiles assignable first and assigning that profile later amounts to widening the list of a profile in use.
pub(super) fn gives_wider_list(draft: &Draft<'_>, next: &Directory, id: UserId, ceiling: &Ceiling<'_>) -> bool {
    let Some(after) = next.user(id) else { return false };
    let before = draft.before.user(id).map(|user| &**user);
    stretches(before, after, ceiling.turns(), draft.now).into_iter().any(|at| {
        let had =
            |profile: &SecurityProfileId| before.is_some_and(|user| user.profiles_at(at).any(|had| had == *profile));
        let mut new = after.profiles_at(at).filter(|profile| !had(profile)).filter_map(|profile| next.profile(profile));
        new.any(|profile| !ceiling.passes_on(profile, draft.now) || !ceiling.passes_on(profile, at))
    })
}
