//! The escalation guard's mode.

use floorkey::{Command, GuardMode};
use floorkey_connect::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::invalid;
use super::{Asked, body, json, nothing};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Guard {
    /// `warn` or `enforce`: how it behaves.
    mode: &'static str,
    /// Whether anybody ever chose; until then it behaves like `warn`.
    chosen: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Set {
    mode: String,
    reason: Option<String>,
}

/// How the guard behaves: everybody whom it may refuse something can know.
pub(super) fn describe(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let settings = directory.settings();
    json(&Guard { mode: settings.guard_mode().word(), chosen: settings.guard.is_some() })
}

/// Sets the mode.
pub(super) async fn set(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let set: Set = body::read(asked.body)?;
    let mode = GuardMode::parse(&set.mode).ok_or_else(|| invalid("Mode", "it is `warn` or `enforce`"))?;
    asked.execute(&directory, Command::SetEscalationGuard { mode, reason: set.reason.unwrap_or_default() }).await?;
    Ok(nothing())
}
