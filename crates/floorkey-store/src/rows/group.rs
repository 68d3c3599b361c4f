//! The stored form of a hierarchy group.

use std::borrow::Cow;
use std::collections::BTreeMap;

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{HierarchyGroupId, Timestamp};
use serde::{Deserialize, Serialize};

use super::set_revisions::SetRevisionsRow;
use super::{Id, is_default};

/// The body of a record of the kind `group`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRow<'a> {
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<Id<HierarchyGroupId>>,
    /// The level of the group; 1 is the top level.
    level: u8,
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags_set: SetRevisionsRow,
    modified: i64,
}

impl<'a> GroupRow<'a> {
    pub(super) fn from_group(group: &'a HierarchyGroup) -> Self {
        Self {
            name: Cow::Borrowed(&group.name),
            parent: group.parent.map(Id),
            level: group.level,
            tags: Cow::Borrowed(&group.tags),
            tags_set: SetRevisionsRow::from_revisions(&group.tags, &group.tag_revisions),
            modified: group.modified.as_millis(),
        }
    }

    pub(super) fn into_group(self, id: HierarchyGroupId) -> HierarchyGroup {
        HierarchyGroup {
            id,
            name: self.name.into_owned(),
            parent: self.parent.map(|parent| parent.0),
            level: self.level,
            tag_revisions: self.tags_set.into_revisions(&self.tags),
            tags: self.tags.into_owned(),
            modified: Timestamp::from_millis(self.modified),
        }
    }
}
