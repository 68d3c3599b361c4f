//! Bundles: signed exports of all authorization data of the instance, for programs that decide in process.

use floorkey::Act;
use floorkey_aws::exception::Exception;
use serde::Serialize;

use super::{Asked, json};
use crate::refusal::plain_exception;
use floorkey_service::failure::Failure;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Exported<'a> {
    /// The input of `floorkey::bundle::PublicKey::load`.
    bundle: &'a str,
    public_key: String,
    revision: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    public_key: String,
}

/// Exports the bundle of the current revision, for the operator and for full administrators, because it has data about
/// all users.
pub(super) async fn export(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let (caller, service) = (asked.caller, &asked.caller.api.service);
    asked.may_administer(&directory, Act::ExportBundle).await?;
    let key = caller.api.sealer.bundle_key();
    let bundle = key.sign(&directory, caller.at).map_err(|problem| plain_exception(&Failure::Internal(problem)))?;
    let noted = service.record_event(directory.instance(), caller.actor.clone(), Act::ExportBundle, Vec::new()).await;
    noted.map_err(|failure| plain_exception(&failure))?;
    json(&Exported { bundle: &bundle, public_key: key.public().to_string(), revision: directory.revision().0 })
}

/// Returns the key with which bundles are verified, to any caller with a valid access key.
pub(super) fn key(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    asked.directory()?;
    json(&Key { public_key: asked.caller.api.sealer.bundle_key().public().to_string() })
}
