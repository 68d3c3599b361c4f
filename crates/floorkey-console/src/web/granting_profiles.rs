//! Finds the security profiles that grant a missing permission, as far as the viewer can see their permissions.

use floorkey::PermissionSet;

use super::current_user::CurrentUser;

/// Security profiles that grant the permissions named by a refusal.
pub(crate) struct GrantingProfiles<'a> {
    /// The names of the profiles whose permissions the viewer can see.
    pub(crate) names: Vec<&'a str>,
    /// Whether the list is complete: the viewer can see every security profile.
    pub(crate) complete: bool,
}

/// Finds the profiles that grant all permissions in `all_of` or, if that is empty, any permission in `any_of`.
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
