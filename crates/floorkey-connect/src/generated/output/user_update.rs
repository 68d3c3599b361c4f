// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: user update.

use serde::Serialize;

/// What `UpdateUserNotificationStatus` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserNotificationStatusOutput {}
