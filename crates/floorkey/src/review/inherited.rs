//! Inherited permissions: whoever works on one thing sees the names of others in drop-downs.
//!
//! They are not stored and not granted: they answer List and Search (id, ARN and name only), never Describe or a page.

use crate::catalogue::{Inherited, catalogue};
use crate::permission_set::PermissionSet;

/// The `View` permissions whose lists come along with what is held, held ones included.
#[must_use]
pub fn lists(held: &PermissionSet) -> PermissionSet {
    sources(held).fold(PermissionSet::EMPTY, |all, source| all.union(&source.lists))
}

/// What brings lists along, of all that is held.
pub fn sources(held: &PermissionSet) -> impl Iterator<Item = &'static Inherited> {
    let held = *held;
    catalogue().inherited().iter().filter(move |source| !source.permissions.intersection(&held).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Permission;

    #[test]
    fn editing_users_lists_profiles_without_granting_their_permission() {
        let set = |name: &str| PermissionSet::from_iter([Permission::parse(name).unwrap()]);
        let lists = lists(&set("Users.Edit"));
        assert!(set("SecurityProfiles.View").is_subset(&lists));
        assert!(set("RoutingPolicies.View").is_subset(&lists));
        assert!(
            !crate::closure::effective(&set("Users.Edit"))
                .contains(Permission::parse("SecurityProfiles.View").unwrap())
        );
    }
}
