//! Filters to choose from.

use floorkey::text::folded;
use floorkey::{ResourceType, Target, catalogue};

use super::super::viewer::Viewer;
use super::super::words;
use super::super::words::group_path as path;

/// Choices, each with the value it has in the address and the words for it.
pub(in crate::console) type Choices = Vec<(String, String)>;

/// What one can filter by.
pub(super) struct Offers {
    pub(super) profiles: Choices,
    /// By permission group.
    pub(super) permissions: Vec<(String, Choices)>,
    pub(super) groups: Choices,
    pub(super) routing: Choices,
}

/// What the viewer can filter by: names that they may read.
pub(super) fn offers(viewer: &Viewer) -> Offers {
    Offers { profiles: profiles(viewer), permissions: permissions(), groups: groups(viewer), routing: routing(viewer) }
}

/// The security profiles that the viewer may read the names of.
pub(in crate::console) fn profiles(viewer: &Viewer) -> Choices {
    let all = viewer.directory.profiles();
    let seen = all.filter(|profile| lists(viewer, ResourceType::SecurityProfile, &Target::Profile(profile.id)));
    seen.map(|profile| (profile.id.to_string(), profile.name.clone())).collect()
}

/// The routing profiles that the viewer may read the names of.
pub(in crate::console) fn routing(viewer: &Viewer) -> Choices {
    let all = viewer.directory.resources(ResourceType::RoutingProfile);
    let seen = all.filter(|routing| lists(viewer, ResourceType::RoutingProfile, &Target::Resource(routing.id)));
    seen.map(|routing| (routing.id.to_string(), routing.name.clone())).collect()
}

/// The groups of the hierarchy that the viewer may read the names of, with those above them.
pub(in crate::console) fn groups(viewer: &Viewer) -> Choices {
    let all = viewer.directory.groups();
    let seen = all.filter(|group| lists(viewer, ResourceType::HierarchyGroup, &Target::Group(group.id)));
    let mut groups: Choices = seen.map(|group| (group.id.to_string(), path(&viewer.directory, group.id))).collect();
    groups.sort_by_cached_key(|(_, path)| folded(path));
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

fn lists(viewer: &Viewer, resource_type: ResourceType, target: &Target<'_>) -> bool {
    floorkey::can_list(&viewer.directory, &viewer.principal(), resource_type, target, viewer.now)
}
