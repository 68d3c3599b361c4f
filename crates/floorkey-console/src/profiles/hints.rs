//! Hints about selected permissions. Some hints point out lists of names that a selected permission makes visible.
//! Other hints suggest permissions that are often used together with a selected permission. If a selected permission is
//! not useful without other permissions, a hint names them.

use floorkey::catalog::{Dependency, InheritanceRule, Strength, WorksWith};
use floorkey::{PermissionSet, catalog};

use super::draft;
use crate::web::text;

/// A list of resource names that a selected permission makes visible, even without permission to view the resources.
pub(super) struct InheritedList {
    /// The listed resources, such as `Security profiles, Routing profiles`.
    pub(super) lists: String,
    pub(super) place: &'static str,
    /// The API names of the permissions that make the list visible, for the page's script.
    pub(super) by: String,
    /// The names of the permissions in `by` that are selected.
    pub(super) because: String,
    pub(super) hidden: bool,
}

/// A permission that is often needed together with another permission, but is not selected by default.
pub(super) struct Suggestion {
    /// The API name of the other permission, for the page's script.
    pub(super) when: &'static str,
    /// The API name of the suggested permission.
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) because: &'static str,
    pub(super) hidden: bool,
}

/// Permissions that are useful only together with other permissions, but that do not include these other permissions.
pub(super) struct NeedsOthers {
    /// The API names of these permissions, for the page's script.
    pub(super) when: String,
    /// The API names of the permissions that these permissions need.
    pub(super) needs: String,
    pub(super) label: String,
    pub(super) needs_label: String,
    pub(super) because: &'static str,
    pub(super) hidden: bool,
}

pub(super) fn inherited_lists(granted: &PermissionSet) -> Vec<InheritedList> {
    let row = |source: &'static InheritanceRule| {
        let because = text::permissions(&source.permissions.intersection(granted), 3);
        let lists: Vec<&str> = source.views.iter().map(|listed| listed.info().resource.as_str()).collect();
        InheritedList {
            lists: text::join_names(&lists, 12),
            place: &source.shown_in,
            by: draft::names(&source.permissions),
            hidden: because.is_empty(),
            because,
        }
    };
    catalog().inherited().iter().map(row).collect()
}

pub(super) fn suggestions(granted: &PermissionSet) -> Vec<Suggestion> {
    let dependencies = catalog().dependencies().iter().filter(|dependency| dependency.strength == Strength::Offered);
    let row = |dependency: &'static Dependency| Suggestion {
        when: dependency.permission.name(),
        name: dependency.requires.name(),
        label: text::permission(dependency.requires),
        because: &dependency.because,
        hidden: !granted.contains(dependency.permission) || granted.contains(dependency.requires),
    };
    dependencies.map(row).collect()
}

pub(super) fn need_others(granted: &PermissionSet) -> Vec<NeedsOthers> {
    let permission_names = |set: &PermissionSet| text::permissions(set, 4);
    let row = |rule: &'static WorksWith| NeedsOthers {
        when: draft::names(&rule.permissions),
        needs: draft::names(&rule.needs),
        label: permission_names(&rule.permissions),
        needs_label: permission_names(&rule.needs),
        because: &rule.because,
        hidden: rule.permissions.intersection(granted).is_empty() || rule.needs.is_subset(granted),
    };
    catalog().works_with().iter().map(row).collect()
}
