//! Commands on passwords, sessions and verified email addresses. Commands on second factors are in a separate module.

use super::change_builder::ChangeBuilder;
use super::users;
use crate::change::AuxiliaryWrite;
use crate::command::NewPassword;
use crate::id::UserId;
use crate::invalid::invalid;
use crate::permission_set::PermissionSet;
use crate::principal::{Authentication, Principal};
use crate::refusal::{EntityKind, Refusal};
use crate::user::PasswordState;

pub(super) fn reset_password(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    password: &NewPassword,
    revoke_access_keys: bool,
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    users::require_managed_identities(builder, "Password")?;
    user.password = users::password_state(password);
    user.password_set_at = Some(builder.now);
    builder.add_actor_as_custodian(&mut user);
    user.security_epoch += 1;
    builder.side.push(AuxiliaryWrite::PutPassword { user: id, hash: password.hash.clone() });
    builder.side.push(AuxiliaryWrite::DeleteAttempts { user: id });
    if revoke_access_keys {
        users::revoke_access_keys(builder, id);
    }
    builder.put_user(user);
    Ok(())
}

/// Changes the actor's own password. The server must already have checked the current password, or have checked that a
/// temporary password is being replaced.
pub(super) fn change_own_password(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    password: &NewPassword,
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    builder.require_session()?;
    users::require_managed_identities(builder, "Password")?;
    user.password = PasswordState::Set;
    user.password_set_at = Some(builder.now);
    user.custody.start_no_later_than(builder.now);
    user.security_epoch += 1;
    builder.side.push(AuxiliaryWrite::PutPassword { user: id, hash: password.hash.clone() });
    builder.put_user(user);
    Ok(())
}

pub(super) fn end_sessions(builder: &mut ChangeBuilder<'_>, id: UserId) -> Result<(), Refusal> {
    let mut user = builder.user_or_self(id)?;
    user.security_epoch += 1;
    builder.put_user(user);
    Ok(())
}

pub(super) fn unlock(builder: &mut ChangeBuilder<'_>, id: UserId) -> Result<(), Refusal> {
    builder.user(id)?;
    builder.side.push(AuxiliaryWrite::DeleteAttempts { user: id });
    Ok(())
}

/// Records that the user has verified the email address. Either the user sends this command, or the system sends it
/// after the link in the email was opened. The operator can't verify an address, because a request by the operator does
/// not prove that the address belongs to the user.
pub(super) fn confirm_email(builder: &mut ChangeBuilder<'_>, id: UserId, email: &str) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    builder.require_session()?;
    if let Principal::Operator { .. } = builder.actor.principal {
        let (all_of, any_of) = (PermissionSet::EMPTY, PermissionSet::EMPTY);
        return Err(Refusal::NotPermitted { action: builder.action, all_of, any_of });
    }
    if user.identity.email.as_deref() != Some(email) {
        return Err(Refusal::Stale { kind: EntityKind::UserEmail, id: id.to_string() });
    }
    // A custodian entered the address, so the mailbox could belong to the custodian. Opening the link in the email is
    // therefore not sufficient proof.
    if user.email_unverified
        && !matches!(
            builder.actor.principal,
            Principal::User { authentication: Authentication::Session { recently_authenticated: true }, .. }
        )
    {
        let problem = "the address was entered by a user who could know this user's earlier credentials: sign \
            in and open the link in that browser, or ask an administrator to confirm the address";
        return Err(invalid("Email", problem).into());
    }
    if user.verified_email.as_deref() != Some(email) {
        user.verified_email = Some(email.to_owned());
        user.email_verified_at = Some(builder.now);
        user.email_unverified = false;
        builder.put_user(user);
    }
    Ok(())
}

/// Records that a link to choose a password is sent to the user. If the user has not verified the address, the actor
/// becomes a custodian. The address could belong to the actor, who could then read the email.
pub(super) fn invite(builder: &mut ChangeBuilder<'_>, id: UserId, email: &str) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    if user.identity.email.as_deref() != Some(email) {
        return Err(Refusal::Stale { kind: EntityKind::UserEmail, id: id.to_string() });
    }
    if user.verified_email.as_deref() == Some(email) {
        return Ok(());
    }
    let before = user.custody.clone();
    builder.add_actor_as_custodian(&mut user);
    if user.custody != before {
        builder.put_user(user);
    }
    Ok(())
}

/// Records that the actor confirms the user's email address, which an earlier custodian entered. The confirmation is
/// required before an invitation can be sent to the address.
pub(super) fn vouch_for_email(builder: &mut ChangeBuilder<'_>, id: UserId, email: &str) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    if user.identity.email.as_deref().is_none_or(|known| !known.eq_ignore_ascii_case(email)) {
        return Err(Refusal::Stale { kind: EntityKind::UserEmail, id: id.to_string() });
    }
    if user.email_unverified {
        user.email_unverified = false;
        builder.add_actor_as_custodian(&mut user);
        builder.put_user(user);
    }
    Ok(())
}
