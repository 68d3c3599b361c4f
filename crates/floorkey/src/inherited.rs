//! Inherited permissions: a permission to work on one type of resource lists the names of other resources in
//! drop-downs.
//!
//! They are neither stored nor granted. They allow List and Search (id, ARN and name only), but not Describe or a page.

use crate::catalogue::{Inherited, catalogue};
use crate::permission_set::PermissionSet;

/// Returns the `View` permissions whose lists these permissions inherit. They may include permissions in `permissions`.
#[must_use]
pub fn lists(permissions: &PermissionSet) -> PermissionSet {
    sources(permissions).fold(PermissionSet::EMPTY, |all, source| all.union(&source.lists))
}

/// Iterates over the inheritance rules that apply to these permissions.
pub fn sources(permissions: &PermissionSet) -> impl Iterator<Item = &'static Inherited> {
    let permissions = *permissions;
    catalogue().inherited().iter().filter(move |source| !source.permissions.intersection(&permissions).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Permission;

    #[test]
    fn editing_users_lists_profiles_without_granting_their_permission() {
        let set = |name: &str| PermissionSet::from_iter([Permission::parse(name).unwrap()]);
        let inherited = lists(&set("Users.Edit"));
        assert!(set("SecurityProfiles.View").is_subset(&inherited));
        assert!(set("RoutingPolicies.View").is_subset(&inherited));
        assert!(
            !crate::closure::effective(&set("Users.Edit"))
                .contains(Permission::parse("SecurityProfiles.View").unwrap())
        );
    }
}
