//! Dependencies between permissions. A profile that grants a permission also grants all permissions that the granted
//! permission requires.

use crate::catalog::{Permission, catalog};
use crate::permission_set::PermissionSet;

/// A set of permissions that includes all permissions that its members require.
///
/// Only [`with_requirements`] creates closed sets, so a profile cannot be stored without the required permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClosedSet(PermissionSet);

impl ClosedSet {
    /// Returns all permissions in the set, including both selected and required permissions.
    #[must_use]
    pub fn permissions(&self) -> &PermissionSet {
        &self.0
    }

    /// Returns the members that directly require the permission. If the permission was not selected, these members are
    /// the reason why it is in the set. The result is empty if no member requires the permission.
    #[must_use]
    pub fn required_by(&self, permission: Permission) -> PermissionSet {
        let catalog = catalog();
        self.0
            .iter()
            .filter(|member| {
                catalog.direct_requirements.get(member.index()).is_some_and(|requires| requires.contains(permission))
            })
            .collect()
    }
}

/// Returns the chosen permissions and all permissions that they require.
///
/// ```
/// use floorkey::{Permission, PermissionSet, with_requirements};
/// let edit = Permission::parse("Users.Edit")?;
/// let view = Permission::parse("Users.View")?;
/// let closed = with_requirements(&PermissionSet::from_iter([edit]));
/// assert!(closed.permissions().contains(view));
/// assert!(closed.required_by(view).contains(edit));
/// # Ok::<(), floorkey::UnknownPermission>(())
/// ```
#[must_use]
pub fn with_requirements(chosen: &PermissionSet) -> ClosedSet {
    let catalog = catalog();
    ClosedSet(chosen.iter().fold(*chosen, |closed, permission| closed.union(&catalog.requires(permission))))
}

/// Returns the permissions that decisions evaluate for a closed set. A legacy permission implies the permissions that
/// replaced it. The result contains the legacy permission if and only if it contains all of these replacements.
#[must_use]
pub fn effective(permissions: &PermissionSet) -> PermissionSet {
    let catalog = catalog();
    let mut set = *permissions;
    for (legacy, newer) in catalog.legacy() {
        if permissions.contains(*legacy) {
            set = set.union(with_requirements(newer).permissions());
        }
    }
    for (legacy, newer) in catalog.legacy() {
        if newer.is_subset(&set) {
            set.insert(*legacy);
        }
    }
    set
}

/// A permission requires itself, directly or indirectly.
#[derive(Debug)]
pub(crate) struct CyclicRequirement(pub(crate) Permission);

/// Computes the transitive closure: for each permission, all other permissions that it requires, directly or
/// indirectly.
///
/// # Errors
/// Returns an error if a permission requires itself, directly or indirectly.
pub(crate) fn transitive(direct: &[PermissionSet]) -> Result<Vec<PermissionSet>, CyclicRequirement> {
    let mut closure = direct.to_vec();
    loop {
        let next: Vec<PermissionSet> = closure
            .iter()
            .map(|set| set.iter().filter_map(|step| closure.get(step.index())).fold(*set, |all, more| all.union(more)))
            .collect();
        if next == closure {
            break;
        }
        closure = next;
    }
    match closure.iter().enumerate().find(|(at, set)| set.contains(Permission::at(*at))) {
        Some((at, _)) => Err(CyclicRequirement(Permission::at(at))),
        None => Ok(closure),
    }
}

/// Returns the permissions that a set grants, without restrictions. Each legacy permission is replaced with the
/// permissions that replaced it in the catalog, so that no ability is counted twice.
///
/// In all interfaces, the size of this set is displayed as the number of permissions of a profile or a user.
#[must_use]
pub fn countable_permissions(permissions: &PermissionSet) -> PermissionSet {
    let catalog = catalog();
    let legacy: PermissionSet = catalog.legacy().iter().map(|(legacy, _)| *legacy).collect();
    effective(permissions).intersection(catalog.granting()).difference(&legacy)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_set() -> impl Strategy<Value = PermissionSet> {
        let count = catalog().permissions().len();
        proptest::collection::vec(0..count, 0..40).prop_map(|picks| picks.into_iter().map(Permission::at).collect())
    }

    proptest! {
        #[test]
        fn the_closure_is_extensive_monotone_and_idempotent(a in any_set(), b in any_set()) {
            let closed = *with_requirements(&a).permissions();
            prop_assert!(a.is_subset(&closed));
            prop_assert!(closed.is_subset(with_requirements(&a.union(&b)).permissions()));
            prop_assert_eq!(*with_requirements(&closed).permissions(), closed);
        }

        #[test]
        fn permissions_that_were_not_selected_have_a_reason(a in any_set()) {
            let closed = with_requirements(&a);
            for permission in closed.permissions().difference(&a).iter() {
                prop_assert!(!closed.required_by(permission).is_empty());
            }
        }

        #[test]
        fn the_effective_set_is_extensive_monotone_and_idempotent(a in any_set(), b in any_set()) {
            let all = effective(&a);
            prop_assert!(a.is_subset(&all));
            prop_assert!(all.is_subset(&effective(&a.union(&b))));
            prop_assert_eq!(effective(&all), all);
        }
    }

    #[test]
    fn legacy_and_new_recording_permissions_mean_the_same() {
        let set = |names: &[&str]| names.iter().map(|name| Permission::parse(name).unwrap()).collect::<PermissionSet>();
        let old = set(&["RedactedData.View"]);
        let new = set(&["CallRecordings.Redacted.Access", "ContactTranscripts.Redacted.Access"]);
        assert_eq!(effective(&old), effective(&new));
        let half = set(&["CallRecordings.Redacted.Access"]);
        assert!(old.intersection(&effective(&half)).is_empty());
    }

    #[test]
    fn a_cycle_is_rejected() {
        let set = |at| PermissionSet::from_iter([Permission::at(at)]);
        assert!(transitive(&[set(1), set(0)]).is_err());
        assert!(transitive(&[set(1), PermissionSet::EMPTY]).is_ok());
    }
}
