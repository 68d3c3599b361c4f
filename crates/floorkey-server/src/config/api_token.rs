//! The preset API token.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use floorkey::TokenSettings;
use zeroize::Zeroizing;

use super::error::{ConfigError, InvalidTypeMapping};
use floorkey_service::token_text;

/// Flags for the preset API token. The TOML file can contain the same settings.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ApiTokenFlags {
    /// An API token for an application, with at least 32 characters; a new value replaces the token, no value revokes
    /// it [default: none]
    #[arg(long, env = "FLOORKEY_API_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(super) api_token: Option<String>,
    /// Treat subjects of these types as users; separated by commas: user,identity [default: user]
    #[arg(long, env = "FLOORKEY_API_TOKEN_SUBJECT_TYPES", value_name = "TYPES")]
    pub(super) api_token_subject_types: Option<String>,
    /// Treat resources of these types as resources of registered applications: user=todo-users,route=gateway [default:
    /// none]
    #[arg(long, env = "FLOORKEY_API_TOKEN_RESOURCE_TYPES", value_name = "TYPE=NAMESPACE,…")]
    pub(super) api_token_resource_types: Option<String>,
    /// Return a context for batch items, and properties for search results: true or false [default: false]
    #[arg(long, env = "FLOORKEY_API_TOKEN_DETAILS", value_name = "BOOLEAN", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) api_token_details: Option<bool>,
}

/// A validated preset API token.
pub(crate) struct PresetToken {
    pub(crate) text: Zeroizing<String>,
    pub(crate) settings: TokenSettings,
}

impl ApiTokenFlags {
    /// Merges these flags with the settings in the TOML file. The flags take precedence over the file.
    pub(super) fn or(self, file: Self) -> Self {
        Self {
            api_token: self.api_token.or(file.api_token),
            api_token_subject_types: self.api_token_subject_types.or(file.api_token_subject_types),
            api_token_resource_types: self.api_token_resource_types.or(file.api_token_resource_types),
            api_token_details: self.api_token_details.or(file.api_token_details),
        }
    }

    /// Removes the token if it is the given value of the environment variable, unless settings of a preset token are set
    /// too. Returns whether the token was removed.
    pub(super) fn drop_token_of_environment(&mut self, variable: Option<&str>) -> bool {
        let has_settings = self.api_token_subject_types.is_some()
            || self.api_token_resource_types.is_some()
            || self.api_token_details.is_some();
        let is_dropped = !has_settings && self.api_token.is_some() && self.api_token.as_deref() == variable;
        if is_dropped {
            self.api_token = None;
        }
        is_dropped
    }

    /// Validates the flags, and returns the token if one is preset.
    ///
    /// # Errors
    /// Returns an error if a setting is invalid.
    pub(super) fn preset_token(self) -> Result<Option<PresetToken>, ConfigError> {
        let Self { api_token, api_token_subject_types, api_token_resource_types, api_token_details } = self;
        let settings = TokenSettings {
            subject_types: api_token_subject_types.as_deref().map(subject_types).transpose()?.unwrap_or_default(),
            resource_types: api_token_resource_types.as_deref().map(resource_types).transpose()?.unwrap_or_default(),
            details: api_token_details.unwrap_or_default(),
        };
        match api_token {
            Some(text) => {
                Ok(Some(PresetToken { text: check_text(Zeroizing::new(text))?, settings: settings.canonical() }))
            }
            None if settings == *TokenSettings::DEFAULT => Ok(None),
            None => Err(ConfigError::Incomplete(
                "FLOORKEY_API_TOKEN_SUBJECT_TYPES, FLOORKEY_API_TOKEN_RESOURCE_TYPES and FLOORKEY_API_TOKEN_DETAILS \
                are settings of FLOORKEY_API_TOKEN: set FLOORKEY_API_TOKEN as well, or none of them",
            )),
        }
    }
}

/// Checks that a preset token can be sent unchanged in an HTTP header and is long enough to resist guessing.
fn check_text(text: Zeroizing<String>) -> Result<Zeroizing<String>, ConfigError> {
    let name = "--api-token / FLOORKEY_API_TOKEN";
    if text.len() < token_text::PRESET_CHARS_MIN {
        let problem = format!(
            "is too short: use at least {} random characters, for example from `openssl rand -hex 32`",
            token_text::PRESET_CHARS_MIN
        );
        return Err(ConfigError::setting(name, problem));
    }
    match text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text),
        false => Err(ConfigError::setting(
            name,
            "contains characters that are not allowed in an HTTP header, such as spaces or accents: use letters, \
            digits and -._~+/=",
        )),
    }
}

