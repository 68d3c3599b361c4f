//! Filters to choose from.

use floorkey::hierarchy::HierarchyGroup;
use floorkey::text::folded;
use floorkey::{ResourceType, catalogue};

use super::super::viewer::Viewer;
use super::super::words;

/// Choices, each with the value it has in the address and the words for it.
pub(in crate::console) type Choices = Vec<(String, String)>;

/// What one can filter by.
pub(super) struct Offers {
    pub(super) profiles: Choices,
    /// By permission group; none where the viewer can't filter by them.
    pub(super) permissions: Vec<(String, Choices)>,
    pub(super) groups: Choices,
    pub(super) routing: Choices,
}

/// What the viewer can filter by: names that they may read.
pub(super) fn offers(viewer: &Viewer) -> Offers {
    // Who has a permission is told of users whose effective permissions are shown: to nobody who sees no profiles.
    let permissions = if viewer.sees_profiles() { permissions() } else { Vec::new() };
    Offers { profiles: profiles(viewer), permissions, groups: groups(viewer), routing: routing(viewer) }
}

/// The security profiles that the viewer may read the names of.
pub(in crate::console) fn profiles(viewer: &Viewer) -> Choices {
    let visibility = viewer.visibility();
    let seen = viewer.directory.profiles().filter(|profile| visibility.profile(profile.id).shows_name());
    seen.map(|profile| (profile.id.to_string(), profile.name.clone())).collect()
}

/// The routing profiles that the viewer may read the names of.
pub(in crate::console) fn routing(viewer: &Viewer) -> Choices {
    let visibility = viewer.visibility();
    let all = viewer.directory.resources(ResourceType::RoutingProfile);
    let seen = all.filter(|routing| visibility.resource(routing.id).shows_name());
    seen.map(|routing| (routing.id.to_string(), routing.name.clone())).collect()
}

/// The groups of the hierarchy that the viewer may read the names of, with those above them.
pub(in crate::console) fn groups(viewer: &Viewer) -> Choices {
    let visibility = viewer.visibility();
    let seen = viewer.directory.groups().filter(|group| visibility.group(group.id).shows_name());
    let mut groups: Choices = seen.map(|group| (group.id.to_string(), path(viewer, group))).collect();
    // Level by level, so that a group stands before those below it.
    groups.sort_by_cached_key(|(_, path)| path.split(" / ").map(folded).collect::<Vec<_>>());
    groups
}

fn permissions() -> Vec<(String, Choices)> {
    let catalogue = catalogue();
    let of = |group: &str| {
        let all = catalogue.permissions().filter(|permission| permission.info().group == group);
        all.map(|permission| (permission.name().to_owned(), words::permission(permission))).collect()
    };
    catalogue.groups().into_iter().map(|group| (group.to_owned(), of(group))).collect()
}

/// A group with those above it; alone where one of those may not be shown.
fn path(viewer: &Viewer, group: &HierarchyGroup) -> String {
    viewer.visibility().group_path(group.id).unwrap_or_else(|| group.name.clone())
}
