//! Applications: programs outside Floorkey whose permissions profiles grant, and the things that they are about.

use std::collections::BTreeSet;

use crate::id::HierarchyGroupId;
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;
use crate::time::Timestamp;

/// An application that is registered in an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredApplication {
    /// Its name in requests and profiles, 1 to 128 characters; letter case counts.
    pub namespace: String,
    /// Its name for people; the namespace where it is empty.
    pub name: String,
    /// What it is, in a sentence.
    pub description: String,
    /// What one can be granted there, 1 to 500, each name once.
    pub permissions: Vec<ApplicationPermission>,
    /// When it last changed.
    pub modified: Timestamp,
}

/// A permission of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationPermission {
    /// Its name, unique in the application; letter case counts.
    pub name: String,
    /// What it lets one do, in a sentence.
    pub description: String,
    /// The application's permissions that come along with it.
    pub requires: BTreeSet<String>,
}

impl RegisteredApplication {
    /// The permission of that name.
    #[must_use]
    pub fn permission(&self, name: &str) -> Option<&ApplicationPermission> {
        self.permissions.iter().find(|permission| permission.name == name)
    }

    /// Everything that comes along with a permission, over all steps, itself left out unless it requires itself.
    #[must_use]
    pub fn required_by(&self, name: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut next: Vec<&str> = vec![name];
        while let Some(name) = next.pop() {
            for required in self.permission(name).into_iter().flat_map(|permission| &permission.requires) {
                if found.insert(required.as_str()) {
                    next.push(required);
                }
            }
        }
        found
    }
}

/// A thing of an application that Floorkey was told of. An application's other things need not be known: they are what
/// whoever asks says they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationResource {
    /// The application.
    pub namespace: String,
    /// Its id there, 1 to 256 characters.
    pub id: String,
    /// What conditions look at.
    pub attributes: Tags,
    /// When the attributes were set.
    pub attributes_set: SetRevisions,
    /// Where it stands in the hierarchy.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// When it last changed.
    pub modified: Timestamp,
}
