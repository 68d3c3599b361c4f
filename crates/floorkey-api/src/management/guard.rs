//! The mode of the escalation guard.

use floorkey::{Act, Command, Directory, GuardMode, Timestamp};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::invalid;
use super::{Asked, body, json, nothing};

/// Maximum number of exposed users in a response.
const EXPOSED_LISTED: usize = 100;

/// Cost of comparing one user with custodians, in conditions of a search.
const CONDITIONS: usize = 10;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Guard {
    /// The effective mode, `warn` or `enforce`.
    mode: &'static str,
    /// Whether the mode has been set; unset behaves like `warn`.
    chosen: bool,
    /// For full administrators: the users who have more access than other users who could know their credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_users: Option<Exposed>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Exposed {
    /// The total number of these users.
    count: usize,
    /// The first of them.
    user_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Set {
    mode: String,
    reason: Option<String>,
    /// Whether the credentials of exposed users are replaced in the same change.
    #[serde(default)]
    replace_credentials: bool,
}

/// Describes the mode of the guard, to all callers, since the guard can refuse the commands of any of them.
pub(super) async fn describe(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let settings = directory.settings();
    let may_set = floorkey::administrate(&directory, asked.caller.principal(), Act::SetEscalationGuard).is_ok();
    let exposed_users = match may_set {
        true => {
            let look = || exposed(&directory, asked.caller.at);
            Some(asked.caller.search(directory.user_count(), CONDITIONS, look).await?)
        }
        false => None,
    };
    json(&Guard { mode: settings.guard_mode().word(), chosen: settings.guard.is_some(), exposed_users })
}

fn exposed(directory: &Directory, now: Timestamp) -> Exposed {
    let users = floorkey::exposed_users(directory, None, now);
    Exposed { count: users.len(), user_ids: users.keys().take(EXPOSED_LISTED).map(ToString::to_string).collect() }
}

/// Sets the mode.
pub(super) async fn set(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let set: Set = body::read(asked.body)?;
    let mode = GuardMode::parse(&set.mode).ok_or_else(|| invalid("Mode", "must be `warn` or `enforce`"))?;
    let command = Command::set_escalation_guard(mode, set.reason.unwrap_or_default(), set.replace_credentials);
    asked.execute(&directory, command).await?;
    Ok(nothing())
}
