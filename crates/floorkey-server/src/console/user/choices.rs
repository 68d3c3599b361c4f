//! What can be chosen in the form of a user: profiles, routing profiles and groups that the viewer sees.

use floorkey::{Directory, HierarchyGroupId, ResourceType, Target, can_list};

use super::super::viewer::Viewer;

/// Something to choose.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// The groups from the first level down to this one: `Portugal / Lisbon`.
pub(super) fn path(directory: &Directory, group: HierarchyGroupId) -> String {
    let names: Vec<&str> = directory.group_path(group).into_iter().map(|group| group.name.as_str()).collect();
    names.join(" / ")
}

/// The security profiles, by name.
pub(super) fn profiles(viewer: &Viewer, chosen: &[String]) -> Vec<Choice> {
    let seen = viewer
        .directory
        .profiles()
        .filter(|profile| sees(viewer, ResourceType::SecurityProfile, &Target::Profile(profile.id)));
    seen.map(|profile| {
        let id = profile.id.to_string();
        Choice { chosen: chosen.contains(&id), id, text: profile.name.clone() }
    })
    .collect()
}

/// The routing profiles, by name. What is chosen stands among them even where the viewer doesn't see it.
pub(super) fn routing(viewer: &Viewer, chosen: &str) -> Vec<Choice> {
    let all = viewer.directory.resources(ResourceType::RoutingProfile).map(|resource| {
        let id = resource.id.to_string();
        let seen = id == chosen || sees(viewer, ResourceType::RoutingProfile, &Target::Resource(resource.id));
        seen.then(|| Choice { chosen: id == chosen, id, text: resource.name.clone() })
    });
    all.flatten().collect()
}

/// The groups of the hierarchy, in the order of their paths.
pub(super) fn groups(viewer: &Viewer, chosen: &str) -> Vec<Choice> {
    let all = viewer.directory.groups().filter_map(|group| {
        let id = group.id.to_string();
        let seen = id == chosen || sees(viewer, ResourceType::HierarchyGroup, &Target::Group(group.id));
        seen.then(|| Choice { chosen: id == chosen, id, text: path(&viewer.directory, group.id) })
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_cached_key(|choice| choice.text.to_lowercase());
    all
}

fn sees(viewer: &Viewer, kind: ResourceType, target: &Target<'_>) -> bool {
    can_list(&viewer.directory, &viewer.principal(), kind, target, viewer.now)
}
