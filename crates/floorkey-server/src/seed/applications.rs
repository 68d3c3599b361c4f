//! The applications of a seed, with their resources and API tokens.

use std::collections::BTreeSet;

use floorkey::application::ApplicationPermission;
use floorkey::{
    ApiToken, ApiTokenId, ApplicationResource, Command, HierarchyGroupId, RegisteredApplication, Timestamp, TokenScope,
    TokenSettings, ValueRevisions,
};
use floorkey_service::{clock, token_text};
use serde_saphyr::{Location, Spanned};
use zeroize::Zeroizing;

use super::CreatedApiToken;
use super::error::SeedError;
use super::format::{ApiTokenEntry, ApplicationEntry, ApplicationPermissionEntry, Name};
use super::ids::{self, Kind};
use super::names::Names;
use super::steps::Steps;

/// The label and the text of the API token of a seed without the key `api_tokens`.
const DEFAULT_TOKEN: &str = "test";

/// Returns the commands that register the applications.
pub(super) fn registrations(entries: &[ApplicationEntry]) -> Steps {
    let mut steps = Steps::default();
    for entry in entries {
        let permission = |permission: &ApplicationPermissionEntry| ApplicationPermission {
            name: permission.name.clone(),
            description: permission.description.clone().unwrap_or_default(),
            requires: permission.requires.iter().cloned().collect(),
        };
        let application = RegisteredApplication {
            namespace: entry.namespace.value.clone(),
            name: entry.name.clone().unwrap_or_default(),
            description: entry.description.clone().unwrap_or_default(),
            permissions: entry.permissions.iter().map(permission).collect(),
            modified: Timestamp::from_millis(0),
        };
        push(&mut steps, &entry.namespace, Command::RegisterApplication(Box::new(application)));
    }
    steps
}

/// Returns the commands that register the applications' resources.
pub(super) fn resources(names: &Names, entries: Vec<ApplicationEntry>) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for ApplicationEntry { namespace, resources, .. } in entries {
        if resources.is_empty() {
            continue;
        }
        let mut registered = Vec::new();
        for resource in resources {
            let group = resource.hierarchy_group.map(|group| names.id(Kind::HierarchyGroup, &group)).transpose()?;
            registered.push(ApplicationResource {
                namespace: namespace.value.clone(),
                id: resource.id,
                attributes: resource.attributes,
                attribute_revisions: ValueRevisions::default(),
                hierarchy_group: group.map(HierarchyGroupId::from_bits),
                modified: Timestamp::from_millis(0),
            });
        }
        let command = Command::PutApplicationResources { namespace: namespace.value.clone(), resources: registered };
        push(&mut steps, &namespace, command);
    }
    Ok(steps)
}

fn push(steps: &mut Steps, namespace: &Name, command: Command) {
    steps.push_about(namespace, format!("application `{}`", namespace.value), command);
}

/// Returns the commands that create the API tokens, and the texts of the tokens.
pub(super) fn api_tokens(
    names: &Names,
    entries: Option<Vec<ApiTokenEntry>>,
) -> Result<(Steps, Vec<CreatedApiToken>), SeedError> {
    let (mut steps, mut created) = (Steps::default(), Vec::new());
    for entry in entries.unwrap_or_else(|| vec![default_token()]) {
        let label = entry.label.value.clone();
        let text = entry.token.map_or_else(|| ids::api_token(&label), Zeroizing::new);
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let problem = "the token must have only letters, digits and -._~+/=, because clients send it in a header";
            return Err(names.error(&entry.label, problem));
        }
        let settings = TokenSettings {
            subject_types: entry.subject_types.into_iter().collect(),
            resource_types: entry.resource_types,
            details: entry.details,
        };
        let token = ApiToken {
            id: ApiTokenId::from_bits(Kind::ApiToken.id(&label)),
            label: label.clone(),
            scopes: scopes(names, entry.scopes)?,
            hash: token_text::hash(&text),
            expires: None,
            created: clock::now(),
            settings: settings.canonical(),
        };
        steps.push(Kind::ApiToken, &entry.label, Command::CreateApiToken(Box::new(token)));
        created.push(CreatedApiToken { label, text });
    }
    Ok((steps, created))
}

fn default_token() -> ApiTokenEntry {
    ApiTokenEntry {
        label: Spanned::new(DEFAULT_TOKEN.to_owned(), Location::UNKNOWN, Location::UNKNOWN),
        token: Some(DEFAULT_TOKEN.to_owned()),
        scopes: None,
        subject_types: Vec::new(),
        resource_types: [].into(),
        details: false,
    }
}

fn scopes(names: &Names, entries: Option<Vec<Name>>) -> Result<BTreeSet<TokenScope>, SeedError> {
    let Some(entries) = entries else { return Ok(TokenScope::ALL.into()) };
    let parse = |name: Name| {
        let problem = || format!("`{}` is not a scope: the scopes are evaluate and search", name.value);
        TokenScope::parse(&name.value).ok_or_else(|| names.error(&name, &problem()))
    };
    entries.into_iter().map(parse).collect()
}
