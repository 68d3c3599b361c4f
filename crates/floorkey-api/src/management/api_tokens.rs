//! Operations on API tokens. Applications use these tokens to authenticate to the decision API.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::{
    Action, ApiToken, ApiTokenId, Command, EntityKind, Timestamp, TokenScope, TokenSettings, TokenSettingsEdit,
};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::{Exception, ExceptionKind};
use serde::{Deserialize, Serialize};

use super::access::{invalid, not_found};
use super::{CallContext, body, json, revision_response};
use floorkey_service::{entropy, token_text};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApiTokenList {
    api_tokens: Vec<ApiTokenView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApiTokenView {
    api_token_id: String,
    label: String,
    scopes: Vec<&'static str>,
    created_time: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_time: Option<EpochSeconds>,
    expired: bool,
    #[serde(flatten)]
    settings: TokenSettingsView,
}

/// How the server interprets requests with an API token, and what its responses contain.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TokenSettingsView {
    /// The AuthZEN subject types that represent users.
    subject_types: Vec<String>,
    /// Maps AuthZEN resource types to the namespaces of applications.
    resource_types: BTreeMap<String, String>,
    /// Whether responses to batch items include a context, and whether search results include properties.
    details: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct CreateApiTokenInput {
    label: String,
    scopes: Vec<String>,
    /// The expiration time, in seconds since 1970.
    expires_time: Option<f64>,
    subject_types: Option<BTreeSet<String>>,
    resource_types: Option<BTreeMap<String, String>>,
    details: Option<bool>,
}

/// Settings that are absent from the request remain unchanged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct UpdateApiTokenInput {
    subject_types: Option<BTreeSet<String>>,
    resource_types: Option<BTreeMap<String, String>>,
    details: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreatedApiToken<'a> {
    #[serde(flatten)]
    token: ApiTokenView,
    /// The token is returned only once. The server stores only the token's hash.
    #[serde(rename = "Token")]
    text: &'a str,
    revision: u64,
}

/// Lists the API tokens of the instance, oldest first.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    context.authorize_administrator(&directory, Action::ListApiTokens).await?;
    let mut tokens: Vec<_> = directory.api_tokens().collect();
    tokens.sort_by_key(|token| (token.created, token.id));
    json(&ApiTokenList { api_tokens: tokens.into_iter().map(|token| to_view(token, context.caller.now)).collect() })
}

/// Creates an API token. The response to this operation is the only response that contains the token itself.
pub(super) async fn create(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let CreateApiTokenInput { label, scopes, expires_time, subject_types, resource_types, details } =
        body::parse(context.body)?;
    if subject_types.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(invalid(
            "SubjectTypes",
            "must not be empty: specify the subject types that mean users, or leave it out",
        ));
    }
    let text = token_text::generate();
    let token = ApiToken {
        id: ApiTokenId::from_bits(entropy::random_id()),
        label,
        scopes: scopes.iter().map(|word| parse_scope(word)).collect::<Result<BTreeSet<_>, _>>()?,
        hash: token_text::hash(&text),
        expires: expires_time.map(parse_time).transpose()?,
        created: context.caller.now,
        settings: TokenSettings {
            subject_types: subject_types.unwrap_or_default(),
            resource_types: resource_types.unwrap_or_default(),
            details: details.unwrap_or_default(),
        },
    };
    let result = context.execute(&directory, Command::CreateApiToken(Box::new(token.clone()))).await?;
    json(&CreatedApiToken { token: to_view(&token, context.caller.now), text: &text, revision: result.revision.0 })
}

/// Updates the settings of an API token. The new settings apply to all later requests with the token.
pub(super) async fn update(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let id = token_id(context)?;
    let UpdateApiTokenInput { subject_types, resource_types, details } = body::parse(context.body)?;
    if subject_types.is_none() && resource_types.is_none() && details.is_none() {
        let problem = "There is nothing to change. Specify SubjectTypes, ResourceTypes or Details.";
        return Err(Exception::new(ExceptionKind::InvalidParameter, problem));
    }
    let edit = TokenSettingsEdit { subject_types, resource_types, details };
    revision_response(context.execute(&directory, Command::UpdateApiToken(id, edit)).await?)
}

/// Revokes an API token. Later requests with the token are refused.
pub(super) async fn revoke(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let id = token_id(context)?;
    revision_response(context.execute(&directory, Command::RevokeApiToken { id }).await?)
}

/// Returns the API token ID in the path.
fn token_id(context: &CallContext<'_>) -> Result<ApiTokenId, Exception> {
    let text = context.label("ApiTokenId");
    ApiTokenId::parse(text).ok_or_else(|| not_found(EntityKind::ApiToken, text))
}

fn parse_scope(word: &str) -> Result<TokenScope, Exception> {
    let unknown_scope =
        || invalid("Scopes", format!("`{}` is not a scope. The scopes are evaluate and search", word.escape_debug()));
    TokenScope::parse(word).ok_or_else(unknown_scope)
}

/// Parses a time in the format of Connect's API, with millisecond precision.
#[expect(clippy::cast_possible_truncation, reason = "times beyond the last are the last")]
fn parse_time(seconds: f64) -> Result<Timestamp, Exception> {
    match seconds.is_finite() {
        true => Ok(Timestamp::from_millis((seconds * 1000.0) as i64)),
        false => Err(invalid("ExpiresTime", "must be a time in seconds since 1970")),
    }
}

fn to_view(token: &ApiToken, now: Timestamp) -> ApiTokenView {
    let time = |at: Timestamp| EpochSeconds::from_milliseconds(at.as_millis());
    ApiTokenView {
        api_token_id: token.id.to_string(),
        label: token.label.clone(),
        scopes: token.scopes.iter().map(|scope| scope.as_str()).collect(),
        created_time: time(token.created),
        expires_time: token.expires.map(time),
        expired: token.has_expired(now),
        settings: TokenSettingsView {
            subject_types: token.settings.subject_types().map(str::to_owned).collect(),
            resource_types: token.settings.resource_types.clone(),
            details: token.settings.details,
        },
    }
}
