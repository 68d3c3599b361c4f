//! The stored form of the hierarchy's levels.

use std::borrow::Cow;

use floorkey::hierarchy::{HierarchyLevel, HierarchyStructure};
use floorkey::{HierarchyLevelId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Id, is_default};

/// The body of the record of the kind `structure`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StructureRow<'a> {
    /// The levels of the hierarchy, top level first.
    #[serde(default, skip_serializing_if = "is_default")]
    levels: Vec<LevelRow<'a>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelRow<'a> {
    id: Id<HierarchyLevelId>,
    name: Cow<'a, str>,
    modified: i64,
}

impl<'a> StructureRow<'a> {
    pub(super) fn from_structure(structure: &'a HierarchyStructure) -> Self {
        let row = |level: &'a HierarchyLevel| LevelRow {
            id: Id(level.id),
            name: Cow::Borrowed(&level.name),
            modified: level.modified.as_millis(),
        };
        Self { levels: structure.levels.iter().map(row).collect() }
    }

    pub(super) fn into_structure(self) -> HierarchyStructure {
        let level = |row: LevelRow<'_>| HierarchyLevel {
            id: row.id.0,
            name: row.name.into_owned(),
            modified: Timestamp::from_millis(row.modified),
        };
        HierarchyStructure { levels: self.levels.into_iter().map(level).collect() }
    }
}
