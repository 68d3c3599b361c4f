//! The table of permission groups: each row is a combination of security profiles that users have together, and each
//! cell is the percentage of a permission group's permissions that the combination grants.

use std::cmp::Reverse;
use std::ops::Range;

use floorkey::text::folded;
use floorkey::{Permission, PermissionSet, catalog};

use super::members::Members;
use super::names::ProfileNames;
use super::order::{Order, distance};
use super::params::{Params, with_profiles};
use crate::web::text;

/// The maximum number of combinations to sort by similarity. The time to sort them grows with the cube of their number.
const SORTED_MAX: usize = 200;

/// If the distance between two adjacent rows is greater than this value, the second row starts a new cluster. A
/// distance of 1 corresponds to one whole permission group.
const CLUSTER_DISTANCE: f32 = 1.0;

/// The template data of the table.
pub(super) struct GroupTable {
    pub(super) columns: Vec<GroupColumn>,
    pub(super) rows: Vec<GroupRow>,
    /// Whether similar rows are next to each other. Otherwise, the rows with the most users come first.
    pub(super) is_clustered: bool,
    /// The names and URLs of combinations that are unlike all others.
    pub(super) outliers: Vec<(String, Option<String>)>,
    /// The number of rows on all pages.
    pub(super) row_count: usize,
    /// The positions of the rows of the current page among all rows.
    pub(super) range: Range<usize>,
}

/// A permission group with its permissions. Restrictions and legacy names are left out.
pub(super) struct GroupColumn {
    pub(super) name: &'static str,
    permissions: PermissionSet,
}

impl GroupColumn {
    /// Returns the permission groups in the order of the catalog.
    fn all() -> Vec<Self> {
        let counts =
            |permission: &Permission| catalog().granting().contains(*permission) && !permission.info().is_legacy();
        let of = |name: &'static str| {
            let all = catalog().permissions().filter(counts);
            Self { name, permissions: all.filter(|permission| permission.info().group == name).collect() }
        };
        catalog().groups().into_iter().map(of).filter(|column| !column.permissions.is_empty()).collect()
    }

    /// Returns the number of permissions in the group.
    pub(super) fn total(&self) -> usize {
        self.permissions.len()
    }

    fn granted(&self, permissions: &PermissionSet) -> usize {
        self.permissions.intersection(permissions).len()
    }
}

/// A combination of security profiles.
pub(super) struct GroupRow {
    pub(super) name: String,
    pub(super) href: Option<String>,
    pub(super) users: String,
    /// Whether any permission is granted only within a scope.
    pub(super) is_scoped: bool,
    /// Whether the row is the first of a cluster.
    pub(super) starts_cluster: bool,
    pub(super) cells: Vec<ShareCell>,
}

/// The share of a permission group's permissions.
pub(super) struct ShareCell {
    /// The color of the cell, from 0 for no permissions to 5 for all permissions.
    pub(super) step: u8,
    /// A percentage, `All`, or an empty string for none.
    pub(super) text: String,
    /// The number of permissions, such as `12 of 30`.
    pub(super) count: String,
}

/// A combination with what its row needs, before the rows are sorted.
struct Entry {
    name: String,
    href: Option<String>,
    users: usize,
    is_scoped: bool,
    granted: Vec<usize>,
    shares: Vec<f32>,
}

impl GroupTable {
    pub(super) fn new(params: &Params, members: &Members<'_>, page_size: usize) -> Self {
        let columns = GroupColumn::all();
        let mut entries = entries(params, members, &columns);
        entries.sort_by_cached_key(|entry| (Reverse(entry.users), folded(&entry.name)));
        let is_clustered = entries.len() <= SORTED_MAX;
        let mut outliers = Vec::new();
        let mut order: Vec<usize> = (0..entries.len()).collect();
        if is_clustered {
            let shares: Vec<&[f32]> = entries.iter().map(|entry| entry.shares.as_slice()).collect();
            let sorted = Order::from_rows(&shares);
            let unlike_others = sorted.outliers.iter().filter_map(|at| entries.get(*at));
            outliers = unlike_others.map(|entry| (entry.name.clone(), entry.href.clone())).collect();
            order = sorted.rows;
        }
        let pages = order.len().div_ceil(page_size).max(1);
        let begin = (params.page.clamp(1, pages) - 1) * page_size;
        let range = begin..order.len().min(begin + page_size);
        let mut rows = Vec::new();
        let mut before: Option<&Entry> = None;
        for entry in order.get(range.clone()).unwrap_or_default().iter().filter_map(|at| entries.get(*at)) {
            let is_far = |before: &Entry| distance(&before.shares, &entry.shares) > CLUSTER_DISTANCE;
            rows.push(row(entry, &columns, is_clustered && before.is_some_and(is_far)));
            before = Some(entry);
        }
        Self { rows, is_clustered, outliers, row_count: entries.len(), range, columns }
    }
}

fn entries(params: &Params, members: &Members<'_>, columns: &[GroupColumn]) -> Vec<Entry> {
    let (names, list) = (ProfileNames::new(params), params.list_fields());
    let combinations = members.combinations().iter().filter(|combination| combination.users > 0);
    let entry = combinations.map(|combination| {
        let granted: Vec<usize> = columns.iter().map(|column| column.granted(&combination.permissions)).collect();
        let shares = granted.iter().zip(columns).map(|(granted, column)| *granted as f32 / column.total() as f32);
        let is_visible = names.are_visible(&combination.profiles);
        let list = with_profiles(&list, &combination.profiles);
        Entry {
            name: names.join(&combination.profiles),
            href: is_visible.then(|| format!("/connect/users{}", list.with("status", Some("enabled")).query())),
            users: combination.users,
            is_scoped: combination.grants.is_scoped(),
            shares: shares.collect(),
            granted,
        }
    });
    entry.collect()
}

fn row(entry: &Entry, columns: &[GroupColumn], starts_cluster: bool) -> GroupRow {
    let cell = |((granted, share), column): ((&usize, &f32), &GroupColumn)| ShareCell {
        step: step(*share),
        text: share_text(*share),
        count: format!("{granted} of {}", column.total()),
    };
    GroupRow {
        name: entry.name.clone(),
        href: entry.href.clone(),
        users: text::figure(entry.users),
        is_scoped: entry.is_scoped,
        starts_cluster,
        cells: entry.granted.iter().zip(&entry.shares).zip(columns).map(cell).collect(),
    }
}

/// Returns the color for a share, from 0 to 5. The colors represent no permissions, less than a quarter, less than a
/// half, less than three quarters, less than all, and all permissions.
fn step(share: f32) -> u8 {
    match share {
        share if share <= 0.0 => 0,
        share if share < 0.25 => 1,
        share if share < 0.5 => 2,
        share if share < 0.75 => 3,
        share if share < 0.9995 => 4,
        _ => 5,
    }
}

/// Returns the text in a cell: a percentage from 1 to 99, `All`, or an empty string for a share of 0.
fn share_text(share: f32) -> String {
    match step(share) {
        0 => String::new(),
        5 => "All".to_owned(),
        _ => format!("{} %", (share * 100.0).round().clamp(1.0, 99.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shares_are_not_none_and_large_ones_not_all() {
        let texts = |share: f32| (step(share), share_text(share));
        assert_eq!(texts(0.0), (0, String::new()));
        assert_eq!(texts(0.001), (1, "1 %".to_owned()));
        assert_eq!(texts(0.5), (3, "50 %".to_owned()));
        assert_eq!(texts(0.998), (4, "99 %".to_owned()));
        assert_eq!(texts(1.0), (5, "All".to_owned()));
    }
}
