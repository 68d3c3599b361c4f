//! Hierarchy groups in the directory: lookup by name and position, and user counts.

use std::sync::Arc;

use super::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::HierarchyGroupId;
use crate::limits;
use crate::text::{folded, folded_if_short};

impl Directory {
    /// Returns the hierarchy group with the given ID.
    #[must_use]
    pub fn group(&self, id: HierarchyGroupId) -> Option<&Arc<HierarchyGroup>> {
        self.groups.get(&id)
    }

    /// Returns the group with the given name and parent. Names are compared in their folded form.
    #[must_use]
    pub fn group_by_name(&self, parent: Option<HierarchyGroupId>, name: &str) -> Option<&Arc<HierarchyGroup>> {
        let name = folded_if_short(name, limits::HIERARCHY_NAME_CHARS_MAX)?;
        self.group(*self.group_names.get(&(parent, name.into_owned()))?)
    }

    /// Iterates over all groups, sorted by folded name and then by ID.
    pub fn groups(&self) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        let mut groups: Vec<_> = self.groups.values().map(|group| (folded(&group.name), group)).collect();
        groups.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.id.cmp(&y.id)));
        groups.into_iter().map(|(_, group)| group)
    }

    /// Returns the number of groups.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// Iterates over the direct children of the group, sorted by folded name.
    pub fn child_groups(&self, parent: HierarchyGroupId) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        self.group_names
            .range((Some(parent), String::new())..)
            .take_while(move |((above, _), _)| *above == Some(parent))
            .filter_map(|(_, id)| self.group(*id))
    }

    /// Returns the number of users in the group. Users in groups below the group are not counted.
    #[must_use]
    pub fn group_user_count(&self, id: HierarchyGroupId) -> usize {
        self.group_users.get(&id).map_or(0, |count| *count as usize)
    }

    /// Returns the group and its ancestors, starting with the ancestor at the top level.
    #[must_use]
    pub fn group_path(&self, id: HierarchyGroupId) -> Vec<&Arc<HierarchyGroup>> {
        let mut path: Vec<_> = self.group_and_above(id).collect();
        path.reverse();
        path
    }

    /// Whether the group is `top` or a descendant of `top`.
    #[must_use]
    pub fn is_within(&self, group: HierarchyGroupId, top: HierarchyGroupId) -> bool {
        self.group_and_above(group).any(|group| group.id == top)
    }

    pub(crate) fn group_and_above(&self, id: HierarchyGroupId) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        std::iter::successors(self.group(id), |group| self.group(group.parent?)).take(limits::HIERARCHY_LEVELS_MAX)
    }
}
