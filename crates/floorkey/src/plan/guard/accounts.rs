//! Finds the users whose accounts a change affects. An account consists of credentials, login name, email, status,
//! profiles, hierarchy group, tags and keys. A change that creates or deletes a user also affects that user's account.

use super::gains::period_starts;
use super::grantable_access::GrantableAccess;
use crate::action::Action;
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::plan::change_builder::ChangeBuilder;
use crate::record::{Record, RecordChange, RecordKey};
use crate::scope::Grants;
use crate::user::User;

/// Finds a user who has more access than the actor and whose account the change affects. Returns the user, together
/// with the user's access that the actor neither has nor can assign.
pub(super) fn user_with_more_access(
    builder: &ChangeBuilder<'_>,
    grantable: &GrantableAccess<'_>,
) -> Option<(UserId, Grants)> {
    // Unlocking a user changes no record, but allows more attempts to guess the password.
    let unlocked = if builder.action == Action::UnlockUser { builder.targets.as_slice() } else { &[] };
    builder.records.iter().map(RecordChange::key).chain(unlocked.iter().cloned()).find_map(|key| {
        let id = match &key {
            RecordKey::User(id) => *id,
            RecordKey::AccessKey(key) => builder.before.access_key(key)?.owner,
            _ => return None,
        };
        let user = builder.before.user(id).filter(|user| user.id != grantable.actor)?;
        if !affects_account(builder, key) {
            return None;
        }
        let excess = grantable.excess_access(user, builder.now);
        (!excess.is_empty()).then_some((id, excess))
    })
}

/// Whether the operation affects the account that the given record belongs to. An account is not affected by changes to
/// names, phone settings, routing and proficiencies, because they don't help anyone sign in as the user.
fn affects_account(builder: &ChangeBuilder<'_>, key: RecordKey) -> bool {
    match builder.action {
        Action::UpdateUserPhoneConfig
        | Action::UpdateUserConfig
        | Action::UpdateUserRoutingProfile
        | Action::AssociateUserProficiencies
        | Action::UpdateUserProficiencies
        | Action::DisassociateUserProficiencies => false,
        Action::UpdateUserIdentityInfo => {
            let RecordKey::User(id) = key else { return true };
            builder.records.iter().any(|change| match change {
                RecordChange::Upsert(Record::User(after)) if after.id == id => {
                    builder.before.user(id).is_none_or(|before| {
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

/// Whether an actor without full access adds assignable profiles to a profile and could benefit from the addition.
/// Actors could benefit if they have the changed profile, or if they can manage a user who has it.
pub(super) fn widens_own_assignable(
    builder: &ChangeBuilder<'_>,
    next: &Directory,
    id: SecurityProfileId,
    grantable: &GrantableAccess<'_>,
) -> bool {
    let (Some(before), Some(after)) = (builder.before.profile(id), next.profile(id)) else { return false };
    if builder.before.has_full_access(grantable.actor) || after.assignable.is_subset(&before.assignable) {
        return false;
    }
    let can_manage = |user: &User| user.id == grantable.actor || grantable.excess_access(user, builder.now).is_empty();
    builder.before.users_with_profile(id).any(|user| can_manage(user))
}

/// Whether an actor without full access assigns a profile that lets its recipient assign profiles that the actor can't
/// assign. Without this check, actors could first add assignable profiles to an unused profile, and then assign the
/// unused profile to a user.
pub(super) fn assigns_wider_profile(
    builder: &ChangeBuilder<'_>,
    next: &Directory,
    id: UserId,
    grantable: &GrantableAccess<'_>,
) -> bool {
    let Some(after) = next.user(id) else { return false };
    let before = builder.before.user(id).map(|user| &**user);
    period_starts(before, after, grantable.change_times(), builder.now).into_iter().any(|at| {
        let had =
            |profile: &SecurityProfileId| before.is_some_and(|user| user.profiles_at(at).any(|had| had == *profile));
        let mut new = after.profiles_at(at).filter(|profile| !had(profile)).filter_map(|profile| next.profile(profile));
        new.any(|profile| {
            !grantable.can_assign_without_widening(profile, builder.now)
                || !grantable.can_assign_without_widening(profile, at)
        })
    })
}
