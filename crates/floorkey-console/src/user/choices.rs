//! The choices in the user form: the security profiles, routing profiles and hierarchy groups that the viewer can see.

use floorkey::{HierarchyGroupId, ResourceId};

use crate::users::filter_options::{self, Choices};
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// An option of a select box.
pub(super) struct FormChoice {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// Returns the security profiles, sorted by name.
pub(super) fn profiles(viewer: &CurrentUser, chosen: &[String]) -> Vec<FormChoice> {
    to_choices(filter_options::profiles(viewer), |id| chosen.iter().any(|chosen| chosen == id))
}

/// Returns the routing profiles, sorted by name. The selected routing profile is included even if the viewer can't see
/// its name.
pub(super) fn routing(viewer: &CurrentUser, chosen: &str) -> Vec<FormChoice> {
    let name = || ResourceId::parse(chosen).map(|id| text::resource(&viewer.visibility(), id));
    including_selected(filter_options::routing(viewer), chosen, name)
}

/// Returns the hierarchy groups, sorted by path. The selected group is always included.
pub(super) fn groups(viewer: &CurrentUser, chosen: &str) -> Vec<FormChoice> {
    let path = || HierarchyGroupId::parse(chosen).map(|group| text::group(&viewer.visibility(), group));
    including_selected(filter_options::groups(viewer), chosen, path)
}

fn including_selected(mut all: Choices, chosen: &str, name: impl Fn() -> Option<String>) -> Vec<FormChoice> {
    if !all.iter().any(|(id, _)| id == chosen)
        && let Some(name) = name()
    {
        all.push((chosen.to_owned(), name));
    }
    to_choices(all, |id| id == chosen)
}

fn to_choices(all: Choices, chosen: impl Fn(&str) -> bool) -> Vec<FormChoice> {
    all.into_iter().map(|(id, text)| FormChoice { chosen: chosen(&id), id, text }).collect()
}
