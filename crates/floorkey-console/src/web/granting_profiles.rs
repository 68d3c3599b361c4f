//! Finds the security profiles that grant a missing permission. Leaves out profiles whose permissions the viewer cannot
//! see.

use floorkey::PermissionSet;

use super::current_user::CurrentUser;

/// The security profiles that grant the permissions that a refusal names.
pub(crate) struct GrantingProfiles<'a> {
    /// The names of the profiles whose permissions the viewer can see.
    pub(crate) names: Vec<&'a str>,
    /// Whether the list is complete, because the viewer can see all security profiles.
    pub(crate) complete: bool,
}

/// Finds the profiles that grant all permissions in `all_of`. If `all_of` is empty, finds the profiles that grant at
/// least one permission in `any_of`.
pub(crate) fn granting_profiles<'a>(
    viewer: &'a CurrentUser,
    all_of: &PermissionSet,
    any_of: &PermissionSet,
) -> GrantingProfiles<'a> {
    let visibility = viewer.visibility();
    let grants = |granted: &PermissionSet| match all_of.is_empty() {
        true => !any_of.intersection(granted).is_empty(),
        false => all_of.is_subset(granted),
    };
    let granting = viewer.directory.profiles().filter(|profile| grants(profile.permissions.permissions()));
    let visible = granting.filter(|profile| visibility.profile(profile.id).shows_details());
    GrantingProfiles {
        names: visible.map(|profile| profile.name.as_str()).collect(),
        complete: visibility.sees_all_profiles(),
    }
}
