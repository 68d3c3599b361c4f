//! Applications and their resources. Applications are external programs whose permissions can be granted by profiles.

use std::collections::BTreeSet;

use crate::id::HierarchyGroupId;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

/// An application registered in an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredApplication {
    /// The application's name in requests and profiles: 1 to 128 characters, case-sensitive.
    pub namespace: String,
    /// The application's display name. If it is empty, the namespace is displayed instead.
    pub name: String,
    /// A one-sentence description of the application.
    pub description: String,
    /// The application's permissions: 1 to 500, with unique names.
    pub permissions: Vec<ApplicationPermission>,
    /// When the registration last changed.
    pub modified: Timestamp,
}

/// A permission that an application defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationPermission {
    /// The permission's name, unique within the application and case-sensitive.
    pub name: String,
    /// A one-sentence description of what the permission allows.
    pub description: String,
    /// Permissions of the same application that are always granted together with this permission.
    pub requires: BTreeSet<String>,
}

impl RegisteredApplication {
    /// Returns the permission with the given name.
    #[must_use]
    pub fn permission(&self, name: &str) -> Option<&ApplicationPermission> {
        self.permissions.iter().find(|permission| permission.name == name)
    }

    /// Returns all permissions that the named permission requires, directly or indirectly. The result includes the
    /// named permission only if it requires itself.
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

/// A registered resource of an application. An application can also have unregistered resources, whose attributes are
/// supplied by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationResource {
    /// The application's namespace.
    pub namespace: String,
    /// The resource's id in the application: 1 to 256 characters.
    pub id: String,
    /// The resource's attributes, which conditions can refer to.
    pub attributes: Tags,
    /// The revision in which each attribute was set.
    pub attribute_revisions: ValueRevisions,
    /// The resource's hierarchy group.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// When the resource last changed.
    pub modified: Timestamp,
}
