//! Applications: external programs with permissions that profiles can grant, and their resources.

use std::collections::BTreeSet;

use crate::id::HierarchyGroupId;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

/// An application registered in an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredApplication {
    /// The name in requests and profiles, 1 to 128 characters; case-sensitive.
    pub namespace: String,
    /// The display name; if empty, the namespace is displayed.
    pub name: String,
    /// A one-sentence description.
    pub description: String,
    /// The permissions that can be granted, 1 to 500, with unique names.
    pub permissions: Vec<ApplicationPermission>,
    /// When the application last changed.
    pub modified: Timestamp,
}

/// A permission of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationPermission {
    /// The name, unique in the application; case-sensitive.
    pub name: String,
    /// A one-sentence description of what it allows.
    pub description: String,
    /// Permissions of the same application that are granted with it.
    pub requires: BTreeSet<String>,
}

impl RegisteredApplication {
    /// Returns the permission with the given name.
    #[must_use]
    pub fn permission(&self, name: &str) -> Option<&ApplicationPermission> {
        self.permissions.iter().find(|permission| permission.name == name)
    }

    /// Returns all permissions that a permission requires, directly or indirectly. The permission itself is included
    /// only if it requires itself.
    #[must_use]
    pub fn required_by(&self, name: &str) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let mut pending: Vec<&str> = vec![name];
        while let Some(name) = pending.pop() {
            for required in self.permission(name).into_iter().flat_map(|permission| &permission.requires) {
                if names.insert(required.as_str()) {
                    pending.push(required);
                }
            }
        }
        names
    }
}

/// A registered resource of an application. An application can also have resources that are not registered; their
/// attributes come from the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationResource {
    /// The namespace of the application.
    pub namespace: String,
    /// The id in the application, 1 to 256 characters.
    pub id: String,
    /// Attributes for conditions.
    pub attributes: Tags,
    /// When the attributes were set.
    pub attribute_revisions: ValueRevisions,
    /// The hierarchy group.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// When the resource last changed.
    pub modified: Timestamp,
}
