//! Resets a server that keeps its data in memory.

use floorkey_aws::exception::{Exception, ExceptionKind};

use super::body::{self, NoMembers};
use super::{CallContext, json};

/// Restores the data that the server had when it started. Only the operator can do this, and only on a server that was
/// started with `--ephemeral`.
pub(super) async fn reset(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    if !context.caller.is_operator() {
        let message = "Only the operator's access key can reset the server.";
        return Err(Exception::new(ExceptionKind::AccessDenied, message));
    }
    let NoMembers {} = body::parse(context.body)?;
    let Some(resetter) = &context.caller.api.resetter else {
        let message = "This server keeps its data, so it can't be reset. Start a server for tests with `floorkey serve \
            --ephemeral`.";
        return Err(Exception::new(ExceptionKind::InvalidRequest, message));
    };
    let revision = resetter.reset().await.map_err(|problem| {
        tracing::error!(%problem, "can't reset the server");
        Exception::new(ExceptionKind::ServiceUnavailable, format!("The server can't be reset: {problem}."))
    })?;
    json(&serde_json::json!({ "Revision": revision.0 }))
}
