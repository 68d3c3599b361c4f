//! Finds the security profiles that grant a missing permission. Leaves out profiles whose permissions the viewer cannot
//! see, and profiles that no user has.

use floorkey::review::why_not::ProfileSuggestion;
use floorkey::{PermissionSet, catalog};

use super::current_user::CurrentUser;
use super::suggestions::has_users;

/// The security profiles that grant the permissions that a refusal names.
pub(crate) struct GrantingProfiles<'a> {
    /// The names of the profiles. The profiles that add the least risk come first, and among these the profiles
    /// that add the fewest permissions.
    pub(crate) names: Vec<&'a str>,
    /// Whether the viewer can see all security profiles and all users, so that no other profile is in use that grants
    /// the permissions.
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
    let own = viewer.directory.grants_at(&viewer.user, viewer.now);
    let named = if all_of.is_empty() { any_of } else { all_of };
    let requested = named.iter().fold(*named, |all, one| all.union(&catalog().requires(one)));
    let ranked = visible.filter_map(|profile| {
        let suggestion = ProfileSuggestion::new(&viewer.directory, &own, profile.id, &requested)?;
        Some((suggestion.rank(), profile))
    });
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let used = ranked.into_iter().filter(|(_, profile)| has_users(viewer, profile.id));
    GrantingProfiles {
        names: used.map(|(_, profile)| profile.name.as_str()).collect(),
        complete: visibility.sees_all_profiles() && visibility.sees_all_users(),
    }
}
