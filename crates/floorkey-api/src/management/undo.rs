//! The operation that undoes a change.

use floorkey::Revision;
use floorkey_aws::exception::Exception;
use serde::Deserialize;

use super::{CallContext, body, empty_response};
use crate::refusal::unmodelled_exception;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct UndoInput {
    /// The revision of the change to undo, as shown in the audit log.
    revision: u64,
}

/// Undoes a change. The caller needs permission to reverse the change of each record.
pub(super) async fn undo(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let UndoInput { revision } = body::parse(context.body)?;
    let service = &context.caller.api.service;
    let command = service.undo_command(context.caller.principal(), directory.instance(), Revision(revision)).await;
    context.execute(&directory, command.map_err(|failure| unmodelled_exception(&failure))?).await?;
    Ok(empty_response())
}
