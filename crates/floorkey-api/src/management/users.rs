//! Operations on users that Connect doesn't have, such as renaming a login and describing the sign-in status.

use floorkey::{Action, Command, Directory, EntityKind, Target, User};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::body::NoMembers;
use super::{CallContext, body, empty_response, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RenameLoginInput {
    username: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserStatusView<'a> {
    user_id: String,
    username: &'a str,
    enabled: bool,
    /// The state of the user's password: `None`, `OneTime` or `Chosen`.
    password: &'static str,
    /// Whether the user is a full administrator.
    administrator: bool,
    /// Number of the user's access keys.
    access_keys: usize,
}

/// Enables or disables a user.
pub(super) async fn set_enabled(context: &CallContext<'_>, enabled: bool) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, if enabled { Action::EnableUser } else { Action::DisableUser })?;
    let NoMembers {} = body::parse(context.body)?;
    context.execute(&directory, Command::SetUserEnabled { user, enabled }).await?;
    Ok(empty_response())
}

/// Renames a user's login.
pub(super) async fn rename_login(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user_id(&directory, Action::RenameUserLogin)?;
    let RenameLoginInput { username } = body::parse(context.body)?;
    context.execute(&directory, Command::RenameUserLogin { user, username }).await?;
    Ok(empty_response())
}

/// Describes whether and how the user in the path can sign in.
pub(super) async fn status(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.user(&directory, Action::DescribeUser).await?;
    json(&to_view(&directory, &user))
}

/// Works like [`status`], but identifies the user by login name, ignoring case.
pub(super) async fn by_login(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let username = context.label("Username");
    let can_view = |user: &User| {
        let (caller, target) = (context.caller, Target::User(user.id));
        floorkey::authorize(&directory, caller.principal(), Action::DescribeUser, &target, caller.now).is_ok()
    };
    let Some(user) = directory.user_by_login(username).filter(|user| can_view(user)) else {
        // Unlike IDs, login names can be guessed. A caller who can't see the user therefore gets the same response as
        // for a user who doesn't exist.
        context.authorize(&directory, Action::DescribeUser, &Target::Instance).await?;
        return Err(not_found(EntityKind::LoginName, username));
    };
    json(&to_view(&directory, user))
}

fn to_view<'a>(directory: &Directory, user: &'a User) -> UserStatusView<'a> {
    let password = user.password.name();
    UserStatusView {
        user_id: user.id.to_string(),
        username: &user.username,
        enabled: user.enabled,
        password,
        administrator: directory.is_administrator(user.id),
        access_keys: directory.access_keys_of(user.id).count(),
    }
}
