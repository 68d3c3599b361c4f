//! What hangs together with a permission, each with its reason.

use floorkey::catalogue::{Dependency, Inherited, Strength, WorksWith};
use floorkey::{Permission, PermissionSet, catalogue};

use super::Link;
use super::filter::capital;
use crate::console::words;

/// Another permission, and why.
pub(super) struct Edge {
    pub(super) link: Link,
    /// A sentence.
    pub(super) because: String,
}

/// Names of other things that are seen while working somewhere.
pub(super) struct Along {
    pub(super) links: Vec<Link>,
    /// Where they turn up.
    pub(super) place: &'static str,
}

/// Everything that hangs together with a permission.
pub(super) struct Edges {
    /// Granted with it, always.
    pub(super) requires: Vec<Edge>,
    /// Ticked with it, and may be unticked.
    pub(super) ticks: Vec<Edge>,
    /// Shown beside it, unticked.
    pub(super) offers: Vec<Edge>,
    /// What it is granted with, always.
    pub(super) required_by: Vec<Edge>,
    /// What it is granted with through others.
    pub(super) required_in_the_end_by: Vec<Link>,
    /// What it is ticked with.
    pub(super) ticked_by: Vec<Edge>,
    /// What it is shown beside.
    pub(super) offered_by: Vec<Edge>,
    /// The lists of names that come along with it.
    pub(super) brings_names: Vec<Along>,
    /// What the names that it shows come along with.
    pub(super) names_come_with: Vec<Along>,
    /// What it needs beside it to be of use.
    pub(super) works_with: Vec<Edge>,
    /// What needs it to be of use.
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

    /// Whether nothing brings it along.
    pub(super) fn comes_alone(&self) -> bool {
        self.required_by.is_empty() && self.ticked_by.is_empty() && self.offered_by.is_empty()
    }
}

/// Everything that it requires: first what it requires itself, then what that does.
fn requires(permission: Permission) -> Vec<Edge> {
    let all = catalogue().requires(permission);
    let mut edges = from(permission, Strength::Required);
    let direct: PermissionSet =
        of(Strength::Required, |edge| edge.permission == permission).map(|edge| edge.requires).collect();
    for further in all.difference(&direct).iter() {
        // A cycle can't be, so something of what is required requires it.
        let step = of(Strength::Required, |edge| edge.requires == further).find(|edge| all.contains(edge.permission));
        let because = step.map(|step| format!("Through {}: {}.", words::permission(step.permission), step.because));
        edges.push(Edge { link: Link::of(further), because: because.unwrap_or_default() });
    }
    edges
}

/// What requires it, but not itself.
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

/// A reason as a sentence of its own.
fn sentence(because: &str) -> String {
    let text = capital(because);
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_required_has_a_reason_and_nothing_is_told_twice() {
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
