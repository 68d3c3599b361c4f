//! Groups of the hierarchy: by name, by place, and who stands in them.

use std::sync::Arc;

use super::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::HierarchyGroupId;
use crate::limits;
use crate::text::{folded, folded_within};

impl Directory {
    /// A group of the hierarchy.
    #[must_use]
    pub fn group(&self, id: HierarchyGroupId) -> Option<&Arc<HierarchyGroup>> {
        self.groups.get(&id)
    }

    /// The group of that name under the parent.
    #[must_use]
    pub fn group_by_name(&self, parent: Option<HierarchyGroupId>, name: &str) -> Option<&Arc<HierarchyGroup>> {
        let name = folded_within(name, limits::HIERARCHY_NAME_CHARS_MAX)?;
        self.group(*self.group_names.get(&(parent, name.into_owned()))?)
    }

    /// All groups, by name; those of the same name by id.
    pub fn groups(&self) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        let mut groups: Vec<_> = self.groups.values().map(|group| (folded(&group.name), group)).collect();
        groups.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.id.cmp(&y.id)));
        groups.into_iter().map(|(_, group)| group)
    }

    /// How many groups there are.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// The groups right under the parent, by name.
    pub fn child_groups(&self, parent: HierarchyGroupId) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        self.group_names
            .range((Some(parent), String::new())..)
            .take_while(move |((above, _), _)| *above == Some(parent))
            .filter_map(|(_, id)| self.group(*id))
    }

    /// How many users stand in exactly this group.
    #[must_use]
    pub fn group_user_count(&self, id: HierarchyGroupId) -> usize {
        self.group_users.get(&id).map_or(0, |count| *count as usize)
    }

    /// The group and those above it, from the first level down.
    #[must_use]
    pub fn group_path(&self, id: HierarchyGroupId) -> Vec<&Arc<HierarchyGroup>> {
        let mut path: Vec<_> = self.group_and_above(id).collect();
        path.reverse();
        path
    }

    /// Whether the group is the top one or stands below it.
    #[must_use]
    pub fn is_within(&self, group: HierarchyGroupId, top: HierarchyGroupId) -> bool {
        self.group_and_above(group).any(|group| group.id == top)
    }

    pub(crate) fn group_and_above(&self, id: HierarchyGroupId) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        std::iter::successors(self.group(id), |group| self.group(group.parent?)).take(limits::HIERARCHY_LEVELS_MAX)
    }
}
