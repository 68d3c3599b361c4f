//! Which security profiles would grant a missing permission, as far as the viewer may know what profiles grant.

use floorkey::PermissionSet;

use super::viewer::Viewer;

/// Security profiles that grant what a refusal asks for.
pub(super) struct Granting<'a> {
    /// Their names, of those whose permissions the viewer may see.
    pub(super) names: Vec<&'a str>,
    /// Whether these are all that exist: the viewer sees every security profile.
    pub(super) complete: bool,
}

/// The security profiles that grant all of the first set; any of the second one where the first is empty.
pub(super) fn granting<'a>(viewer: &'a Viewer, all_of: &PermissionSet, any_of: &PermissionSet) -> Granting<'a> {
    let visibility = viewer.visibility();
    let grants = |granted: &PermissionSet| match all_of.is_empty() {
        true => !any_of.intersection(granted).is_empty(),
        false => all_of.is_subset(granted),
    };
    let helps = viewer.directory.profiles().filter(|profile| grants(profile.permissions.permissions()));
    let shown = helps.filter(|profile| visibility.profile(profile.id).shows_details());
    Granting { names: shown.map(|profile| profile.name.as_str()).collect(), complete: visibility.sees_all_profiles() }
}
