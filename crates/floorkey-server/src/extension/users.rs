//! What Connect has no operation for about a user: the login name, and whether somebody can sign in with it.

use floorkey::user::PasswordState;
use floorkey::{Act, Command, Directory, Target, User};
use floorkey_connect::exception::Exception;
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
    /// How many access keys the user has.
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

/// Gives a user another login name.
pub(super) async fn rename_login(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user_id(&directory, Act::RenameUserLogin)?;
    let RenameLogin { username } = body::read(asked.body)?;
    asked.execute(&directory, Command::RenameUserLogin { user, username }).await?;
    Ok(nothing())
}

/// Whether somebody can sign in as the user, and how.
pub(super) async fn status(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.user(&directory, Act::DescribeUser).await?;
    json(&shown(&directory, &user))
}

/// The same, found by the login name in any spelling.
pub(super) async fn by_login(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let username = asked.labels.get("Username");
    let may = |user: &User| {
        let (caller, target) = (asked.caller, Target::User(user.id));
        floorkey::authorize(&directory, caller.principal(), Act::DescribeUser, &target, caller.at).is_ok()
    };
    let Some(user) = directory.user_by_login(username).filter(|user| may(user)) else {
        // Login names are guessable, ids are not: who may not see a user hears the same as if there were none.
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
