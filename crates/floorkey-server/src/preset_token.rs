//! The API token that the settings preset, for unattended starts: kept as the settings say, from start to start.

use std::sync::Arc;

use floorkey::{Act, Actor, ApiToken, ApiTokenId, Command, Directory, TokenScope, TokenSettings, TokenSettingsEdit};

use crate::config::PresetToken;
use floorkey_service::service::Service;
use floorkey_service::{outside, token_text};

/// Makes the token that the settings say, replaces one of another text, gives it the settings that they say, and revokes
/// it where they say none.
///
/// # Errors
/// What keeps it from being done, in words.
pub(crate) async fn keep(service: &Arc<Service>, preset: Option<&PresetToken>) -> Result<(), String> {
    let all = service.engine().all();
    // The shell that asks with a token of its own may start the server too: the token is known, and needs no second place.
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
    // Where it is already, it stays; else it goes into the first instance.
    let home = all.iter().find(|directory| preset(directory).is_some());
    let home = home.or_else(|| all.iter().min_by_key(|directory| directory.settings().created));
    let Some(home) = home else { return Ok(()) };
    if let Some((_, settings)) = wanted {
        warn_of_unregistered(home, settings);
    }
    let (act, commands) = match (preset(home), wanted) {
        (None, None) => return Ok(()),
        (Some(held), Some((hash, settings))) if held.hash == hash => match held.settings == *settings {
            true => return Ok(()),
            false => (Act::UpdateApiToken, vec![update(held.id, settings)]),
        },
        (held, Some((hash, settings))) => {
            let revoke = held.map(|held| Command::RevokeApiToken { id: held.id });
            (Act::CreateApiToken, revoke.into_iter().chain([create(hash, settings)]).collect())
        }
        (Some(held), None) => (Act::RevokeApiToken, vec![Command::RevokeApiToken { id: held.id }]),
    };
    let done = service.execute(home.instance(), Actor::system(), Command::Batch { act, commands }).await;
    done.map(drop).map_err(|failure| format!("--api-token / FLOORKEY_API_TOKEN: {failure}"))
}

fn create(hash: [u8; 32], settings: &TokenSettings) -> Command {
    Command::CreateApiToken(Box::new(ApiToken {
        id: ApiTokenId::from_bits(outside::id()),
        label: ApiToken::PRESET_LABEL.to_owned(),
        scopes: TokenScope::ALL.into(),
        hash,
        expires: None,
        created: outside::now(),
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

/// Settings are read before applications can be registered, so that they may name some that are not yet.
fn warn_of_unregistered(home: &Directory, settings: &TokenSettings) {
    for (resource_type, namespace) in &settings.resource_types {
        if home.application(namespace).is_none() {
            tracing::warn!(
                resource_type,
                namespace,
                "FLOORKEY_API_TOKEN_RESOURCE_TYPES has an application that is not registered; requests for \
                decisions about its resources are denied until it is registered"
            );
        }
    }
}
