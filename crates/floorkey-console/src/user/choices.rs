//! The choices in the form of a user: profiles, routing profiles and hierarchy groups that the viewer can see.

use floorkey::{HierarchyGroupId, ResourceId};

use crate::users::offers::{self, Choices};
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// An option of a select box.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// Returns the security profiles, sorted by name.
pub(super) fn profiles(viewer: &CurrentUser, chosen: &[String]) -> Vec<Choice> {
    marked(offers::profiles(viewer), |id| chosen.iter().any(|chosen| chosen == id))
}

/// Returns the routing profiles, sorted by name. The selected one is included even if the viewer can't see its name.
pub(super) fn routing(viewer: &CurrentUser, chosen: &str) -> Vec<Choice> {
    let name = || ResourceId::parse(chosen).map(|id| text::resource(&viewer.visibility(), id));
    with(offers::routing(viewer), chosen, name)
}

/// Returns the hierarchy groups, sorted by path. The selected one is always included.
pub(super) fn groups(viewer: &CurrentUser, chosen: &str) -> Vec<Choice> {
    let path = || HierarchyGroupId::parse(chosen).map(|group| text::group(&viewer.visibility(), group));
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
