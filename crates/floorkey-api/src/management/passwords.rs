//! Password resets of other users.

use floorkey::{Act, Command};
use floorkey_aws::Sensitive;
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::{Asked, body, json};
use crate::refusal::plain_exception;
use floorkey_service::passwords::Password;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Reset {
    password: Option<Sensitive>,
    revoke_access_keys: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    /// Only if the server generated it. Returned only once.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_time_password: Option<&'a str>,
    access_keys_revoked: usize,
}

/// Sets a temporary password, which has to be changed at the first sign-in: the one in the request, or one that the
/// server generates and returns. Ends the user's sessions, and revokes the user's access keys unless the caller opts
/// out.
pub(super) async fn reset(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::ResetUserPassword)?;
    let reset: Reset = body::read(asked.body)?;
    let revoke_access_keys = reset.revoke_access_keys.unwrap_or(true);
    let (password, is_made) = match &reset.password {
        Some(text) => (Password::parse(text.as_str()).map_err(|invalid| plain_exception(&invalid.into()))?, false),
        None => (Password::one_time(), true),
    };
    let command = |password| Command::ResetUserPassword { user, password, revoke_access_keys };
    let (service, actor) = (&asked.caller.api.service, asked.caller.actor.clone());
    let done = service.execute_with_password(directory.instance(), actor, &password, true, command).await;
    done.map_err(|failure| plain_exception(&failure))?;
    let after = asked.directory()?;
    let access_keys_revoked = directory.access_keys_of(user).filter(|key| after.access_key(&key.id).is_none()).count();
    json(&Answer { one_time_password: is_made.then(|| password.reveal()), access_keys_revoked })
}
