//! Commands on API tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use crate::api_token::{ApiToken, TokenSettings, TokenSettingsEdit};
use crate::authorization::require_administrator;
use crate::id::ApiTokenId;
use crate::invalid::invalid;
use crate::limits;
use crate::principal::Principal;
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::text::folded;

const SUBJECT_TYPES: &str = "SubjectTypes";
const RESOURCE_TYPES: &str = "ResourceTypes";

pub(super) fn create(builder: &mut ChangeBuilder<'_>, new: &ApiToken) -> Result<(), Refusal> {
    require_administrator(builder.before, &builder.actor.principal, builder.action)?;
    // Requests signed with an access key can't create tokens. Otherwise, a leaked key could be used to create tokens.
    builder.require_session()?;
    check::length("Label", &new.label, 1, limits::API_TOKEN_LABEL_CHARS_MAX)?;
    check::plain_text("Label", Some(&new.label), limits::API_TOKEN_LABEL_CHARS_MAX)?;
    let is_system = matches!(builder.actor.principal, Principal::System);
    if folded(&new.label) == folded(ApiToken::PRESET_LABEL) && !is_system {
        // The server can't distinguish the new token from the token that is preset in the server's settings. It would
        // revoke the new token at the next start.
        let problem = format!("`{}` is reserved for the token in the server's settings", new.label);
        return Err(invalid("Label", problem).into());
    }
    if new.scopes.is_empty() {
        return Err(invalid("Scopes", "specify at least one scope: `evaluate`, `search` or both").into());
    }
    check_type_mappings(builder, &new.settings.subject_types, &new.settings.resource_types)?;
    if new.has_expired(builder.now) {
        return Err(invalid("Expires", "must be in the future").into());
    }
    if let Some(other) = builder.before.api_tokens().find(|token| folded(&token.label) == folded(&new.label)) {
        return Err(Refusal::Duplicate { kind: EntityKind::ApiToken, name: other.label.clone() });
    }
    if builder.before.api_token(new.id).is_some() || builder.before.api_token_by_hash(&new.hash).is_some() {
        return Err(Refusal::Duplicate { kind: EntityKind::ApiToken, name: new.id.to_string() });
    }
    check::count("API tokens", builder.before.api_tokens().count() + 1, limits::API_TOKENS_MAX)?;
    let settings = new.settings.clone().canonical();
    builder.put(Record::ApiToken(Arc::new(ApiToken { created: builder.now, settings, ..new.clone() })));
    Ok(())
}

/// Changes the settings that determine how requests with a token are interpreted and answered.
pub(super) fn update(builder: &mut ChangeBuilder<'_>, id: ApiTokenId, edit: &TokenSettingsEdit) -> Result<(), Refusal> {
    require_administrator(builder.before, &builder.actor.principal, builder.action)?;
    // Requests signed with an access key can't change the settings. Otherwise, a leaked key could be used to change the
    // responses that applications get.
    builder.require_session()?;
    let before = builder.before.api_token(id).cloned().ok_or_else(|| not_found(EntityKind::ApiToken, id))?;
    if edit.subject_types.as_ref().is_some_and(BTreeSet::is_empty) {
        let problem = format!("specify at least one type; the default is `{}`", TokenSettings::SUBJECT_TYPE);
        return Err(invalid(SUBJECT_TYPES, problem).into());
    }
    let (no_subjects, no_resources) = (BTreeSet::new(), BTreeMap::new());
    // Only new types are checked. The application of an unchanged type can have been unregistered in the meantime.
    let subject_types = edit.subject_types.as_ref().unwrap_or(&no_subjects);
    check_type_mappings(builder, subject_types, edit.resource_types.as_ref().unwrap_or(&no_resources))?;
    let settings = TokenSettings {
        subject_types: edit.subject_types.clone().unwrap_or_else(|| before.settings.subject_types.clone()),
        resource_types: edit.resource_types.clone().unwrap_or_else(|| before.settings.resource_types.clone()),
        details: edit.details.unwrap_or(before.settings.details),
    };
    builder.put(Record::ApiToken(Arc::new(ApiToken { settings: settings.canonical(), ..(*before).clone() })));
    Ok(())
}

/// Checks the subject types and resource types in a token's settings.
fn check_type_mappings(
    builder: &ChangeBuilder<'_>,
    subject_types: &BTreeSet<String>,
    resource_types: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    check::count("subject types of one token", subject_types.len(), limits::TOKEN_SUBJECT_TYPES_MAX)?;
    check::count("resource types of one token", resource_types.len(), limits::TOKEN_RESOURCE_TYPES_MAX)?;
    let check_name = |input, name: &str| {
        check::length(input, name, 1, limits::NAMESPACE_CHARS_MAX)?;
        check::plain_text(input, Some(name), limits::NAMESPACE_CHARS_MAX)
    };
    subject_types.iter().try_for_each(|name| check_name(SUBJECT_TYPES, name))?;
    let is_system = matches!(builder.actor.principal, Principal::System);
    let mut types_of = BTreeMap::new();
    for (resource_type, namespace) in resource_types {
        check_name(RESOURCE_TYPES, resource_type)?;
        check_name(RESOURCE_TYPES, namespace)?;
        if let Some(other) = types_of.insert(namespace, resource_type) {
            let problem = format!(
                "`{other}` and `{resource_type}` can't both mean `{namespace}`: specify a different namespace \
                for each type"
            );
            return Err(invalid(RESOURCE_TYPES, problem).into());
        }
        // The system is exempt, because the server creates the preset token at startup, before any application can be
        // registered.
        if builder.before.application(namespace).is_none() && !is_system {
            let problem = format!(
                "`{resource_type}` can't mean `{namespace}`, because no application is registered with this \
                namespace: register the application first, or specify a registered one"
            );
            return Err(invalid(RESOURCE_TYPES, problem).into());
        }
    }
    Ok(())
}

pub(super) fn revoke(builder: &mut ChangeBuilder<'_>, id: ApiTokenId) -> Result<(), Refusal> {
    require_administrator(builder.before, &builder.actor.principal, builder.action)?;
    builder.before.api_token(id).ok_or_else(|| not_found(EntityKind::ApiToken, id))?;
    builder.remove(RecordKey::ApiToken(id));
    Ok(())
}
