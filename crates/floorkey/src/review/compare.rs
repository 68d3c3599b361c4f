//! Two security profiles side by side.

use std::collections::BTreeSet;

use crate::catalogue::{Permission, catalogue};
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::scope::{Grants, Scope};

/// How two profiles differ. Old names are left out: the newer ones that they stand for say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Only the first grants these.
    pub only_first: PermissionSet,
    /// Only the second grants these.
    pub only_second: PermissionSet,
    /// Both grant these, though perhaps not as far.
    pub both: PermissionSet,
    /// Of those that both grant, the ones that don't reach the same, with how far each reaches.
    pub reach: Vec<ReachDifference>,
    /// Only the first takes these away.
    pub limits_only_first: PermissionSet,
    /// Only the second takes these away.
    pub limits_only_second: PermissionSet,
    /// Other applications' permissions (namespace and name) of the first alone.
    pub applications_only_first: BTreeSet<(String, String)>,
    /// Other applications' permissions of the second alone.
    pub applications_only_second: BTreeSet<(String, String)>,
}

/// A permission that two profiles grant, and not equally far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachDifference {
    /// The permission.
    pub permission: Permission,
    /// How far it reaches in the first; everywhere if `None`.
    pub first: Option<Scope>,
    /// How far it reaches in the second; everywhere if `None`.
    pub second: Option<Scope>,
}

impl Comparison {
    /// Whether holders of the one can do just what holders of the other can.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.only_first.is_empty()
            && self.only_second.is_empty()
            && self.reach.is_empty()
            && self.limits_only_first.is_empty()
            && self.limits_only_second.is_empty()
            && self.applications_only_first.is_empty()
            && self.applications_only_second.is_empty()
    }
}

/// Compares what two profiles grant.
#[must_use]
pub fn compare(first: &SecurityProfile, second: &SecurityProfile) -> Comparison {
    let old: PermissionSet = catalogue().legacy().iter().map(|(old, _)| *old).collect();
    let (first, second) = (Grants::of(first), Grants::of(second));
    let (has_first, has_second) = (first.anywhere().difference(&old), second.anywhere().difference(&old));
    let both = has_first.intersection(&has_second);
    let reach = both.iter().filter_map(|permission| {
        let (first, second) = (scope(&first, permission), scope(&second, permission));
        (first != second).then(|| ReachDifference { permission, first: first.cloned(), second: second.cloned() })
    });
    Comparison {
        only_first: has_first.difference(&has_second),
        only_second: has_second.difference(&has_first),
        both,
        reach: reach.collect(),
        limits_only_first: first.limits.difference(&second.limits),
        limits_only_second: second.limits.difference(&first.limits),
        applications_only_first: first
            .applications_in_words()
            .difference(&second.applications_in_words())
            .cloned()
            .collect(),
        applications_only_second: second
            .applications_in_words()
            .difference(&first.applications_in_words())
            .cloned()
            .collect(),
    }
}

/// How far one profile's grant reaches; everywhere if `None`.
fn scope(grants: &Grants, permission: Permission) -> Option<&Scope> {
    match grants.everywhere.contains(permission) {
        true => None,
        false => grants.within.iter().find(|(_, set)| set.contains(permission)).map(|(scope, _)| scope),
    }
}
