//! Hints about selected permissions: inherited lists of names, suggested permissions, and permissions that need others
//! to be useful.

use floorkey::catalogue::{Dependency, Inherited, Strength, WorksWith};
use floorkey::{PermissionSet, catalogue};

use super::draft;
use crate::web::text;

/// An inherited list of names.
pub(super) struct Comes {
    /// The listed resources: `Security profiles, Routing profiles`.
    pub(super) lists: String,
    pub(super) place: &'static str,
    /// The API names of the permissions that make the list visible, for the script.
    pub(super) by: String,
    /// The selected ones among them, as text.
    pub(super) because: String,
    pub(super) hidden: bool,
}

/// A permission that is often needed with another, but not selected by default.
pub(super) struct Offer {
    /// The API names of both, for the script.
    pub(super) when: &'static str,
    pub(super) name: &'static str,
    pub(super) words: String,
    pub(super) because: &'static str,
    pub(super) hidden: bool,
}

/// Permissions that are useful only with others, which they do not include.
pub(super) struct Works {
    /// The API names of both, for the script.
    pub(super) when: String,
    pub(super) needs: String,
    pub(super) words: String,
    pub(super) needs_words: String,
    pub(super) because: &'static str,
    pub(super) hidden: bool,
}

pub(super) fn comes(held: &PermissionSet) -> Vec<Comes> {
    let row = |source: &'static Inherited| {
        let because: Vec<String> = source.permissions.intersection(held).iter().map(text::permission).collect();
        let lists: Vec<&str> = source.lists.iter().map(|listed| listed.info().resource.as_str()).collect();
        Comes {
            lists: text::join_names(&lists, 12),
            place: &source.place,
            by: draft::names(&source.permissions),
            hidden: because.is_empty(),
            because: text::join_names(&because, 3),
        }
    };
    catalogue().inherited().iter().map(row).collect()
}

pub(super) fn offers(held: &PermissionSet) -> Vec<Offer> {
    let offered = catalogue().dependencies().iter().filter(|edge| edge.strength == Strength::Offered);
    let row = |edge: &'static Dependency| Offer {
        when: edge.permission.name(),
        name: edge.requires.name(),
        words: text::permission(edge.requires),
        because: &edge.because,
        hidden: !held.contains(edge.permission) || held.contains(edge.requires),
    };
    offered.map(row).collect()
}

pub(super) fn works(held: &PermissionSet) -> Vec<Works> {
    let worded = |set: &PermissionSet| text::join_names(&set.iter().map(text::permission).collect::<Vec<_>>(), 4);
    let row = |rule: &'static WorksWith| Works {
        when: draft::names(&rule.permissions),
        needs: draft::names(&rule.needs),
        words: worded(&rule.permissions),
        needs_words: worded(&rule.needs),
        because: &rule.because,
        hidden: rule.permissions.intersection(held).is_empty() || rule.needs.is_subset(held),
    };
    catalogue().works_with().iter().map(row).collect()
}
