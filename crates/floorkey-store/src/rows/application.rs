//! The stored form of registered applications and their resources.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use floorkey::application::ApplicationPermission;
use floorkey::{ApplicationResource, HierarchyGroupId, RegisteredApplication, Timestamp};
use serde::{Deserialize, Serialize};

use super::set_revisions::SetRevisionsRow;
use super::{Id, is_default};

/// The separator between the namespace and the ID of a resource in the column `id`. Neither the namespace nor the ID
/// can contain this character.
const SEPARATOR: char = '\u{1f}';

/// Returns the value of the column `id` for a resource of an application.
pub(super) fn resource_id(namespace: &str, id: &str) -> String {
    format!("{namespace}{SEPARATOR}{id}")
}

/// Parses the value of the column `id` into a namespace and an ID.
pub(super) fn parse_resource_id(text: &str) -> Option<(String, String)> {
    text.split_once(SEPARATOR).map(|(namespace, id)| (namespace.to_owned(), id.to_owned()))
}

/// The body of a record of the kind `application`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationRow<'a> {
    #[serde(default, skip_serializing_if = "str::is_empty")]
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    permissions: Vec<PermissionRow<'a>>,
    modified: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionRow<'a> {
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_default")]
    requires: Cow<'a, BTreeSet<String>>,
}

impl<'a> ApplicationRow<'a> {
    pub(super) fn from_application(application: &'a RegisteredApplication) -> Self {
        let row = |permission: &'a ApplicationPermission| PermissionRow {
            name: Cow::Borrowed(&permission.name),
            description: Cow::Borrowed(&permission.description),
            requires: Cow::Borrowed(&permission.requires),
        };
        Self {
            name: Cow::Borrowed(&application.name),
            description: Cow::Borrowed(&application.description),
            permissions: application.permissions.iter().map(row).collect(),
            modified: application.modified.as_millis(),
        }
    }

    pub(super) fn into_application(self, namespace: String) -> RegisteredApplication {
        let permission = |row: PermissionRow<'_>| ApplicationPermission {
            name: row.name.into_owned(),
            description: row.description.into_owned(),
            requires: row.requires.into_owned(),
        };
        RegisteredApplication {
            namespace,
            name: self.name.into_owned(),
            description: self.description.into_owned(),
            permissions: self.permissions.into_iter().map(permission).collect(),
            modified: Timestamp::from_millis(self.modified),
        }
    }
}

/// The body of a record of the kind `application_resource`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationResourceRow<'a> {
    #[serde(default, skip_serializing_if = "is_default")]
    attributes: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    attributes_set: SetRevisionsRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<Id<HierarchyGroupId>>,
    modified: i64,
}

impl<'a> ApplicationResourceRow<'a> {
    pub(super) fn from_resource(resource: &'a ApplicationResource) -> Self {
        Self {
            attributes: Cow::Borrowed(&resource.attributes),
            attributes_set: SetRevisionsRow::from_revisions(&resource.attributes, &resource.attribute_revisions),
            hierarchy_group: resource.hierarchy_group.map(Id),
            modified: resource.modified.as_millis(),
        }
    }

    pub(super) fn into_resource(self, namespace: String, id: String) -> ApplicationResource {
        ApplicationResource {
            namespace,
            id,
            attribute_revisions: self.attributes_set.into_revisions(&self.attributes),
            attributes: self.attributes.into_owned(),
            hierarchy_group: self.hierarchy_group.map(|group| group.0),
            modified: Timestamp::from_millis(self.modified),
        }
    }
}
