//! Compares two profiles, or compares a profile with the default profile that it was created from. More profiles are
//! compared in a table (see [`compare_many`]).

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use floorkey::review::compare::{Comparison, compare};
use floorkey::{
    Action, Permission, PermissionSet, Refusal, SecurityProfile, SecurityProfileId, Target, catalog, with_requirements,
};
use http::Response;

use super::compare_many;
use super::review::scope;
use super::risk::{self, RiskBadge};
use super::{address, can_see, find};
use crate::web::current_user::CurrentUser;
use crate::web::fields::SelectOption;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::text;

/// The prefix that marks a default profile's name in an address.
const DEFAULT: &str = "default:";

#[derive(Template)]
#[template(path = "profiles/compare.html")]
struct ComparePage {
    layout: Layout,
    first: Vec<SelectOption>,
    second: Vec<SelectOption>,
    all: bool,
    sides: Option<(ComparedProfile, ComparedProfile)>,
    sections: Vec<DifferenceSection>,
    is_same: bool,
    both: String,
}

/// One of the compared profiles.
pub(super) struct ComparedProfile {
    pub(super) name: String,
    pub(super) href: Option<String>,
    count: String,
}

struct DifferenceSection {
    title: String,
    count: usize,
    rows: Vec<DifferenceRow>,
}

/// A difference between the two profiles, with both values.
struct DifferenceRow {
    what: String,
    name: &'static str,
    first: String,
    second: String,
    badges: Vec<RiskBadge>,
}

