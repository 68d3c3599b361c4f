//! Inherited permissions: users with a permission for one type of resource also see the names of other resources in
//! drop-downs.
//!
//! Inherited permissions are neither stored nor granted. They allow the List and Search operations (id, ARN and name
//! only), but not the Describe operations or pages.

use crate::catalog::{InheritanceRule, catalog};
use crate::permission_set::PermissionSet;

/// Returns the `View` permissions whose lists users with these permissions can see. They may include permissions in
/// `permissions`.
#[must_use]
pub fn inherited_views(permissions: &PermissionSet) -> PermissionSet {
    inheritance_rules(permissions).fold(PermissionSet::EMPTY, |all, source| all.union(&source.views))
}

/// Iterates over the inheritance rules that apply to these permissions.
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
