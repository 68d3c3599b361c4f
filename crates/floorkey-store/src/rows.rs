//! The stored form of records: a row struct for each kind, in JSON.
//!
//! A row is identified by the record's kind and ID, which are stored in separate columns and not in the body. The body
//! is stored as packed text ([`crate::packed`]). The column `format` identifies the struct of the body. The format
//! number is increased when older bodies must be read by different code. A new optional field needs no new format.
//! However, Floorkey rejects a body with an unknown field, because ignoring the field would lose its value at the next
//! write. For this reason, a database can be upgraded but not downgraded.
//!
//! All bodies follow the same conventions. IDs are UUIDs as text. Times are milliseconds since 1970-01-01T00:00:00Z.
//! Absent and empty values are left out. Permissions and resource types are written by name.
//!
//! Bodies are parsed into owned values and written from borrowed values. With `Cow`, the same struct can be used for
//! parsing and writing.

mod access_key;
mod api_token;
mod application;
mod condition;
mod finding;
mod group;
mod login;
mod profile;
mod resource;
mod set_revisions;
mod settings;
mod structure;
mod text;
mod user;

use std::borrow::Cow;
use std::sync::Arc;

use floorkey::{
    AccessKeyId, ApiTokenId, FindingId, HierarchyGroupId, Record, RecordKey, ResourceId, SecurityProfileId, UserId,
};
use serde::de::DeserializeOwned;

use crate::error::UnreadableValue;

pub(crate) use text::{Id, NameList};

/// The format number of record bodies. This version of Floorkey writes and reads only this format.
pub(crate) const FORMAT: i64 = 1;

/// The kind of user records, which are by far the most numerous.
pub(crate) const USER: &str = "user";

/// Returns the kind and ID of a record, as written in bodies. The ID is empty for kinds that have only one record.
pub(crate) fn columns(key: &RecordKey) -> (&'static str, String) {
    match key {
        RecordKey::Settings => ("settings", String::new()),
        RecordKey::Structure => ("structure", String::new()),
        RecordKey::Group(id) => ("group", id.to_string()),
        RecordKey::Resource(id) => ("resource", id.to_string()),
        RecordKey::Profile(id) => ("profile", id.to_string()),
        RecordKey::User(id) => (USER, id.to_string()),
        RecordKey::AccessKey(id) => ("access_key", id.as_str().to_owned()),
        RecordKey::Application(namespace) => ("application", namespace.clone()),
        RecordKey::ApplicationResource(namespace, id) => {
            ("application_resource", application::resource_id(namespace, id))
        }
        RecordKey::ApiToken(id) => ("api_token", id.to_string()),
        RecordKey::Login(login) => ("login", login.clone()),
        RecordKey::Finding(id) => ("finding", id.to_string()),
    }
}

/// Parses the kind and ID of a record, as written in bodies.
///
/// # Errors
/// Returns an error if the kind or the ID is invalid.
pub(crate) fn key(kind: &str, id: &str) -> Result<RecordKey, UnreadableValue> {
    fn parsed<T>(id: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, UnreadableValue> {
        parse(id).ok_or_else(|| format!("`{id}` is not an id").into())
    }
    Ok(match kind {
        "settings" => RecordKey::Settings,
        "structure" => RecordKey::Structure,
        "group" => RecordKey::Group(parsed(id, HierarchyGroupId::parse)?),
        "resource" => RecordKey::Resource(parsed(id, ResourceId::parse)?),
        "profile" => RecordKey::Profile(parsed(id, SecurityProfileId::parse)?),
        USER => RecordKey::User(parsed(id, UserId::parse)?),
        "access_key" => RecordKey::AccessKey(parsed(id, AccessKeyId::parse)?),
        "application" => RecordKey::Application(id.to_owned()),
        "application_resource" => {
            let (namespace, id) = parsed(id, application::parse_resource_id)?;
            RecordKey::ApplicationResource(namespace, id)
        }
        "api_token" => RecordKey::ApiToken(parsed(id, ApiTokenId::parse)?),
        "login" => RecordKey::Login(id.to_owned()),
        "finding" => RecordKey::Finding(parsed(id, FindingId::parse)?),
        _ => return Err(format!("`{kind}` is not a kind of record; a newer version may have written it").into()),
    })
}

/// Returns the values of the columns `kind` and `id` for a record.
pub(crate) fn stored_columns(key: &RecordKey) -> (&'static str, Vec<u8>) {
    let (kind, id) = columns(key);
    (kind, id_bytes(kind, &id))
}

/// Parses the values of the columns `kind` and `id`.
///
/// # Errors
/// Returns the same errors as [`key`].
pub(crate) fn stored_key(kind: &str, id: &[u8]) -> Result<RecordKey, UnreadableValue> {
    let text = if UUID_KINDS.contains(&kind) { uuid_text(id) } else { None };
    match text {
        Some(text) => key(kind, &text),
        None => key(kind, &String::from_utf8_lossy(id)),
    }
}

/// The kinds of records whose IDs are UUIDs.
const UUID_KINDS: [&str; 5] = ["group", "resource", "profile", USER, "api_token"];

/// Returns the value of the column `id`: the 16 bytes of a UUID, or the bytes of a name.
pub(crate) fn id_bytes(kind: &str, id: &str) -> Vec<u8> {
    let uuid = if UUID_KINDS.contains(&kind) { uuid_bytes(id) } else { None };
    uuid.map_or_else(|| id.as_bytes().to_vec(), Vec::from)
}

/// Returns the bytes of a UUID, or `None` if the text is not a UUID. This function works for every type of ID, because
/// all types are parsed in the same way.
pub(crate) fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    UserId::parse(text).map(|id| id.bits().to_be_bytes())
}

