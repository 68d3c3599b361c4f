//! API tokens: what applications show when they ask for decisions.

use std::collections::BTreeSet;

use floorkey::{Act, ApiToken, ApiTokenId, Command, Timestamp, TokenScope};
use floorkey_connect::EpochSeconds;
use floorkey_connect::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::{invalid, not_found};
use super::{Asked, body, changed, json};
use crate::{outside, token_text};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    api_tokens: Vec<Shown>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    api_token_id: String,
    label: String,
    scopes: Vec<&'static str>,
    created_time: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_time: Option<EpochSeconds>,
    /// Whether it is over.
    expired: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Create {
    label: String,
    scopes: Vec<String>,
    /// In seconds since 1970.
    expires_time: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Created<'a> {
    #[serde(flatten)]
    token: Shown,
    /// Shown this once: the server keeps no more of it than a hash.
    #[serde(rename = "Token")]
    text: &'a str,
    revision: u64,
}

/// The tokens of the instance, the oldest first.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    asked.may_administer(&directory, Act::ListApiTokens).await?;
    let mut tokens: Vec<_> = directory.api_tokens().collect();
    tokens.sort_by_key(|token| (token.created, token.id));
    json(&List { api_tokens: tokens.into_iter().map(|token| shown(token, asked.caller.at)).collect() })
}

/// Makes a token. Its text is in this answer and in no other.
pub(super) async fn create(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let Create { label, scopes, expires_time } = body::read(asked.body)?;
    let text = token_text::fresh();
    let token = ApiToken {
        id: ApiTokenId::from_bits(outside::id()),
        label,
        scopes: scopes.iter().map(|word| scope(word)).collect::<Result<BTreeSet<_>, _>>()?,
        hash: token_text::hash(&text),
        expires: expires_time.map(time).transpose()?,
        created: asked.caller.at,
    };
    let done = asked.execute(&directory, Command::CreateApiToken(Box::new(token.clone()))).await?;
    json(&Created { token: shown(&token, asked.caller.at), text: &text, revision: done.revision.0 })
}

/// Revokes a token. Questions that show it are refused from now on.
pub(super) async fn revoke(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let text = asked.labels.get("ApiTokenId");
    let id = ApiTokenId::parse(text).ok_or_else(|| not_found("API token", text))?;
    changed(asked.execute(&directory, Command::RevokeApiToken { id }).await?)
}

fn scope(word: &str) -> Result<TokenScope, Exception> {
    let wrong =
        || invalid("Scopes", format!("there is no scope `{}`: they are evaluate and search", word.escape_debug()));
    TokenScope::parse(word).ok_or_else(wrong)
}

/// A time as Connect's API writes it, to the millisecond.
#[expect(clippy::cast_possible_truncation, reason = "times beyond the last are the last")]
fn time(seconds: f64) -> Result<Timestamp, Exception> {
    match seconds.is_finite() {
        true => Ok(Timestamp::from_millis((seconds * 1000.0) as i64)),
        false => Err(invalid("ExpiresTime", "it is a time in seconds since 1970")),
    }
}

fn shown(token: &ApiToken, now: Timestamp) -> Shown {
    let time = |at: Timestamp| EpochSeconds::from_milliseconds(at.as_millis());
    Shown {
        api_token_id: token.id.to_string(),
        label: token.label.clone(),
        scopes: token.scopes.iter().map(|scope| scope.word()).collect(),
        created_time: time(token.created),
        expires_time: token.expires.map(time),
        expired: token.has_expired(now),
    }
}
