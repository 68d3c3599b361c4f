//! What can be chosen in the form of a user: profiles, routing profiles and groups that the viewer sees.

use floorkey::{HierarchyGroupId, ResourceId};

use super::super::users::offers::{self, Choices};
use super::super::viewer::Viewer;
use super::super::words;

/// Something to choose.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// The security profiles, by name.
pub(super) fn profiles(viewer: &Viewer, chosen: &[String]) -> Vec<Choice> {
    marked(offers::profiles(viewer), |id| chosen.iter().any(|chosen| chosen == id))
}

/// The routing profiles, by name. What is chosen stands among them even where the
/// viewer doesn't see its name.
pub(super) fn routing(viewer: &Viewer, chosen: &str) -> Vec<Choice> {
    let name = || ResourceId::parse(chosen).map(|id| words::resource(&viewer.visibility(), id));
    with(offers::routing(viewer), chosen, name)
}

/// The groups of the hierarchy, in the order of their paths; the chosen one in any case.
pub(super) fn groups(viewer: &Viewer, chosen: &str) -> Vec<Choice> {
    let path = || HierarchyGroupId::parse(chosen).map(|group| words::group(&viewer.visibility(), group));
    with(offers::groups(viewer), chosen, path)
}

fn with(mut all: Choices, chosen: &str, name: impl Fn() -> Option<String>) -> Vec<Choice> {
    if !all.iter().any(|(id, _)| id == chosen)
        && let Some(name) = name()
    {
        all.push((chosen.to_owned(), name));
    }
    marked(all, |id| id == chosen)
}

fn marked(all: Choices, chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    all.into_iter().map(|(id, text)| Choice { chosen: chosen(&id), id, text }).collect()
}
