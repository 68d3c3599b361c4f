//! The agent hierarchy: up to five named levels, and groups in a tree.

use crate::id::{HierarchyGroupId, HierarchyLevelId};
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;
use crate::time::Timestamp;

/// The levels of the hierarchy, topmost first; always there, maybe empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HierarchyStructure {
    /// At most five.
    pub levels: Vec<HierarchyLevel>,
}

/// A level of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HierarchyLevel {
    /// Its id, kept when it is renamed.
    pub id: HierarchyLevelId,
    /// Its name, 1 to 50 characters.
    pub name: String,
    /// When it last changed.
    pub modified: Timestamp,
}

/// A group of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HierarchyGroup {
    /// Its id.
    pub id: HierarchyGroupId,
    /// Its name, unique among the groups of one parent.
    pub name: String,
    /// The group above; `None` on the first level.
    pub parent: Option<HierarchyGroupId>,
    /// Its level, 1 to 5.
    pub level: u8,
    /// Tags on the group.
    pub tags: Tags,
    /// When the tags were set.
    pub tags_set: SetRevisions,
    /// When it last changed.
    pub modified: Timestamp,
}
