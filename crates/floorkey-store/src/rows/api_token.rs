//! An API token, as stored: its hash, never its text.

use std::borrow::Cow;

use floorkey::{ApiToken, ApiTokenId, Timestamp, TokenScope};
use serde::{Deserialize, Serialize};

use crate::hex;

/// The body of a record `api_token`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiTokenRow<'a> {
    label: Cow<'a, str>,
    /// Words of scopes.
    scopes: Vec<Cow<'a, str>>,
    /// SHA-256 of the text, in hexadecimal.
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
    created: i64,
}

impl<'a> ApiTokenRow<'a> {
    pub(super) fn of(token: &'a ApiToken) -> Self {
        Self {
            label: Cow::Borrowed(&token.label),
            scopes: token.scopes.iter().map(|scope| Cow::Borrowed(scope.word())).collect(),
            hash: hex::encode(&token.hash),
            expires: token.expires.map(Timestamp::as_millis),
            created: token.created.as_millis(),
        }
    }

    pub(super) fn into_api_token(self, id: ApiTokenId) -> Result<ApiToken, String> {
        let scope = |word: &Cow<'_, str>| TokenScope::parse(word).ok_or_else(|| format!("`{word}` is not a scope"));
        let hash = hex::decode(&self.hash).and_then(|bytes| bytes.try_into().ok());
        Ok(ApiToken {
            id,
            label: self.label.into_owned(),
            scopes: self.scopes.iter().map(scope).collect::<Result<_, _>>()?,
            hash: hash.ok_or("the hash is not 32 bytes in hexadecimal")?,
            expires: self.expires.map(Timestamp::from_millis),
            created: Timestamp::from_millis(self.created),
        })
    }
}
