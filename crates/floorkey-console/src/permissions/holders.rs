//! The number of users and profiles with each permission, for viewers who can see all of them.

use std::collections::HashMap;
use std::sync::Arc;

use floorkey::{Directory, Permission, SecurityProfile};

use crate::web::current_user::CurrentUser;
use crate::who_has_what::holdings::Holdings;

/// The counts by permission.
pub(super) struct Holders {
    counts: HashMap<Permission, Count>,
}

/// The number of users and profiles with a permission or restriction.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) users: usize,
    pub(super) profiles: usize,
}

impl Holders {
    /// Counts for a viewer who can see all users and profiles. Returns `None` for others, because a partial count could
    /// be mistaken for the total.
    pub(super) fn of_all(viewer: &CurrentUser) -> Option<Self> {
        let visibility = viewer.visibility();
        let all = visibility.sees_all_permissions() && visibility.sees_all_assignments();
        all.then(|| Self::count(&viewer.directory, viewer))
    }

    fn count(directory: &Directory, viewer: &CurrentUser) -> Self {
        let mut counts: HashMap<Permission, Count> = HashMap::new();
        for held in Holdings::of_all(directory, viewer.now).sets() {
            for permission in held.permissions.union(&held.limits).iter() {
                counts.entry(permission).or_default().users += held.users;
            }
        }
        for profile in directory.profiles() {
            for permission in floorkey::effective(profile.permissions.permissions()).iter() {
                counts.entry(permission).or_default().profiles += 1;
            }
        }
        Self { counts }
    }

    pub(super) fn of(&self, permission: Permission) -> Count {
        self.counts.get(&permission).copied().unwrap_or_default()
    }
}

/// Returns the visible profiles that grant the permission, with legacy names resolved as in decisions.
pub(super) fn profiles<'a>(
    viewer: &'a CurrentUser,
    permission: Permission,
) -> impl Iterator<Item = &'a Arc<SecurityProfile>> + 'a {
    let gives = move |profile: &&Arc<SecurityProfile>| {
        floorkey::effective(profile.permissions.permissions()).contains(permission)
    };
    let visibility = viewer.visibility();
    let sees = move |profile: &&Arc<SecurityProfile>| visibility.profile(profile.id).shows_details();
    viewer.directory.profiles().filter(gives).filter(sees)
}
