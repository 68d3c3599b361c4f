//! The agent hierarchy: up to five named levels, and a tree of groups.

use crate::id::{HierarchyGroupId, HierarchyLevelId};
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

/// The levels of the hierarchy, starting with the top level. Every directory has this record, even if there are no
/// levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HierarchyStructure {
    /// The levels; at most five.
    pub levels: Vec<HierarchyLevel>,
}

/// A level of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HierarchyLevel {
    /// The ID, which doesn't change when the level is renamed.
    pub id: HierarchyLevelId,
    /// The name, 1 to 50 characters.
    pub name: String,
    /// When the level last changed.
    pub modified: Timestamp,
}

/// A hierarchy group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HierarchyGroup {
    /// The ID of the group.
    pub id: HierarchyGroupId,
    /// The name, unique among the children of a parent.
    pub name: String,
    /// The parent group; `None` at the top level.
    pub parent: Option<HierarchyGroupId>,
    /// The level, 1 to 5.
    pub level: u8,
    /// The tags on the group.
    pub tags: Tags,
    /// The revisions in which the tags were set.
    pub tag_revisions: ValueRevisions,
    /// When the group last changed.
    pub modified: Timestamp,
}
