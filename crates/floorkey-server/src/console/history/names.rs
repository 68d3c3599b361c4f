//! Names of the things that events are about. What is gone keeps the name it had, where the event tells it.

use floorkey::visibility::Viewer as Visible;
use floorkey::{Directory, Principal, RecordKey, Via};
use floorkey_store::{Kept, StoredEvent, StoredStep};

/// Something that an event is about: its name, and the page it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::console) struct Named {
    pub(in crate::console) name: String,
    pub(in crate::console) href: Option<String>,
}

impl Named {
    pub(super) fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), href: None }
    }
}

/// The thing as it is called now, or as the event last called it.
pub(super) fn named(directory: &Directory, visible: &Visible<'_>, event: &StoredEvent, key: &RecordKey) -> Named {
    let gone = |field: &str, kind: &str, id: &dyn std::fmt::Display| {
        let name = event.changes.iter().filter(|change| change.record == *key && change.field == field);
        let name = name.filter_map(|change| match &change.step {
            StoredStep::Value { after: Some(Kept::Value(name)), .. }
            | StoredStep::Value { before: Some(Kept::Value(name)), after: None } => Some(name.clone()),
            _ => None,
        });
        let mut name = name;
        Named::plain(match name.next_back() {
            Some(name) => format!("{name} (gone)"),
            None => format!("{kind} {id} (gone)"),
        })
    };
    match key {
        RecordKey::Settings => Named::plain("the instance"),
        RecordKey::Structure => Named::plain("the hierarchy"),
        RecordKey::Group(id) => match directory.group(*id) {
            Some(group) => Named::plain(visible.group_path(*id).unwrap_or_else(|| group.name.clone())),
            None => gone("name", "group", id),
        },
        RecordKey::Resource(id) => match directory.resource(*id) {
            Some(resource) => Named::plain(resource.name.clone()),
            None => gone("name", "resource", id),
        },
        RecordKey::Profile(id) => match directory.profile(*id) {
            Some(profile) => {
                Named { name: profile.name.clone(), href: Some(format!("/connect/security-profiles/{id}")) }
            }
            None => gone("name", "security profile", id),
        },
        RecordKey::User(id) => match directory.user(*id) {
            Some(user) => Named { name: user_name(user), href: Some(format!("/connect/users/{id}")) },
            None => gone("username", "user", id),
        },
        RecordKey::AccessKey(id) => Named::plain(format!("access key {id}")),
        RecordKey::Application(namespace) => Named::plain(namespace.clone()),
        RecordKey::ApplicationResource(namespace, id) => Named::plain(format!("{id} of {namespace}")),
        RecordKey::Login(login) => Named::plain(format!("login name {login}")),
        RecordKey::ApiToken(id) => match directory.api_token(*id) {
            Some(token) => Named::plain(token.label.clone()),
            None => gone("label", "API token", id),
        },
    }
}

/// A user's name, with the login name where it says more.
fn user_name(user: &floorkey::User) -> String {
    let name = user.display_name();
    if name == user.username { name } else { format!("{name} ({})", user.username) }
}

/// Who did it, and through what. A user outside the reader's scope is an administrator, whoever it is.
pub(super) fn actor(directory: &Directory, principal: &Principal, is_shown: bool) -> (Named, &'static str) {
    match principal {
        Principal::User { .. } if !is_shown => (Named::plain("An administrator"), "not shown"),
        Principal::Operator { .. } => (Named::plain("The operator"), "the operator's key"),
        Principal::System => (Named::plain("Floorkey"), "the server itself"),
        Principal::User { id, via } => {
            let named = match directory.user(*id) {
                Some(user) => Named { name: user_name(user), href: Some(format!("/connect/users/{id}")) },
                None => Named::plain(format!("user {id} (gone)")),
            };
            let through = match via {
                Via::AccessKey(_) => "an access key",
                Via::Session { .. } => "the console",
            };
            (named, through)
        }
    }
}
