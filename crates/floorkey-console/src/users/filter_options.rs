//! The records that the viewer can choose from.

use floorkey::hierarchy::HierarchyGroup;
use floorkey::text::folded;
use floorkey::{HierarchyGroupId, ResourceId, ResourceType};

use crate::web::current_user::CurrentUser;
use crate::web::text;

/// Options of a form, each with its value and its label.
pub(crate) type Choices = Vec<(String, String)>;

/// Returns the security profiles whose names the viewer can see.
pub(crate) fn profiles(viewer: &CurrentUser) -> Choices {
    let visibility = viewer.visibility();
    let visible = viewer.directory.profiles().filter(|profile| visibility.profile(profile.id).shows_name());
    visible.map(|profile| (profile.id.to_string(), profile.name.clone())).collect()
}

/// Returns the routing profiles whose names the viewer can see.
pub(crate) fn routing(viewer: &CurrentUser) -> Choices {
    let visibility = viewer.visibility();
    let all = viewer.directory.resources(ResourceType::RoutingProfile);
    let visible = all.filter(|routing| visibility.resource(routing.id).shows_name());
    visible.map(|routing| (routing.id.to_string(), routing.name.clone())).collect()
}

/// Returns the hierarchy groups whose names the viewer can see. Each group is labeled with its path.
pub(crate) fn groups(viewer: &CurrentUser) -> Choices {
    let visibility = viewer.visibility();
    let visible = viewer.directory.groups().filter(|group| visibility.group(group.id).shows_name());
    let mut groups: Choices = visible.map(|group| (group.id.to_string(), path(viewer, group))).collect();
    // Sorts by each level of the path, so that a group comes before its child groups.
    groups.sort_by_cached_key(|(_, path)| path.split(" / ").map(folded).collect::<Vec<_>>());
    groups
}

/// Returns the records that can be chosen for a field. Includes the selected record even if the viewer can't see its
/// name.
pub(crate) fn record_choices(viewer: &CurrentUser, id: &str, selected: &str) -> Choices {
    let visibility = viewer.visibility();
    let (mut choices, name) = match id {
        "routing_profile" => (routing(viewer), ResourceId::parse(selected).map(|id| text::resource(&visibility, id))),
        "hierarchy_group" => (groups(viewer), HierarchyGroupId::parse(selected).map(|id| text::group(&visibility, id))),
        _ => return Choices::new(),
    };
    if !choices.iter().any(|(id, _)| id == selected) {
        choices.extend(name.map(|name| (selected.to_owned(), name)));
    }
    choices
}

/// Returns the path of a group. If the viewer can't see all groups above this group, returns only the group's name.
fn path(viewer: &CurrentUser, group: &HierarchyGroup) -> String {
    viewer.visibility().group_path(group.id).unwrap_or_else(|| group.name.clone())
}
