//! Bundles: signed exports of all authorization data of an instance. A program with a bundle can make decisions without
//! calling the server.

use floorkey::Action;
use floorkey_aws::exception::Exception;
use serde::Serialize;

use super::{CallContext, json};
use crate::refusal::unmodelled_exception;
use floorkey_service::failure::Failure;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExportedBundle<'a> {
    /// The bundle, in the format that `floorkey::bundle::PublicKey::load` expects.
    bundle: &'a str,
    public_key: String,
    revision: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BundleKeyView {
    public_key: String,
}

/// Exports the bundle of the current revision. Only the operator and full administrators can export a bundle, because
/// it contains data about all users.
pub(super) async fn export(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let (caller, service) = (context.caller, &context.caller.api.service);
    context.authorize_administrator(&directory, Action::ExportBundle).await?;
    let key = caller.api.sealer.bundle_key();
    let bundle = key
        .sign(&directory, caller.now)
        .map_err(|error| unmodelled_exception(&Failure::Internal(error.to_string())))?;
    let recorded =
        service.record_event(directory.instance(), caller.actor.clone(), Action::ExportBundle, Vec::new()).await;
    recorded.map_err(|failure| unmodelled_exception(&failure))?;
    json(&ExportedBundle { bundle: &bundle, public_key: key.public().to_string(), revision: directory.revision().0 })
}

/// Returns the public key for verifying bundles. Any caller with a valid access key can get the public key.
pub(super) fn key(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    context.directory()?;
    json(&BundleKeyView { public_key: context.caller.api.sealer.bundle_key().public().to_string() })
}
