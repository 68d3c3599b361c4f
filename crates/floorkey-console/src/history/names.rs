//! Names of the records in events. For a deleted record, the name comes from the event, if the event contains a name.

use floorkey::visibility::Viewer;
use floorkey::{Authentication, Directory, Principal, RecordKey};
use floorkey_store::{StoredFieldChange, StoredValue, StoredValueChange};

use crate::web::text;
use floorkey_service::event_types::Named;

/// The name of the operator in tables.
pub(super) const OPERATOR: &str = "Operator";

/// The name, in tables, of the person who failed to sign in.
pub(super) const UNKNOWN_USER: &str = "Unknown user";

/// Returns the current name of a record. For a deleted record, returns the last name in the event's `names`.
pub(super) fn record_link(
    directory: &Directory,
    visible: &Viewer<'_>,
    names: &[StoredFieldChange],
    key: &RecordKey,
) -> Named {
    let deleted = |field: &str, id: &dyn std::fmt::Display| {
        let name = names.iter().filter(|change| change.record == *key && change.field == field);
        let name = name.filter_map(|change| match &change.change {
            StoredValueChange::Value { after: Some(StoredValue::Value(name)), .. }
            | StoredValueChange::Value { before: Some(StoredValue::Value(name)), after: None } => Some(name.clone()),
            _ => None,
        });
        let mut name = name;
        Named::plain(match name.next_back() {
            Some(name) => format!("{name} (deleted)"),
            None => format!("{id} (deleted)"),
        })
    };
    match key {
        RecordKey::Settings => Named::plain("the instance"),
        RecordKey::Structure => Named::plain("the hierarchy"),
        RecordKey::Group(id) => match directory.group(*id) {
            Some(group) => Named::plain(visible.group_path(*id).unwrap_or_else(|| group.name.clone())),
            None => deleted("name", id),
        },
        RecordKey::Resource(id) => match directory.resource(*id) {
            Some(resource) => Named::plain(resource.name.clone()),
            None => deleted("name", id),
        },
        RecordKey::Profile(id) => match directory.profile(*id) {
            Some(profile) => {
                Named { name: profile.name.clone(), href: Some(format!("/connect/security-profiles/{id}")) }
            }
            None => deleted("name", id),
        },
        RecordKey::User(id) => match directory.user(*id) {
            Some(user) => Named { name: text::user(user), href: Some(format!("/connect/users/{id}")) },
            None => deleted("username", id),
        },
        RecordKey::AccessKey(id) => Named::plain(id.to_string()),
        RecordKey::Application(namespace) => Named::plain(application_name(directory, namespace)),
        RecordKey::ApplicationResource(_, id) => Named::plain(id.clone()),
        RecordKey::Login(login) => Named::plain(login.clone()),
        RecordKey::Finding(id) => Named { name: id.title().to_owned(), href: Some(format!("/connect/findings/{id}")) },
        RecordKey::ApiToken(id) => match directory.api_token(*id) {
            Some(token) => Named::plain(token.label.clone()),
            None => deleted("label", id),
        },
    }
}

/// Returns an application's display name, or its namespace if there is no display name.
fn application_name(directory: &Directory, namespace: &str) -> String {
    let application = directory.application(namespace).filter(|application| !application.name.is_empty());
    application.map_or_else(|| namespace.to_owned(), |application| application.name.clone())
}

/// Returns the actor, and how the actor connected. An actor outside the viewer's scope is called "An administrator".
pub(super) fn actor(directory: &Directory, principal: &Principal, is_shown: bool) -> (Named, &'static str) {
    match principal {
        Principal::User { .. } if !is_shown => (Named::plain("An administrator"), "not shown"),
        Principal::Operator { .. } => (Named::plain(OPERATOR), "the operator's key"),
        Principal::System => (Named::plain("System"), "the server itself"),
        Principal::User { id, authentication: via } => {
            let link = match directory.user(*id) {
                Some(user) => Named { name: text::user(user), href: Some(format!("/connect/users/{id}")) },
                None => Named::plain(format!("{id} (deleted)")),
            };
            let through = match via {
                Authentication::AccessKey(_) => "an access key",
                Authentication::Session { .. } => "the console",
            };
            (link, through)
        }
    }
}