fn subject_types(text: &str) -> Result<BTreeSet<String>, ConfigError> {
    let types: BTreeSet<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match types.contains("") {
        false => Ok(types),
        true => Err(ConfigError::value(
            "--api-token-subject-types / FLOORKEY_API_TOKEN_SUBJECT_TYPES",
            text,
            "has an empty type. Separate types with commas, as in user,identity",
        )),
    }
}

fn resource_types(text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let name = "--api-token-resource-types / FLOORKEY_API_TOKEN_RESOURCE_TYPES";
    let mut types = BTreeMap::new();
    for pair in text.split(',') {
        let (resource_type, namespace) =
            type_and_namespace(pair.trim()).map_err(|error| ConfigError::part(name, &error))?;
        if types.insert(resource_type.clone(), namespace).is_some() {
            return Err(ConfigError::part(name, &format!("`{resource_type}` occurs more than once")));
        }
    }
    Ok(types)
}

/// Parses a resource type and the namespace of the application that the resource type refers to: `user=todo-users`.
///
/// # Errors
/// Returns an error if the string does not have this format.
pub(crate) fn type_and_namespace(text: &str) -> Result<(String, String), InvalidTypeMapping> {
    match text.split_once('=') {
        Some((resource_type, namespace)) if !resource_type.is_empty() && !namespace.is_empty() => {
            Ok((resource_type.to_owned(), namespace.to_owned()))
        }
        _ => Err(InvalidTypeMapping(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(token: Option<&str>, subjects: Option<&str>, resources: Option<&str>) -> ApiTokenFlags {
        ApiTokenFlags {
            api_token: token.map(str::to_owned),
            api_token_subject_types: subjects.map(str::to_owned),
            api_token_resource_types: resources.map(str::to_owned),
            api_token_details: None,
        }
    }

    const TOKEN: Option<&str> = Some("0123456789abcdef0123456789abcdef");

    #[test]
    fn types_are_separated_by_commas() {
        let preset =
            flags(TOKEN, Some("identity, user"), Some("user=todo-users,route=gateway")).preset_token().unwrap();
        let TokenSettings { subject_types, resource_types, details } = preset.unwrap().settings;
        assert_eq!(subject_types, BTreeSet::from(["identity".to_owned(), "user".to_owned()]));
        let pair = |name: &str, namespace: &str| (name.to_owned(), namespace.to_owned());
        assert_eq!(resource_types, BTreeMap::from([pair("route", "gateway"), pair("user", "todo-users")]));
        assert!(!details);
        let plain = flags(TOKEN, Some("user"), None).preset_token().unwrap().unwrap();
        assert_eq!(plain.settings, *TokenSettings::DEFAULT);
        assert!(flags(None, None, None).preset_token().unwrap().is_none());
    }

    #[test]
    fn a_token_of_the_environment_is_dropped_unless_it_has_settings() {
        let other = Some("another-token-of-the-environment-");
        for (mut given, variable, is_dropped) in [
            (flags(TOKEN, None, None), TOKEN, true),
            (flags(TOKEN, None, None), other, false),
            (flags(TOKEN, None, None), None, false),
            (flags(TOKEN, Some("identity"), None), TOKEN, false),
            (flags(None, None, None), None, false),
        ] {
            let before = given.api_token.clone();
            assert_eq!(given.drop_token_of_environment(variable), is_dropped, "{given:?}");
            assert_eq!(given.api_token, before.filter(|_| !is_dropped));
        }
    }

    #[test]
    fn errors_name_the_invalid_value() {
        for (subjects, resources, words) in [
            (Some(""), None, "an empty type"),
            (Some("user,,agent"), None, "an empty type"),
            (None, Some("user"), "`user` is not a resource type and the namespace"),
            (None, Some("=x"), "`=x` is not"),
            (None, Some("a=b,a=c"), "`a` occurs more than once"),
        ] {
            let problem = flags(TOKEN, subjects, resources).preset_token().err().unwrap().to_string();
            assert!(problem.contains(words) && problem.contains("FLOORKEY_API_TOKEN_"), "{problem}");
        }
        let alone = flags(None, Some("identity"), None).preset_token().err().unwrap().to_string();
        assert!(alone.contains("settings of FLOORKEY_API_TOKEN"), "{alone}");
        assert!(flags(Some("short"), None, None).preset_token().err().unwrap().to_string().contains("too short"));
    }
}
