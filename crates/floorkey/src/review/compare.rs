//! Comparison of two security profiles.

use std::collections::BTreeSet;

use crate::catalog::{Permission, catalog};
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::scope::{Grants, Scope};

/// The differences between two profiles. Legacy permissions are omitted, because their replacements are compared
/// instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Permissions granted by the first profile only.
    pub only_first: PermissionSet,
    /// Permissions granted by the second profile only.
    pub only_second: PermissionSet,
    /// Permissions granted by both profiles, possibly with different scopes.
    pub both: PermissionSet,
    /// The permissions that both profiles grant with different scopes.
    pub scope_differences: Vec<ScopeDifference>,
    /// Restrictions of the first profile only.
    pub restrictions_only_first: PermissionSet,
    /// Restrictions of the second profile only.
    pub restrictions_only_second: PermissionSet,
    /// Permissions in applications (namespace and name) that only the first profile grants.
    pub applications_only_first: BTreeSet<(String, String)>,
    /// Permissions in applications (namespace and name) that only the second profile grants.
    pub applications_only_second: BTreeSet<(String, String)>,
}

/// A permission that two profiles grant with different scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeDifference {
    /// The permission.
    pub permission: Permission,
    /// The scope in the first profile; `None` if the permission applies to all resources.
    pub first: Option<Scope>,
    /// The scope in the second profile; `None` if the permission applies to all resources.
    pub second: Option<Scope>,
}

impl Comparison {
    /// Whether both profiles give users the same access.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.only_first.is_empty()
            && self.only_second.is_empty()
            && self.scope_differences.is_empty()
            && self.restrictions_only_first.is_empty()
            && self.restrictions_only_second.is_empty()
            && self.applications_only_first.is_empty()
            && self.applications_only_second.is_empty()
    }
}

/// Compares the grants of two profiles.
#[must_use]
pub fn compare(first: &SecurityProfile, second: &SecurityProfile) -> Comparison {
    let legacy: PermissionSet = catalog().legacy().iter().map(|(legacy, _)| *legacy).collect();
    let (first, second) = (Grants::from_profile(first), Grants::from_profile(second));
    let (has_first, has_second) =
        (first.all_permissions().difference(&legacy), second.all_permissions().difference(&legacy));
    let both = has_first.intersection(&has_second);
    let scope_differences = both.iter().filter_map(|permission| {
        let (first, second) = (scope(&first, permission), scope(&second, permission));
        (first != second).then(|| ScopeDifference { permission, first: first.cloned(), second: second.cloned() })
    });
    Comparison {
        only_first: has_first.difference(&has_second),
        only_second: has_second.difference(&has_first),
        both,
        scope_differences: scope_differences.collect(),
        restrictions_only_first: first.restrictions.difference(&second.restrictions),
        restrictions_only_second: second.restrictions.difference(&first.restrictions),
        applications_only_first: first.application_labels().difference(&second.application_labels()).cloned().collect(),
        applications_only_second: second
            .application_labels()
            .difference(&first.application_labels())
            .cloned()
            .collect(),
    }
}

/// Returns the scope of a permission in the grants of one profile; `None` if the permission applies to all resources.
fn scope(grants: &Grants, permission: Permission) -> Option<&Scope> {
    match grants.unscoped.contains(permission) {
        true => None,
        false => grants.scoped.iter().find(|(_, set)| set.contains(permission)).map(|(scope, _)| scope),
    }
}
