//! The stored form of an API token. It contains the token's hash, but never the token itself.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use floorkey::{ApiToken, ApiTokenId, Timestamp, TokenScope, TokenSettings};
use serde::{Deserialize, Serialize};

use crate::error::UnreadableValue;

/// The body of a record of the kind `api_token`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiTokenRow<'a> {
    label: Cow<'a, str>,
    /// The names of the token's scopes.
    scopes: Vec<Cow<'a, str>>,
    /// The SHA-256 hash of the token, in hex.
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
    created: i64,
    /// The names of subject types that refer to users. If the set is empty, only the subject type `user` refers to
    /// users.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    subject_types: BTreeSet<Cow<'a, str>>,
    /// Maps the names of resource types to the namespaces that they refer to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    resource_types: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    details: bool,
}

impl<'a> ApiTokenRow<'a> {
    pub(super) fn from_api_token(token: &'a ApiToken) -> Self {
        Self {
            label: Cow::Borrowed(&token.label),
            scopes: token.scopes.iter().map(|scope| Cow::Borrowed(scope.as_str())).collect(),
            hash: hex::encode(token.hash),
            expires: token.expires.map(Timestamp::as_millis),
            created: token.created.as_millis(),
            subject_types: token.settings.subject_types.iter().map(|name| Cow::Borrowed(name.as_str())).collect(),
            resource_types: token
                .settings
                .resource_types
                .iter()
                .map(|(name, namespace)| (Cow::Borrowed(name.as_str()), Cow::Borrowed(namespace.as_str())))
                .collect(),
            details: token.settings.details,
        }
    }

    pub(super) fn into_api_token(self, id: ApiTokenId) -> Result<ApiToken, UnreadableValue> {
        let scope = |word: &Cow<'_, str>| TokenScope::parse(word).ok_or_else(|| format!("`{word}` is not a scope"));
        let hash = hex::decode(&*self.hash).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(ApiToken {
            id,
            label: self.label.into_owned(),
            scopes: self.scopes.iter().map(scope).collect::<Result<_, _>>()?,
            hash: hash.ok_or("the hash is not 32 bytes in hexadecimal")?,
            expires: self.expires.map(Timestamp::from_millis),
            created: Timestamp::from_millis(self.created),
            settings: TokenSettings {
                subject_types: self.subject_types.into_iter().map(Cow::into_owned).collect(),
                resource_types: self
                    .resource_types
                    .into_iter()
                    .map(|(name, namespace)| (name.into_owned(), namespace.into_owned()))
                    .collect(),
                details: self.details,
            },
        })
    }
}
