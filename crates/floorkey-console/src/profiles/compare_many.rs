//! Compares three or more profiles in a table with a column for each profile.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use floorkey::scope::{Grants, Scope};
use floorkey::{Permission, PermissionSet, SecurityProfile, catalog};
use http::Response;

use super::compare::{ComparedProfile, profile, side_header};
use super::review::scope;
use super::risk::{self, RiskBadge};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::table::Badge;
use crate::web::text;

/// The maximum number of profiles beside each other.
const PROFILES_MAX: usize = 8;

/// The text of a cell whose profile does not grant the permission.
const NO: &str = "–";

#[derive(Template)]
#[template(path = "profiles/compare_many.html")]
struct CompareManyPage {
    layout: Layout,
    profiles: Vec<ComparedProfile>,
    /// The names of profiles that do not fit.
    left_out: String,
    sections: Vec<MatrixSection>,
    /// The number of rows in which all profiles are the same.
    same: usize,
    /// Whether these rows are shown.
    all: bool,
    /// The address of the page that shows or hides these rows.
    toggle: String,
}

struct MatrixSection {
    title: &'static str,
    rows: Vec<MatrixRow>,
}

/// A permission with how each profile grants it.
struct MatrixRow {
    what: String,
    name: &'static str,
    badges: Vec<Badge>,
    cells: Vec<String>,
}

impl MatrixRow {
    fn is_same(&self) -> bool {
        self.cells.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
    }
}

/// Returns the profiles that were selected in the list, without duplicates.
pub(super) fn selected(query: &Fields) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    query.all("p").filter(|value| seen.insert(*value)).collect()
}

/// Shows the profiles beside each other.
///
/// # Errors
/// Returns an error if a profile does not exist or the viewer can't see it.
pub(super) fn show(viewer: &CurrentUser, query: &Fields, selected: &[&str]) -> Result<Response<Body>, PageError> {
    let mut profiles = selected.iter().map(|value| profile(viewer, value)).collect::<Result<Vec<_>, _>>()?;
    let left_out: Vec<String> =
        profiles.split_off(profiles.len().min(PROFILES_MAX)).iter().map(|profile| profile.name.clone()).collect();
    let all = query.has("all");
    let toggle = if all { query.with("all", None) } else { query.with("all", Some("1")) };
    let mut sections = sections(viewer, &profiles);
    let same = sections.iter().flat_map(|section| &section.rows).filter(|row| row.is_same()).count();
    if !all {
        for section in &mut sections {
            section.rows.retain(|row| !row.is_same());
        }
    }
    sections.retain(|section| !section.rows.is_empty());
    Ok(page(&CompareManyPage {
        layout: viewer.layout("Compare security profiles"),
        profiles: profiles.iter().map(|profile| side_header(viewer, profile)).collect(),
        left_out: left_out.join(", "),
        sections,
        same,
        all,
        toggle: format!("{}/compare{}", super::LIST, toggle.query()),
    }))
}

/// Returns all permissions that at least one of the profiles grants, by permission group, then the permissions in
/// applications.
fn sections(viewer: &CurrentUser, profiles: &[Arc<SecurityProfile>]) -> Vec<MatrixSection> {
    // Replacements are compared instead of legacy permissions.
    let legacy: PermissionSet = catalog().legacy().iter().map(|(legacy, _)| *legacy).collect();
    let grants: Vec<Grants> = profiles.iter().map(|profile| Grants::from_profile(profile)).collect();
    let granted = grants
        .iter()
        .fold(PermissionSet::EMPTY, |all, grants| all.union(&grants.all_permissions()).union(&grants.restrictions));
    let granted = granted.difference(&legacy);
    let row = |permission: Permission| MatrixRow {
        what: text::permission(permission),
        name: permission.name(),
        badges: risk::badges(permission).into_iter().map(RiskBadge::into_badge).collect(),
        cells: grants.iter().map(|grants| cell(viewer, grants, permission)).collect(),
    };
    let of_group = |group: &'static str| MatrixSection {
        title: group,
        rows: granted.iter().filter(|permission| permission.info().group == group).map(row).collect(),
    };
    let labels: BTreeSet<(String, String)> = grants.iter().flat_map(Grants::application_labels).collect();
    let application = |label: &(String, String)| MatrixRow {
        what: format!("{} in {}", label.1, label.0),
        name: "",
        badges: Vec::new(),
        cells: grants.iter().map(|grants| yes_or_no(grants.application_labels().contains(label))).collect(),
    };
    let applications = MatrixSection { title: "Applications", rows: labels.iter().map(application).collect() };
    catalog().groups().into_iter().map(of_group).chain([applications]).collect()
}

fn cell(viewer: &CurrentUser, grants: &Grants, permission: Permission) -> String {
    let within = |(_, set): &&(Scope, PermissionSet)| set.contains(permission);
    if grants.unscoped.contains(permission) || grants.restrictions.contains(permission) {
        return yes_or_no(true);
    }
    let scopes = grants.scoped.iter().filter(within).map(|(one, _)| scope(&viewer.visibility(), Some(one)));
    let scopes: Vec<String> = scopes.collect();
    if scopes.is_empty() { yes_or_no(false) } else { format!("Only {}", scopes.join(", or ")) }
}

fn yes_or_no(is_granted: bool) -> String {
    if is_granted { "Yes" } else { NO }.to_owned()
}
