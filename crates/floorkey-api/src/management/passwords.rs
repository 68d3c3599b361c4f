//! The operation that resets another user's password.

use floorkey::{Action, Command};
use floorkey_aws::Sensitive;
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::{CallContext, body, json};
use crate::refusal::unmodelled_exception;
use floorkey_service::passwords::Password;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ResetPasswordInput {
    password: Option<Sensitive>,
    revoke_access_keys: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResetPasswordResponse<'a> {
    /// The generated password, which is returned only once. Absent if the request contained a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_time_password: Option<&'a str>,
    access_keys_revoked: usize,
}

/// Sets a temporary password, which the user must change at the first sign-in. If the request contains no password, the
/// server generates a password and returns it. The reset ends the user's sessions. It also revokes the user's access
/// keys unless the caller opts out.
pub(super) async fn reset(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, Action::ResetUserPassword)?;
    let input: ResetPasswordInput = body::parse(context.body)?;
    let revoke_access_keys = input.revoke_access_keys.unwrap_or(true);
    let (password, is_generated) = match &input.password {
        Some(text) => (Password::parse(text.as_str()).map_err(|invalid| unmodelled_exception(&invalid.into()))?, false),
        None => (Password::one_time(), true),
    };
    let command = |password| Command::ResetUserPassword { user, password, revoke_access_keys };
    let (service, actor) = (&context.caller.api.service, context.caller.actor.clone());
    let result = service.execute_with_password(directory.instance(), actor, &password, true, command).await;
    result.map_err(|failure| unmodelled_exception(&failure))?;
    let after = context.directory()?;
    let access_keys_revoked = directory.access_keys_of(user).filter(|key| after.access_key(&key.id).is_none()).count();
    json(&ResetPasswordResponse { one_time_password: is_generated.then(|| password.reveal()), access_keys_revoked })
}