/// Returns the text of a UUID, or `None` if there are not exactly 16 bytes.
pub(crate) fn uuid_text(bytes: &[u8]) -> Option<String> {
    let bits = u128::from_be_bytes(bytes.try_into().ok()?);
    Some(UserId::from_bits(bits).to_string())
}

/// Encodes a record as a body in the format [`FORMAT`].
///
/// # Errors
/// Returns an error if the record can't be written as JSON, which is a bug.
pub(crate) fn encode(record: &Record) -> Result<String, serde_json::Error> {
    match record {
        Record::Settings(settings) => serde_json::to_string(&settings::SettingsRow::from_settings(settings)),
        Record::Structure(structure) => serde_json::to_string(&structure::StructureRow::from_structure(structure)),
        Record::Group(group) => serde_json::to_string(&group::GroupRow::from_group(group)),
        Record::Resource(resource) => serde_json::to_string(&resource::ResourceRow::from_resource(resource)),
        Record::Profile(profile) => serde_json::to_string(&profile::ProfileRow::from_profile(profile)),
        Record::User(user) => serde_json::to_string(&user::UserRow::from_user(user)),
        Record::AccessKey(key) => serde_json::to_string(&access_key::AccessKeyRow::from_access_key(key)),
        Record::Application(application) => {
            serde_json::to_string(&application::ApplicationRow::from_application(application))
        }
        Record::ApplicationResource(resource) => {
            serde_json::to_string(&application::ApplicationResourceRow::from_resource(resource))
        }
        Record::ApiToken(token) => serde_json::to_string(&api_token::ApiTokenRow::from_api_token(token)),
        Record::Login(history) => serde_json::to_string(&login::LoginRow::from_history(history)),
        Record::Finding(state) => serde_json::to_string(&finding::FindingRow::from_state(state)),
    }
}

/// Parses the body of a record.
///
/// # Errors
/// Returns an error if the format is unknown or the body is invalid.
pub(crate) fn decode(key: RecordKey, format: i64, body: &[u8]) -> Result<Record, UnreadableValue> {
    if format != FORMAT {
        return Err(format!(
            "the format is {format}, but this version supports {FORMAT}; a newer version may have written it"
        )
        .into());
    }
    Ok(match key {
        RecordKey::Settings => Record::Settings(Arc::new(parse::<settings::SettingsRow>(body)?.into_settings()?)),
        RecordKey::Structure => Record::Structure(Arc::new(parse::<structure::StructureRow>(body)?.into_structure())),
        RecordKey::Group(id) => Record::Group(Arc::new(parse::<group::GroupRow>(body)?.into_group(id))),
        RecordKey::Resource(id) => Record::Resource(Arc::new(parse::<resource::ResourceRow>(body)?.into_resource(id))),
        RecordKey::Profile(id) => Record::Profile(Arc::new(parse::<profile::ProfileRow>(body)?.into_profile(id)?)),
        RecordKey::User(id) => Record::User(Arc::new(parse::<user::UserRow>(body)?.into_user(id)?)),
        RecordKey::AccessKey(id) => {
            Record::AccessKey(Arc::new(parse::<access_key::AccessKeyRow>(body)?.into_access_key(id)))
        }
        RecordKey::Application(namespace) => {
            Record::Application(Arc::new(parse::<application::ApplicationRow>(body)?.into_application(namespace)))
        }
        RecordKey::ApplicationResource(namespace, id) => {
            let row = parse::<application::ApplicationResourceRow>(body)?;
            Record::ApplicationResource(Arc::new(row.into_resource(namespace, id)))
        }
        RecordKey::ApiToken(id) => {
            Record::ApiToken(Arc::new(parse::<api_token::ApiTokenRow>(body)?.into_api_token(id)?))
        }
        RecordKey::Login(login) => Record::Login(Arc::new(parse::<login::LoginRow>(body)?.into_history(login))),
        RecordKey::Finding(id) => Record::Finding(Arc::new(parse::<finding::FindingRow>(body)?.into_state(id))),
    })
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, UnreadableValue> {
    Ok(serde_json::from_slice(body)?)
}

/// Whether a value is absent or empty, and is therefore left out of the body.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn borrowed(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(Cow::Borrowed)
}

fn owned(text: Option<Cow<'_, str>>) -> Option<String> {
    text.map(Cow::into_owned)
}

#[cfg(test)]
pub(crate) mod tests;
