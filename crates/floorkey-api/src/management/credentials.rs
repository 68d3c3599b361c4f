//! Operations that help users with their credentials: ending sessions, removing lockouts and MFA methods, and sending
//! invitations.

use floorkey::{Action, Command};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::body::NoMembers;
use super::{CallContext, body, empty_response, json};
use crate::refusal::unmodelled_exception;
use floorkey_service::mail;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InvitedUser {
    /// The email address that the link was sent to.
    email: String,
}

/// Ends all sessions of a user.
pub(super) async fn end_sessions(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, Action::EndUserSessions)?;
    let NoMembers {} = body::parse(context.body)?;
    context.execute(&directory, Command::EndUserSessions { user }).await?;
    Ok(empty_response())
}

/// Unlocks a user who is locked out after too many failed sign-ins.
pub(super) async fn unlock(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, Action::UnlockUser)?;
    let NoMembers {} = body::parse(context.body)?;
    context.execute(&directory, Command::UnlockUser { user }).await?;
    Ok(empty_response())
}

/// Removes all of a user's MFA methods. The user's sessions end as well.
pub(super) async fn remove_second_factors(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, Action::RemoveSecondFactor)?;
    context.execute(&directory, Command::RemoveSecondFactor { user, factor: None }).await?;
    Ok(empty_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct InviteUserInput {
    /// The email address that the link is sent to. A caller must repeat the address to confirm it if it was entered by
    /// another user who could know earlier credentials of the invited user.
    email: Option<String>,
}

/// Sends a user a link to choose a password.
pub(super) async fn invite(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, Action::InviteUser)?;
    let invite: InviteUserInput = body::parse(context.body)?;
    let (api, actor) = (context.caller.api, context.caller.actor.clone());
    let sent = mail::invite(&api.mailer, &directory, actor, user, invite.email.as_deref())
        .await
        .map_err(|failure| unmodelled_exception(&failure))?;
    json(&InvitedUser { email: sent.address })
}