pub(super) async fn show(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    match viewer.authorize(Action::DescribeSecurityProfile, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let selected = compare_many::selected(&query);
    if selected.len() > 2 {
        return compare_many::show(&viewer, &query, &selected);
    }
    let (a, b) = requested(&query);
    let first = a.as_deref().map(|value| profile(&viewer, value)).transpose()?;
    // If only one profile is requested, it is compared with its default profile, if it has one.
    let b = b.or_else(|| {
        let default = floorkey::review::default_diff::default_diff(first.as_deref()?)?.default;
        Some(format!("{DEFAULT}{}", default.name))
    });
    let second = b.as_deref().map(|value| profile(&viewer, value)).transpose()?;
    let all = query.has("all");
    let mut compared = ComparePage {
        layout: viewer.layout("Compare security profiles"),
        first: choices(&viewer, a.as_deref()),
        second: choices(&viewer, b.as_deref()),
        all,
        sides: None,
        sections: Vec::new(),
        is_same: false,
        both: String::new(),
    };
    if let Some((first, second)) = first.zip(second) {
        let comparison = compare(&first, &second);
        compared.is_same = comparison.is_same();
        compared.both = text::count_noun(comparison.both.len(), "permission");
        compared.sections = sections(&viewer, &first, &second, &comparison, all);
        compared.sides = Some((side_header(&viewer, &first), side_header(&viewer, &second)));
    }
    Ok(page(&compared))
}

/// Returns the two profiles to compare. They are either in the fields `a` and `b`, or were selected in the list.
fn requested(query: &Fields) -> (Option<String>, Option<String>) {
    let mut selected = query.all("p");
    let field = |name: &str| query.text(name).map(ToOwned::to_owned);
    let first = field("a").or_else(|| selected.next().map(ToOwned::to_owned));
    (first, field("b").or_else(|| selected.next().map(ToOwned::to_owned)))
}

/// Returns a profile by its ID, or a default profile by its name.
pub(super) fn profile(viewer: &CurrentUser, value: &str) -> Result<Arc<SecurityProfile>, PageError> {
    let Some(name) = value.strip_prefix(DEFAULT) else { return find(viewer, value) };
    let default = catalog().default_profiles().iter().find(|default| default.name == name);
    let default = default.ok_or_else(|| PageError::NotFound("default profile".to_owned()))?;
    let id = SecurityProfileId::from_bits(0);
    let (name, about) = (format!("{} (original)", default.name), default.description.clone());
    Ok(Arc::new(SecurityProfile::new(id, name, about, default.permissions, viewer.now)))
}

fn choices(viewer: &CurrentUser, chosen: Option<&str>) -> Vec<SelectOption> {
    let choice =
        |value: String, text: String| SelectOption { is_selected: chosen == Some(value.as_str()), value, text };
    let visible = viewer.directory.profiles().filter(|profile| can_see(viewer, profile.id));
    let mut choices: Vec<_> = visible.map(|profile| choice(profile.id.to_string(), profile.name.clone())).collect();
    choices.extend(catalog().default_profiles().iter().map(|default| {
        choice(format!("{DEFAULT}{}", default.name), format!("Default: {}, as in a new instance", default.name))
    }));
    choices
}

pub(super) fn side_header(viewer: &CurrentUser, profile: &SecurityProfile) -> ComparedProfile {
    let href = viewer.directory.profile(profile.id).map(|profile| address(profile.id));
    let count =
        text::count_noun(floorkey::countable_permissions(profile.permissions.permissions()).len(), "permission");
    ComparedProfile { name: profile.name.clone(), href, count }
}

fn sections(
    viewer: &CurrentUser,
    first: &SecurityProfile,
    second: &SecurityProfile,
    comparison: &Comparison,
    all: bool,
) -> Vec<DifferenceSection> {
    let only = |title: String, set: &PermissionSet, is_first: bool| {
        let rows = set.iter().map(|permission| {
            let (has, has_not) = (inclusion_text(first, second, permission, is_first), "–".to_owned());
            let (a, b) = if is_first { (has, has_not) } else { (has_not, has) };
            DifferenceRow::new(permission, a, b)
        });
        section(title, rows.collect())
    };
    let reach = comparison.scope_differences.iter().map(|reach| {
        let words = |is: Option<&floorkey::scope::Scope>| scope(&viewer.visibility(), is);
        DifferenceRow::new(reach.permission, words(reach.first.as_ref()), words(reach.second.as_ref()))
    });
    let mut sections = vec![
        only(format!("Only in {}", first.name), &comparison.only_first, true),
        only(format!("Only in {}", second.name), &comparison.only_second, false),
        section("Different access control".to_owned(), reach.collect()),
        only(format!("Restrictions only in {}", first.name), &comparison.restrictions_only_first, true),
        only(format!("Restrictions only in {}", second.name), &comparison.restrictions_only_second, false),
        section("Applications".to_owned(), applications(comparison)),
    ];
    if all {
        let differently: PermissionSet = comparison.scope_differences.iter().map(|reach| reach.permission).collect();
        let rows = comparison.both.difference(&differently);
        let rows = rows.iter().map(|permission| {
            DifferenceRow::new(
                permission,
                inclusion_text(first, second, permission, true),
                inclusion_text(first, second, permission, false),
            )
        });
        sections.push(section("In both".to_owned(), rows.collect()));
    }
    sections.retain(|section| section.count > 0);
    sections
}

fn section(title: String, rows: Vec<DifferenceRow>) -> DifferenceSection {
    DifferenceSection { title, count: rows.len(), rows }
}

/// Describes how one of the two profiles includes a permission.
fn inclusion_text(first: &SecurityProfile, second: &SecurityProfile, permission: Permission, is_first: bool) -> String {
    let profile = if is_first { first } else { second };
    let why = with_requirements(&profile.selected).required_by(permission);
    match profile.selected.contains(permission) {
        true => "selected".to_owned(),
        false if why.is_empty() => "under an older name".to_owned(),
        false => format!("required by {}", text::permissions(&why, 2)),
    }
}

fn applications(comparison: &Comparison) -> Vec<DifferenceRow> {
    let row = |pair: &(String, String), is_first: bool| {
        let (has, has_not) = ("granted".to_owned(), "–".to_owned());
        let (first, second) = if is_first { (has, has_not) } else { (has_not, has) };
        DifferenceRow { what: format!("{} in {}", pair.1, pair.0), name: "", first, second, badges: Vec::new() }
    };
    let only_first = comparison.applications_only_first.iter().map(|pair| row(pair, true));
    only_first.chain(comparison.applications_only_second.iter().map(|pair| row(pair, false))).collect()
}

impl DifferenceRow {
    fn new(permission: Permission, first: String, second: String) -> Self {
        let (what, badges) = (text::permission(permission), risk::badges(permission));
        Self { what, name: permission.name(), first, second, badges }
    }
}
