//! Commands on API tokens.

use std::sync::Arc;

use super::draft::{Draft, not_found};
use super::{administrate, check};
use crate::api_token::ApiToken;
use crate::id::ApiTokenId;
use crate::limits;
use crate::principal::Principal;
use crate::record::{Record, RecordKey};
use crate::refusal::{Refusal, invalid};
use crate::text::folded;

pub(super) fn create(draft: &mut Draft<'_>, new: &ApiToken) -> Result<(), Refusal> {
    administrate(draft.before, &draft.actor.principal, draft.act)?;
    // As with access keys: one that leaked must not breed tokens.
    draft.in_session()?;
    check::length("Label", &new.label, 1, limits::API_TOKEN_LABEL_CHARS_MAX)?;
    check::plain("Label", Some(&new.label), limits::API_TOKEN_LABEL_CHARS_MAX)?;
    let is_system = matches!(draft.actor.principal, Principal::System);
    if folded(&new.label) == folded(ApiToken::PRESET_LABEL) && !is_system {
        // Each start would take it for the one that the settings preset, and revoke it.
        let problem = format!("`{}` is the label of the token that the server's settings preset", new.label);
        return Err(invalid("Label", problem).into());
    }
    if new.scopes.is_empty() {
        return Err(invalid("Scopes", "a token opens something: `evaluate`, `search` or both").into());
    }
    if new.has_expired(draft.now) {
        return Err(invalid("Expires", "the token would be over already").into());
    }
    if let Some(other) = draft.before.api_tokens().find(|token| folded(&token.label) == folded(&new.label)) {
        return Err(Refusal::Duplicate { what: "token", name: other.label.clone() });
    }
    if draft.before.api_token(new.id).is_some() || draft.before.api_token_by_hash(&new.hash).is_some() {
        return Err(Refusal::Duplicate { what: "token", name: new.id.to_string() });
    }
    check::count("API tokens", draft.before.api_tokens().count() + 1, limits::API_TOKENS_MAX)?;
    draft.put(Record::ApiToken(Arc::new(ApiToken { created: draft.now, ..new.clone() })));
    Ok(())
}

pub(super) fn revoke(draft: &mut Draft<'_>, id: ApiTokenId) -> Result<(), Refusal> {
    administrate(draft.before, &draft.actor.principal, draft.act)?;
    draft.before.api_token(id).ok_or_else(|| not_found("API token", id))?;
    draft.remove(RecordKey::ApiToken(id));
    Ok(())
}
