//! The relations of a permission to others, each with its reason.

use floorkey::catalogue::{Dependency, Inherited, Strength, WorksWith};
use floorkey::{Permission, PermissionSet, catalogue};

use super::Link;
use super::filter::capital;
use crate::web::text;

/// Another permission, and the reason for the relation.
pub(super) struct Edge {
    pub(super) link: Link,
    /// The reason, as a sentence.
    pub(super) because: String,
}

/// Inherited permissions of other resources.
pub(super) struct Along {
    pub(super) links: Vec<Link>,
    /// Where the names appear.
    pub(super) place: &'static str,
}

/// All relations of a permission.
pub(super) struct Edges {
    /// Permissions that are always granted with it.
    pub(super) requires: Vec<Edge>,
    /// Permissions that are selected with it by default and can be cleared.
    pub(super) ticks: Vec<Edge>,
    /// Permissions that are suggested with it but not selected.
    pub(super) offers: Vec<Edge>,
    /// Permissions that directly require it.
    pub(super) required_by: Vec<Edge>,
    /// Permissions that require it indirectly.
    pub(super) required_in_the_end_by: Vec<Link>,
    /// Permissions that select it by default.
    pub(super) ticked_by: Vec<Edge>,
    /// Permissions that suggest it.
    pub(super) offered_by: Vec<Edge>,
    /// The lists of names that it makes visible.
    pub(super) brings_names: Vec<Along>,
    /// The permissions that make its list of names visible.
    pub(super) names_come_with: Vec<Along>,
    /// The permissions that it needs to be useful.
    pub(super) works_with: Vec<Edge>,
    /// The permissions that need it to be useful.
    pub(super) makes_work: Vec<Edge>,
}

impl Edges {
    pub(super) fn of(permission: Permission) -> Self {
        let brought = brought_by(permission);
        Self {
            requires: requires(permission),
            ticks: from(permission, Strength::DefaultOn),
            offers: from(permission, Strength::Offered),
            required_by: to(permission, Strength::Required),
            required_in_the_end_by: links(&brought),
            ticked_by: to(permission, Strength::DefaultOn),
            offered_by: to(permission, Strength::Offered),
            brings_names: along(|source| source.permissions.contains(permission).then_some(source.lists)),
            names_come_with: along(|source| source.lists.contains(permission).then_some(source.permissions)),
            works_with: works_with(|pair| (pair.permissions, pair.needs), permission),
            makes_work: works_with(|pair| (pair.needs, pair.permissions), permission),
        }
    }

    /// Whether no other permission requires, selects or suggests it.
    pub(super) fn comes_alone(&self) -> bool {
        self.required_by.is_empty() && self.ticked_by.is_empty() && self.offered_by.is_empty()
    }
}

/// Returns all permissions that it requires, direct requirements first.
fn requires(permission: Permission) -> Vec<Edge> {
    let all = catalogue().requires(permission);
    let mut edges = from(permission, Strength::Required);
    let direct: PermissionSet =
        of(Strength::Required, |edge| edge.permission == permission).map(|edge| edge.requires).collect();
    for further in all.difference(&direct).iter() {
        // There are no cycles, so another required permission requires it.
        let step = of(Strength::Required, |edge| edge.requires == further).find(|edge| all.contains(edge.permission));
        let because = step.map(|step| format!("Through {}: {}.", text::permission(step.permission), step.because));
        edges.push(Edge { link: Link::of(further), because: because.unwrap_or_default() });
    }
    edges
}

/// Returns the permissions that require it indirectly.
fn brought_by(permission: Permission) -> PermissionSet {
    let direct: PermissionSet =
        of(Strength::Required, |edge| edge.requires == permission).map(|edge| edge.permission).collect();
    let in_the_end = |other: &Permission| catalogue().requires(*other).contains(permission);
    catalogue().permissions().filter(in_the_end).filter(|other| !direct.contains(*other)).collect()
}

fn of(strength: Strength, is: impl Fn(&Dependency) -> bool) -> impl Iterator<Item = &'static Dependency> {
    catalogue().dependencies().iter().filter(move |edge| edge.strength == strength && is(edge))
}

fn from(permission: Permission, strength: Strength) -> Vec<Edge> {
    let edges = of(strength, |edge| edge.permission == permission);
    edges.map(|edge| Edge { link: Link::of(edge.requires), because: sentence(&edge.because) }).collect()
}

fn to(permission: Permission, strength: Strength) -> Vec<Edge> {
    let edges = of(strength, |edge| edge.requires == permission);
    edges.map(|edge| Edge { link: Link::of(edge.permission), because: sentence(&edge.because) }).collect()
}

fn along(others: impl Fn(&Inherited) -> Option<PermissionSet>) -> Vec<Along> {
    let sources = catalogue().inherited().iter();
    sources.filter_map(|source| Some(Along { links: links(&others(source)?), place: &source.place })).collect()
}

fn works_with(sides: impl Fn(&WorksWith) -> (PermissionSet, PermissionSet), permission: Permission) -> Vec<Edge> {
    let mut edges = Vec::new();
    for pair in catalogue().works_with() {
        let (one, other) = sides(pair);
        if one.contains(permission) {
            edges.extend(other.iter().map(|other| Edge { link: Link::of(other), because: sentence(&pair.because) }));
        }
    }
    edges
}

fn links(permissions: &PermissionSet) -> Vec<Link> {
    permissions.iter().map(Link::of).collect()
}

/// A reason as a complete sentence.
fn sentence(because: &str) -> String {
    let text = capital(because);
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_have_reasons_and_are_listed_once() {
        for permission in catalogue().permissions() {
            let edges = Edges::of(permission);
            assert_eq!(edges.requires.len(), catalogue().requires(permission).len(), "{permission:?}");
            let all = edges.requires.iter().chain(&edges.required_by).chain(&edges.works_with).chain(&edges.makes_work);
            assert!(all.clone().all(|edge| edge.because.len() > 2), "{permission:?}");
            let brought = edges.required_by.len() + edges.required_in_the_end_by.len();
            let requiring = catalogue().permissions().filter(|other| catalogue().requires(*other).contains(permission));
            assert_eq!(brought, requiring.count(), "{permission:?}");
        }
    }
}
