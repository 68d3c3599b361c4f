//! Operations on the mode of the escalation guard.

use floorkey::{Action, Command, Directory, GuardMode, Timestamp};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::invalid;
use super::{CallContext, body, empty_response, json};

/// Maximum number of exposed users that a response lists.
const EXPOSED_LISTED_MAX: usize = 100;

/// The estimated cost of comparing one user with the user's custodians, as a number of search conditions.
const SEARCH_CONDITIONS: usize = 10;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GuardView {
    /// The mode that is in effect: `warn` or `enforce`.
    mode: &'static str,
    /// Whether the mode has been set explicitly. If it has not been set, the mode is `warn`.
    chosen: bool,
    /// Users whose credentials could be known to another user who has less access. Returned only to the operator and to
    /// full administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_users: Option<ExposedUsers>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExposedUsers {
    /// The total number of exposed users.
    count: usize,
    /// The IDs of the first exposed users.
    user_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct SetGuardInput {
    mode: String,
    reason: Option<String>,
    /// Whether the change also replaces the credentials of exposed users.
    #[serde(default)]
    replace_credentials: bool,
}

/// Describes the mode of the escalation guard. Any caller can read the mode, because the guard can refuse any caller's
/// commands.
pub(super) async fn describe(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let settings = directory.settings();
    let can_set =
        floorkey::require_administrator(&directory, context.caller.principal(), Action::SetEscalationGuard).is_ok();
    let exposed_users = match can_set {
        true => {
            let find_exposed = || exposed(&directory, context.caller.now);
            Some(context.caller.search(directory.user_count(), SEARCH_CONDITIONS, find_exposed).await?)
        }
        false => None,
    };
    json(&GuardView { mode: settings.guard_mode().as_str(), chosen: settings.guard.is_some(), exposed_users })
}

fn exposed(directory: &Directory, now: Timestamp) -> ExposedUsers {
    let users = floorkey::exposed_users(directory, None, now);
    ExposedUsers {
        count: users.len(),
        user_ids: users.keys().take(EXPOSED_LISTED_MAX).map(ToString::to_string).collect(),
    }
}

/// Sets the mode of the escalation guard.
pub(super) async fn set(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let input: SetGuardInput = body::parse(context.body)?;
    let mode = GuardMode::parse(&input.mode).ok_or_else(|| invalid("Mode", "must be `warn` or `enforce`"))?;
    let command = Command::set_escalation_guard(mode, input.reason.unwrap_or_default(), input.replace_credentials);
    context.execute(&directory, command).await?;
    Ok(empty_response())
}
