//! Inherited permissions: users with a permission for one type of resource also see the names of other resources in
//! drop-down lists.
//!
//! Inherited permissions are neither stored nor granted. They allow the List and Search operations, which return only
//! IDs, ARNs and names. They do not allow the Describe operations or access to pages.

use crate::catalog::{InheritanceRule, catalog};
use crate::permission_set::PermissionSet;

/// Returns the `View` permissions that are inherited for lists by users with the given permissions. The result may
/// include permissions that the users also have directly.
#[must_use]
pub fn inherited_views(permissions: &PermissionSet) -> PermissionSet {
    inheritance_rules(permissions).fold(PermissionSet::EMPTY, |all, source| all.union(&source.views))
}

/// Iterates over the inheritance rules that apply to the given permissions.
pub fn inheritance_rules(permissions: &PermissionSet) -> impl Iterator<Item = &'static InheritanceRule> {
    let permissions = *permissions;
    catalog().inherited().iter().filter(move |source| !source.permissions.intersection(&permissions).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Permission;

    #[test]
    fn editing_users_lists_profiles_without_granting_their_permission() {
        let set = |name: &str| PermissionSet::from_iter([Permission::parse(name).unwrap()]);
        let inherited = inherited_views(&set("Users.Edit"));
        assert!(set("SecurityProfiles.View").is_subset(&inherited));
        assert!(set("RoutingPolicies.View").is_subset(&inherited));
        assert!(
            !crate::closure::effective(&set("Users.Edit"))
                .contains(Permission::parse("SecurityProfiles.View").unwrap())
        );
    }
}
