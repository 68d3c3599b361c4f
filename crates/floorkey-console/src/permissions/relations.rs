//! The relations between a permission and other permissions, each with a reason.

use floorkey::catalog::{Dependency, InheritanceRule, Strength, WorksWith};
use floorkey::{Permission, PermissionSet, catalog};

use super::Link;
use crate::web::text;

/// A related permission, and the reason for the relation.
pub(super) struct RelatedPermission {
    pub(super) link: Link,
    /// The reason for the relation, as a sentence.
    pub(super) because: String,
}

/// Permissions that are related because one of them reveals the names of resources that the other lets users view.
pub(super) struct InheritedLinks {
    pub(super) links: Vec<Link>,
    /// Where the console shows the list of these names.
    pub(super) place: &'static str,
}

/// All relations of a permission.
pub(super) struct Relations {
    /// Permissions that are always granted together with this permission.
    pub(super) requires: Vec<RelatedPermission>,
    /// Permissions that are selected by default when this permission is selected. The user can clear them.
    pub(super) selects_by_default: Vec<RelatedPermission>,
    /// Permissions that are suggested when this permission is selected, but are not selected automatically.
    pub(super) suggests: Vec<RelatedPermission>,
    /// Permissions that directly require this permission.
    pub(super) required_by: Vec<RelatedPermission>,
    /// Permissions that indirectly require this permission.
    pub(super) indirectly_required_by: Vec<Link>,
    /// Permissions that select this permission by default.
    pub(super) selected_by_default_by: Vec<RelatedPermission>,
    /// Permissions that suggest this permission.
    pub(super) suggested_by: Vec<RelatedPermission>,
    /// The permissions whose lists of names this permission makes visible.
    pub(super) inherits_lists: Vec<InheritedLinks>,
    /// The permissions that make this permission's list of names visible.
    pub(super) list_inherited_by: Vec<InheritedLinks>,
    /// Permissions without which this permission is not useful.
    pub(super) works_with: Vec<RelatedPermission>,
    /// Permissions that are not useful without this permission.
    pub(super) needed_to_be_useful_by: Vec<RelatedPermission>,
}

impl Relations {
    pub(super) fn new(permission: Permission) -> Self {
        let indirect = indirectly_requiring(permission);
        Self {
            requires: requires(permission),
            selects_by_default: targets(permission, Strength::DefaultOn),
            suggests: targets(permission, Strength::Offered),
            required_by: sources(permission, Strength::Required),
            indirectly_required_by: links(&indirect),
            selected_by_default_by: sources(permission, Strength::DefaultOn),
            suggested_by: sources(permission, Strength::Offered),
            inherits_lists: inherited_names(|source| source.permissions.contains(permission).then_some(source.views)),
            list_inherited_by: inherited_names(|source| {
                source.views.contains(permission).then_some(source.permissions)
            }),
            works_with: works_with(|pair| (pair.permissions, pair.needs), permission),
            needed_to_be_useful_by: works_with(|pair| (pair.needs, pair.permissions), permission),
        }
    }

    /// Whether no other permission requires, selects or suggests this permission.
    pub(super) fn is_independent(&self) -> bool {
        self.required_by.is_empty() && self.selected_by_default_by.is_empty() && self.suggested_by.is_empty()
    }
}

/// Returns all permissions that `permission` requires, direct requirements first.
fn requires(permission: Permission) -> Vec<RelatedPermission> {
    let all = catalog().requires(permission);
    let mut relations = targets(permission, Strength::Required);
    let direct: PermissionSet = dependencies(Strength::Required, |dependency| dependency.permission == permission)
        .map(|dependency| dependency.requires)
        .collect();
    for further in all.difference(&direct).iter() {
        // Dependencies have no cycles, so at least one of the required permissions directly requires `further`.
        let step = dependencies(Strength::Required, |dependency| dependency.requires == further)
            .find(|dependency| all.contains(dependency.permission));
        let because = step.map(|step| format!("Through {}: {}.", text::permission(step.permission), step.because));
        relations.push(RelatedPermission { link: Link::new(further), because: because.unwrap_or_default() });
    }
    relations
}

/// Returns the permissions that indirectly require `permission`.
fn indirectly_requiring(permission: Permission) -> PermissionSet {
    let direct: PermissionSet = dependencies(Strength::Required, |dependency| dependency.requires == permission)
        .map(|dependency| dependency.permission)
        .collect();
    let requires_it = |other: &Permission| catalog().requires(*other).contains(permission);
    catalog().permissions().filter(requires_it).filter(|other| !direct.contains(*other)).collect()
}

fn dependencies(
    strength: Strength,
    matches: impl Fn(&Dependency) -> bool,
) -> impl Iterator<Item = &'static Dependency> {
    catalog().dependencies().iter().filter(move |dependency| dependency.strength == strength && matches(dependency))
}

fn targets(permission: Permission, strength: Strength) -> Vec<RelatedPermission> {
    let relations = dependencies(strength, |dependency| dependency.permission == permission);
    relations
        .map(|dependency| RelatedPermission {
            link: Link::new(dependency.requires),
            because: sentence(&dependency.because),
        })
        .collect()
}

fn sources(permission: Permission, strength: Strength) -> Vec<RelatedPermission> {
    let relations = dependencies(strength, |dependency| dependency.requires == permission);
    relations
        .map(|dependency| RelatedPermission {
            link: Link::new(dependency.permission),
            because: sentence(&dependency.because),
        })
        .collect()
}

fn inherited_names(others: impl Fn(&InheritanceRule) -> Option<PermissionSet>) -> Vec<InheritedLinks> {
    let sources = catalog().inherited().iter();
    sources
        .filter_map(|source| Some(InheritedLinks { links: links(&others(source)?), place: &source.shown_in }))
        .collect()
}

fn works_with(
    sides: impl Fn(&WorksWith) -> (PermissionSet, PermissionSet),
    permission: Permission,
) -> Vec<RelatedPermission> {
    let mut relations = Vec::new();
    for pair in catalog().works_with() {
        let (one, other) = sides(pair);
        if one.contains(permission) {
            relations.extend(
                other
                    .iter()
                    .map(|other| RelatedPermission { link: Link::new(other), because: sentence(&pair.because) }),
            );
        }
    }
    relations
}

fn links(permissions: &PermissionSet) -> Vec<Link> {
    permissions.iter().map(Link::new).collect()
}

/// Returns a reason as a complete sentence.
fn sentence(because: &str) -> String {
    let text = floorkey::text::capitalized(because);
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_have_reasons_and_are_listed_once() {
        for permission in catalog().permissions() {
            let relations = Relations::new(permission);
            assert_eq!(relations.requires.len(), catalog().requires(permission).len(), "{permission:?}");
            let all = relations
                .requires
                .iter()
                .chain(&relations.required_by)
                .chain(&relations.works_with)
                .chain(&relations.needed_to_be_useful_by);
            assert!(all.clone().all(|relation| relation.because.len() > 2), "{permission:?}");
            let indirect = relations.required_by.len() + relations.indirectly_required_by.len();
            let requiring = catalog().permissions().filter(|other| catalog().requires(*other).contains(permission));
            assert_eq!(indirect, requiring.count(), "{permission:?}");
        }
    }
}
