//! Undo of a change.

use floorkey::Revision;
use floorkey_aws::exception::Exception;
use serde::Deserialize;

use super::{Asked, body, nothing};
use crate::refusal::plain_exception;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Undo {
    /// The revision of the change, as in the audit log.
    revision: u64,
}

/// Undoes the change. Each record requires the permission that the opposite edit requires.
pub(super) async fn undo(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let Undo { revision } = body::read(asked.body)?;
    let service = &asked.caller.api.service;
    let command = service.undo_command(asked.caller.principal(), directory.instance(), Revision(revision)).await;
    asked.execute(&directory, command.map_err(|failure| plain_exception(&failure))?).await?;
    Ok(nothing())
}
