//! Manages the preset API token, which makes unattended starts possible. Each time the server starts, the stored token
//! is updated to match the settings.

use std::sync::Arc;

use floorkey::{Action, Actor, ApiToken, ApiTokenId, Command, Directory, TokenScope, TokenSettings, TokenSettingsEdit};

use crate::config::PresetToken;
use crate::start_error::StartError;
use floorkey_service::service::Service;
use floorkey_service::{clock, entropy, token_text};

/// Updates the stored preset token to match the settings. This may create, replace, update or revoke the stored token.
///
/// # Errors
/// Returns [`StartError::PresetToken`] if the token can't be changed.
pub(crate) async fn apply(service: &Arc<Service>, preset: Option<&PresetToken>) -> Result<(), StartError> {
    let all = service.engine().all();
    // Client commands use the same variable, so `FLOORKEY_API_TOKEN` may be a token that was created in an instance.
    // Such a token already works and is not created again.
    let is_known = |hash: &[u8; 32]| {
        let mut found = all.iter().filter_map(|directory| directory.api_token_by_hash(hash));
        found.any(|token| token.label != ApiToken::PRESET_LABEL)
    };
    let wanted = preset.map(|preset| (token_text::hash(&preset.text), &preset.settings));
    if let Some((_, settings)) = wanted.filter(|(hash, _)| is_known(hash))
        && settings != TokenSettings::DEFAULT
    {
        tracing::warn!(
            "FLOORKEY_API_TOKEN is a token that was created in an instance and keeps its settings; \
            FLOORKEY_API_TOKEN_SUBJECT_TYPES, FLOORKEY_API_TOKEN_RESOURCE_TYPES and FLOORKEY_API_TOKEN_DETAILS \
            are ignored"
        );
    }
    let wanted = wanted.filter(|(hash, _)| !is_known(hash));
    let preset =
        |directory: &Directory| directory.api_tokens().find(|token| token.label == ApiToken::PRESET_LABEL).cloned();
    // An existing preset token stays in its instance. Otherwise, the token is created in the oldest instance.
    let directory = all.iter().find(|directory| preset(directory).is_some());
    let directory = directory.or_else(|| all.iter().min_by_key(|directory| directory.settings().created));
    let Some(directory) = directory else { return Ok(()) };
    if let Some((_, settings)) = wanted {
        warn_of_unregistered(directory, settings);
    }
    let (action, commands) = match (preset(directory), wanted) {
        (None, None) => return Ok(()),
        (Some(existing), Some((hash, settings))) if existing.hash == hash => match existing.settings == *settings {
            true => return Ok(()),
            false => (Action::UpdateApiToken, vec![update(existing.id, settings)]),
        },
        (existing, Some((hash, settings))) => {
            let revoke = existing.map(|existing| Command::RevokeApiToken { id: existing.id });
            (Action::CreateApiToken, revoke.into_iter().chain([create(hash, settings)]).collect())
        }
        (Some(existing), None) => (Action::RevokeApiToken, vec![Command::RevokeApiToken { id: existing.id }]),
    };
    let result = service.execute(directory.instance(), Actor::system(), Command::Batch { action, commands }).await;
    result.map(drop).map_err(StartError::PresetToken)
}

fn create(hash: [u8; 32], settings: &TokenSettings) -> Command {
    Command::CreateApiToken(Box::new(ApiToken {
        id: ApiTokenId::from_bits(entropy::random_id()),
        label: ApiToken::PRESET_LABEL.to_owned(),
        scopes: TokenScope::ALL.into(),
        hash,
        expires: None,
        created: clock::now(),
        settings: settings.clone(),
    }))
}

fn update(id: ApiTokenId, settings: &TokenSettings) -> Command {
    let edit = TokenSettingsEdit {
        subject_types: Some(settings.subject_types().map(str::to_owned).collect()),
        resource_types: Some(settings.resource_types.clone()),
        details: Some(settings.details),
    };
    Command::UpdateApiToken(id, edit)
}

/// Warns about unregistered applications in the settings. This is not an error, because no application can be
/// registered before the first start.
fn warn_of_unregistered(directory: &Directory, settings: &TokenSettings) {
    for (resource_type, namespace) in &settings.resource_types {
        if directory.application(namespace).is_none() {
            tracing::warn!(
                resource_type,
                namespace,
                "FLOORKEY_API_TOKEN_RESOURCE_TYPES has an application that is not registered; requests for \
                decisions about its resources are denied until it is registered"
            );
        }
    }
}
