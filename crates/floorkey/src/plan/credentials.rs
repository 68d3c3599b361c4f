//! Commands on passwords, sessions and verified emails. Second factors have a module of their own.

use super::draft::Draft;
use super::users;
use crate::change::SideWrite;
use crate::command::NewPassword;
use crate::id::UserId;
use crate::permission_set::PermissionSet;
use crate::principal::{Principal, Via};
use crate::refusal::{Refusal, invalid};
use crate::user::PasswordState;

pub(super) fn reset_password(
    draft: &mut Draft<'_>,
    id: UserId,
    password: &NewPassword,
    revoke_access_keys: bool,
) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    users::managed_here(draft, "Password")?;
    user.password = users::state(password);
    user.password_set_at = Some(draft.now);
    draft.take_custody(&mut user);
    user.security_epoch += 1;
    draft.side.push(SideWrite::PutPassword { user: id, hash: password.hash.clone() });
    draft.side.push(SideWrite::ForgetAttempts { user: id });
    if revoke_access_keys {
        users::revoke_all(draft, id);
    }
    draft.put_user(user);
    Ok(())
}

/// Changes the actor's own password. The server checks the old password, or that only a temporary one is replaced.
pub(super) fn change_own_password(draft: &mut Draft<'_>, id: UserId, password: &NewPassword) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    draft.in_session()?;
    users::managed_here(draft, "Password")?;
    user.password = PasswordState::Chosen;
    user.password_set_at = Some(draft.now);
    user.custody.begin_by(draft.now);
    user.security_epoch += 1;
    draft.side.push(SideWrite::PutPassword { user: id, hash: password.hash.clone() });
    draft.put_user(user);
    Ok(())
}

pub(super) fn end_sessions(draft: &mut Draft<'_>, id: UserId) -> Result<(), Refusal> {
    let mut user = draft.user_or_oneself(id)?;
    user.security_epoch += 1;
    draft.put_user(user);
    Ok(())
}

pub(super) fn unlock(draft: &mut Draft<'_>, id: UserId) -> Result<(), Refusal> {
    draft.user(id)?;
    draft.side.push(SideWrite::ForgetAttempts { user: id });
    Ok(())
}

/// Records a verified email. Only the user can do this, or Floorkey after it has seen the link from the email: the
/// operator's word proves nothing.
pub(super) fn confirm_email(draft: &mut Draft<'_>, id: UserId, email: &str) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    draft.in_session()?;
    if let Principal::Operator { .. } = draft.actor.principal {
        let (all_of, any_of) = (PermissionSet::EMPTY, PermissionSet::EMPTY);
        return Err(Refusal::NotPermitted { act: draft.act, all_of, any_of });
    }
    if user.identity.email.as_deref() != Some(email) {
        return Err(Refusal::Stale { what: "email address of the user", id: id.to_string() });
    }
    // The mailbox could belong to the custodian who entered the address, so the link alone proves nothing.
    if user.email_unverified
        && !matches!(draft.actor.principal, Principal::User { via: Via::Session { fresh: true }, .. })
    {
        let problem = "the address was entered by a user who could know this user's earlier credentials: sign \
            in and open the link in that browser, or ask an administrator to confirm the address";
        return Err(invalid("Email", problem).into());
    }
    if user.confirmed_email.as_deref() != Some(email) {
        user.confirmed_email = Some(email.to_owned());
        user.email_confirmed_at = Some(draft.now);
        user.email_unverified = false;
        draft.put_user(user);
    }
    Ok(())
}

/// Records that a link to choose a password is sent to the user. If the user has not verified the address, the actor
/// decides whose mailbox that is, could read the email there, and becomes a custodian.
pub(super) fn invite(draft: &mut Draft<'_>, id: UserId, email: &str) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    if user.identity.email.as_deref() != Some(email) {
        return Err(Refusal::Stale { what: "email address of the user", id: id.to_string() });
    }
    if user.confirmed_email.as_deref() == Some(email) {
        return Ok(());
    }
    let before = user.custody.clone();
    draft.take_custody(&mut user);
    if user.custody != before {
        draft.put_user(user);
    }
    Ok(())
}

/// Confirms that an address entered by an earlier custodian belongs to the user. The actor vouches for this, because an
/// invitation is sent there next.
pub(super) fn vouch_for_email(draft: &mut Draft<'_>, id: UserId, email: &str) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    if user.identity.email.as_deref().is_none_or(|known| !known.eq_ignore_ascii_case(email)) {
        return Err(Refusal::Stale { what: "email address of the user", id: id.to_string() });
    }
    if user.email_unverified {
        user.email_unverified = false;
        draft.take_custody(&mut user);
        draft.put_user(user);
    }
    Ok(())
}
