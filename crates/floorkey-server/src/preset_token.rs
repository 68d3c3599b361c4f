//! The API token that the settings preset, for unattended starts: kept as the settings say, from start to start.

use std::sync::Arc;

use floorkey::{Act, Actor, ApiToken, ApiTokenId, Command, Directory, TokenScope};

use crate::service::Service;
use crate::{outside, token_text};

/// Makes the token that the settings say, replaces one of another text, and revokes it where they say none.
///
/// # Errors
/// What keeps it from being done, in words.
pub(crate) async fn keep(service: &Arc<Service>, text: Option<&str>) -> Result<(), String> {
    let all = service.engine().all();
    // The shell that asks with a token of its own may start the server too: the token is known, and needs no second place.
    let is_known = |hash: &[u8; 32]| {
        let mut found = all.iter().filter_map(|directory| directory.api_token_by_hash(hash));
        found.any(|token| token.label != ApiToken::PRESET_LABEL)
    };
    let hash = text.map(token_text::hash).filter(|hash| !is_known(hash));
    let preset = |directory: &Directory| {
        directory.api_tokens().find(|token| token.label == ApiToken::PRESET_LABEL).map(|token| (token.id, token.hash))
    };
    // Where it is already, it stays; else it goes into the first instance.
    let home = all.iter().find(|directory| preset(directory).is_some());
    let home = home.or_else(|| all.iter().min_by_key(|directory| directory.settings().created));
    let Some(home) = home else { return Ok(()) };
    let held = preset(home);
    if held.map(|(_, hash)| hash) == hash {
        return Ok(());
    }
    let revoke = held.map(|(id, _)| Command::RevokeApiToken { id });
    let create = hash.map(|hash| {
        Command::CreateApiToken(Box::new(ApiToken {
            id: ApiTokenId::from_bits(outside::id()),
            label: ApiToken::PRESET_LABEL.to_owned(),
            scopes: TokenScope::ALL.into(),
            hash,
            expires: None,
            created: outside::now(),
        }))
    });
    let act = if create.is_some() { Act::CreateApiToken } else { Act::RevokeApiToken };
    let commands = revoke.into_iter().chain(create).collect();
    let done = service.execute(home.instance(), Actor::system(), Command::Batch { act, commands }).await;
    done.map(drop).map_err(|failure| format!("--api-token / FLOORKEY_API_TOKEN: {failure}"))
}
