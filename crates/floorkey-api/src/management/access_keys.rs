//! Operations on users' access keys.

use floorkey::{AccessKey, AccessKeyId, Action, Command, EntityKind};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::{Exception, ExceptionKind};
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::{CallContext, body, empty_response, json};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyList {
    access_keys: Vec<AccessKeyView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyView {
    access_key_id: String,
    user_id: String,
    label: String,
    created_time: EpochSeconds,
    /// The time until which a suspended key can be reinstated. The member is absent if the key is not suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_until: Option<EpochSeconds>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct CreateAccessKeyInput {
    label: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreatedAccessKey<'a> {
    access_key_id: &'a str,
    /// The secret is returned only once. The server stores the secret encrypted and never returns it again.
    secret_access_key: &'a str,
    user_id: String,
    label: &'a str,
}

/// Lists a user's access keys. Callers can always list their own keys, but need permission to list other users' keys.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let id = context.self_or_authorized(&directory, Action::ListAccessKeys).await?.id;
    json(&AccessKeyList { access_keys: directory.access_keys_of(id).map(|key| to_view(key)).collect() })
}

/// Creates an access key. The response to this operation is the only response that contains the key's secret.
pub(super) async fn create(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let owner = context.user_id(&directory, Action::CreateAccessKey)?;
    let label = body::parse::<CreateAccessKeyInput>(context.body)?.label.unwrap_or_default();
    let (id, secret) = floorkey_service::service::credentials::new_access_key();
    let sealed_secret = context.caller.api.sealer.seal(id.as_str(), &secret).map_err(|problem| {
        tracing::error!(%problem, "can't encrypt the secret of an access key");
        Exception::new(ExceptionKind::InternalService, "The access key can't be created.")
    })?;
    let command = Command::CreateAccessKey { owner, id: id.clone(), label: label.clone(), sealed_secret };
    context.execute(&directory, command).await?;
    json(&CreatedAccessKey {
        access_key_id: id.as_str(),
        secret_access_key: &secret,
        user_id: owner.to_string(),
        label: &label,
    })
}

/// Revokes an access key. Later calls that are signed with the key are refused.
pub(super) async fn revoke(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let text = context.label("AccessKeyId");
    let id = AccessKeyId::parse(text).ok_or_else(|| not_found(EntityKind::AccessKey, text))?;
    context.execute(&directory, Command::RevokeAccessKey { id }).await?;
    Ok(empty_response())
}

/// Reinstates a suspended access key.
pub(super) async fn reinstate(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let text = context.label("AccessKeyId");
    let id = AccessKeyId::parse(text).ok_or_else(|| not_found(EntityKind::AccessKey, text))?;
    context.execute(&directory, Command::ReinstateAccessKey { id }).await?;
    Ok(empty_response())
}

fn to_view(key: &AccessKey) -> AccessKeyView {
    AccessKeyView {
        access_key_id: key.id.to_string(),
        user_id: key.owner.to_string(),
        label: key.label.clone(),
        created_time: EpochSeconds::from_milliseconds(key.created.as_millis()),
        suspended_until: key.suspended_until.map(|until| EpochSeconds::from_milliseconds(until.as_millis())),
    }
}
