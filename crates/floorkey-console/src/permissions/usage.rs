//! Counts the users with each permission and the profiles with each permission. Only viewers who can see all users and
//! profiles see the counts.

use std::collections::HashMap;
use std::sync::Arc;

use floorkey::{Directory, Permission, SecurityProfile};

use crate::web::current_user::CurrentUser;
use crate::who_has_what::combinations::Combinations;

/// The usage counts, by permission.
pub(super) struct PermissionUsage {
    counts: HashMap<Permission, UsageCount>,
}

/// The number of users and the number of profiles with a permission or restriction.
#[derive(Clone, Copy, Default)]
pub(super) struct UsageCount {
    pub(super) users: usize,
    pub(super) profiles: usize,
}

impl PermissionUsage {
    /// Returns the counts if the viewer can see all users and profiles. Returns `None` for other viewers, because a
    /// partial count could be mistaken for the total.
    pub(super) fn for_viewer(viewer: &CurrentUser) -> Option<Self> {
        Self::is_known(viewer).then(|| Self::count(&viewer.directory, viewer))
    }

    /// Whether the viewer can see all users and profiles.
    pub(super) fn is_known(viewer: &CurrentUser) -> bool {
        let visibility = viewer.visibility();
        visibility.sees_all_permissions() && visibility.sees_all_assignments()
    }

    fn count(directory: &Directory, viewer: &CurrentUser) -> Self {
        let mut counts: HashMap<Permission, UsageCount> = HashMap::new();
        for combination in Combinations::from_directory(directory, viewer.now).combinations() {
            for permission in combination.permissions.union(&combination.grants.restrictions).iter() {
                counts.entry(permission).or_default().users += combination.users;
            }
        }
        for profile in directory.profiles() {
            for permission in floorkey::effective(profile.permissions.permissions()).iter() {
                counts.entry(permission).or_default().profiles += 1;
            }
        }
        Self { counts }
    }

    pub(super) fn get(&self, permission: Permission) -> UsageCount {
        self.counts.get(&permission).copied().unwrap_or_default()
    }
}

/// Returns the visible profiles that grant the permission. Resolves legacy permission names in the same way as access
/// decisions do.
pub(super) fn profiles<'a>(
    viewer: &'a CurrentUser,
    permission: Permission,
) -> impl Iterator<Item = &'a Arc<SecurityProfile>> + 'a {
    let grants = move |profile: &&Arc<SecurityProfile>| {
        floorkey::effective(profile.permissions.permissions()).contains(permission)
    };
    let visibility = viewer.visibility();
    let is_visible = move |profile: &&Arc<SecurityProfile>| visibility.profile(profile.id).shows_details();
    viewer.directory.profiles().filter(grants).filter(is_visible)
}
