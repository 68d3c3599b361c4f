//! Operations on a user that Connect doesn't have: renaming the login, and describing the sign-in status.

use floorkey::user::PasswordState;
use floorkey::{Act, Command, Directory, Target, User};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::body::NoMembers;
use super::{Asked, body, json, nothing};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RenameLogin {
    username: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Status<'a> {
    user_id: String,
    username: &'a str,
    enabled: bool,
    /// `None`, `OneTime` or `Chosen`.
    password: &'static str,
    /// Whether the user is a full administrator.
    administrator: bool,
    /// Number of the user's access keys.
    access_keys: usize,
}

/// Enables or disables a user.
pub(super) async fn set_enabled(asked: &Asked<'_>, enabled: bool) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, if enabled { Act::EnableUser } else { Act::DisableUser })?;
    let NoMembers {} = body::read(asked.body)?;
    asked.execute(&directory, Command::SetUserEnabled { user, enabled }).await?;
    Ok(nothing())
}

/// Renames a user's login.
pub(super) async fn rename_login(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::RenameUserLogin)?;
    let RenameLogin { username } = body::read(asked.body)?;
    asked.execute(&directory, Command::RenameUserLogin { user, username }).await?;
    Ok(nothing())
}

/// Describes whether the user can sign in, and how.
pub(super) async fn status(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user(&directory, Act::DescribeUser).await?;
    json(&shown(&directory, &user))
}

/// As [`status`], for a login name in any letter case.
pub(super) async fn by_login(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let username = asked.labels.get("Username");
    let may = |user: &User| {
        let (caller, target) = (asked.caller, Target::User(user.id));
        floorkey::authorize(&directory, caller.principal(), Act::DescribeUser, &target, caller.at).is_ok()
    };
    let Some(user) = directory.user_by_login(username).filter(|user| may(user)) else {
        // Login names can be guessed, unlike IDs: a caller who can't see the user gets the same response as for a user
        // who doesn't exist.
        asked.may(&directory, Act::DescribeUser, &Target::Instance).await?;
        return Err(not_found("user with the login name", username));
    };
    json(&shown(&directory, user))
}

fn shown<'a>(directory: &Directory, user: &'a User) -> Status<'a> {
    let password = match user.password {
        PasswordState::None => "None",
        PasswordState::OneTime => "OneTime",
        PasswordState::Chosen => "Chosen",
    };
    Status {
        user_id: user.id.to_string(),
        username: &user.username,
        enabled: user.enabled,
        password,
        administrator: directory.is_administrator(user.id),
        access_keys: directory.access_keys_of(user.id).count(),
    }
}
