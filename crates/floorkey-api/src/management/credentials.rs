//! Help with the credentials of other users: sessions, lockouts, MFA, invitations.

use floorkey::{Act, Command};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::body::NoMembers;
use super::{Asked, body, json, nothing};
use crate::refusal::plain_exception;
use floorkey_service::mail;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Invited {
    /// The address to which the link was sent.
    email: String,
}

/// Ends all sessions of a user.
pub(super) async fn end_sessions(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::EndUserSessions)?;
    let NoMembers {} = body::read(asked.body)?;
    asked.execute(&directory, Command::EndUserSessions { user }).await?;
    Ok(nothing())
}

/// Removes a user's lockout after too many failed sign-ins.
pub(super) async fn unlock(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::UnlockUser)?;
    let NoMembers {} = body::read(asked.body)?;
    asked.execute(&directory, Command::UnlockUser { user }).await?;
    Ok(nothing())
}

/// Removes all MFA methods of a user, which also ends the user's sessions.
pub(super) async fn remove_second_factors(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::RemoveSecondFactor)?;
    asked.execute(&directory, Command::RemoveSecondFactor { user, factor: None }).await?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Invite {
    /// The address to which the link is sent. Required if it was entered by a user who could know the user's earlier
    /// credentials.
    email: Option<String>,
}

/// Sends a user a link to choose a password.
pub(super) async fn invite(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::InviteUser)?;
    let invite: Invite = body::read(asked.body)?;
    let (api, actor) = (asked.caller.api, asked.caller.actor.clone());
    let sent = mail::invite(&api.mailer, &directory, actor, user, invite.email.as_deref())
        .await
        .map_err(|failure| plain_exception(&failure))?;
    json(&Invited { email: sent.address })
}
