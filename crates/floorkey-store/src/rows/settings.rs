//! The stored form of an instance's settings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use floorkey::{GuardMode, Settings, Timestamp};
use serde::{Deserialize, Serialize};

use super::{borrowed, is_default, owned};
use crate::error::UnreadableValue;

/// The body of the record of the kind `settings`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsRow<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias: Option<Cow<'a, str>>,
    identity_management: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory_id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    attributes: Cow<'a, BTreeMap<String, String>>,
    /// The mode of the escalation guard, `warn` or `enforce`. Absent if the mode has not been set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guard: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    /// The names of the catalog permissions that are already known in the instance. The current catalog may no longer
    /// have some of these permissions.
    #[serde(default, skip_serializing_if = "is_default")]
    known_permissions: Cow<'a, [String]>,
    /// Absent if an older version of Floorkey created the instance, and its former login names have not been recorded
    /// yet.
    #[serde(default, skip_serializing_if = "is_default")]
    keeps_login_histories: bool,
    created: i64,
}

impl<'a> SettingsRow<'a> {
    pub(super) fn from_settings(settings: &'a Settings) -> Self {
        Self {
            alias: borrowed(&settings.alias),
            identity_management: Cow::Borrowed(&settings.identity_management),
            directory_id: borrowed(&settings.directory_id),
            attributes: Cow::Borrowed(&settings.attributes),
            guard: settings.guard.map(|mode| Cow::Borrowed(mode.as_str())),
            tags: Cow::Borrowed(&settings.tags),
            known_permissions: Cow::Borrowed(&settings.seen_permissions),
            keeps_login_histories: settings.keeps_login_histories,
            created: settings.created.as_millis(),
        }
    }

    pub(super) fn into_settings(self) -> Result<Settings, UnreadableValue> {
        let mode = |word: Cow<'_, str>| {
            GuardMode::parse(&word).ok_or_else(|| format!("guard: `{word}` must be `warn` or `enforce`"))
        };
        Ok(Settings {
            alias: owned(self.alias),
            identity_management: self.identity_management.into_owned(),
            directory_id: owned(self.directory_id),
            attributes: self.attributes.into_owned(),
            guard: self.guard.map(mode).transpose()?,
            tags: self.tags.into_owned(),
            seen_permissions: self.known_permissions.into_owned(),
            keeps_login_histories: self.keeps_login_histories,
            created: Timestamp::from_millis(self.created),
        })
    }
}
