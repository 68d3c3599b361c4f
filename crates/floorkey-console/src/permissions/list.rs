//! The catalog as a list of groups.

use askama::Template;
use axum::body::Body;
use floorkey::catalog::Polarity;
use floorkey::review::risks::BY_SEVERITY;
use floorkey::{Permission, catalog};
use http::Response;

use super::filter::{PermissionFilter, slug};
use super::usage::PermissionUsage;
use super::{address, authorize};
use crate::profiles::risk::{self, RiskBadge};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;

#[derive(Template)]
#[template(path = "permissions/list.html")]
struct PermissionListPage {
    layout: Layout,
    search: String,
    /// The permission groups to filter by. Each entry has a value, a text, and a flag that is `true` if the group is
    /// selected.
    groups: Vec<(String, &'static str, bool)>,
    risks: Vec<(&'static str, String, bool)>,
    usage: &'static str,
    knows_usage: bool,
    chips: Vec<FilterChip>,
    count: String,
    sections: Vec<GroupSection>,
    /// The address of the page with every group expanded. `None` if every group is already expanded.
    all_open: Option<String>,
}

/// A permission group, as a section of the page.
struct GroupSection {
    name: &'static str,
    slug: String,
    open: bool,
    count: String,
    /// Notes that are shown while the group is collapsed.
    notes: Vec<String>,
    rows: Vec<CatalogRow>,
}

/// A permission, as a row of the page.
struct CatalogRow {
    /// The HTML ID of the element with the permission's API name.
    id: String,
    href: String,
    title: String,
    name: &'static str,
    about: &'static str,
    badges: Vec<RiskBadge>,
    is_restriction: bool,
    is_legacy: bool,
    usage: Option<UsageText>,
}

/// The number of users with a permission, and the number of profiles with the permission.
struct UsageText {
    users: String,
    /// The address of the list of users with the permission. `None` for a restriction, because the list cannot be
    /// filtered by restrictions.
    list: Option<String>,
    profiles: String,
    has_no_users: bool,
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let answer = move |viewer: &CurrentUser| {
        let usage = PermissionUsage::for_viewer(viewer);
        let filter = PermissionFilter::parse(&fields, usage.is_some());
        page(&build(viewer, &fields, &filter, usage.as_ref()))
    };
    scan(&viewer, answer).await
}

fn build(
    viewer: &CurrentUser,
    fields: &Fields,
    filter: &PermissionFilter,
    usage: Option<&PermissionUsage>,
) -> PermissionListPage {
    let open = filter.is_set() || fields.has("open");
    let sections: Vec<GroupSection> = catalog()
        .groups()
        .into_iter()
        .filter_map(|group| section(group, filter, usage))
        .map(|section| GroupSection { open, ..section })
        .collect();
    let found = sections.iter().map(|section| section.rows.len()).sum();
    let total = catalog().permissions().len();
    let groups = catalog().groups().into_iter();
    let risks = BY_SEVERITY.into_iter();
    PermissionListPage {
        layout: viewer.layout("Permissions"),
        search: filter.search.clone(),
        groups: groups.map(|group| (slug(group), group, filter.group == Some(group))).collect(),
        risks: risks
            .map(|one| (one.as_str(), floorkey::text::capitalized(risk::badge(one).text), filter.risk == Some(one)))
            .collect(),
        usage: match filter.is_used {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
        knows_usage: usage.is_some(),
        chips: filter.chips(fields),
        count: match filter.is_set() {
            true => format!("{} of {}", text::figure(found), text::figure(total)),
            false => text::figure(total),
        },
        sections,
        all_open: (!open).then(|| format!("{}?open=all", super::LIST)),
    }
}

/// Returns a permission group with its matching permissions. Returns `None` if no permission matches.
fn section(group: &'static str, filter: &PermissionFilter, usage: Option<&PermissionUsage>) -> Option<GroupSection> {
    let of_group = catalog().permissions().filter(|permission| permission.info().group == group);
    let (all, found): (Vec<_>, Vec<_>) =
        of_group.map(|permission| (permission, filter.matches(permission, usage))).unzip();
    let rows: Vec<CatalogRow> =
        all.iter().zip(found).filter(|(_, found)| *found).map(|(permission, _)| row(*permission, usage)).collect();
    if rows.is_empty() {
        return None;
    }
    let risky = rows.iter().filter(|row| row.badges.iter().any(|badge| badge.kind == "bad")).count();
    let unused = rows.iter().filter(|row| row.usage.as_ref().is_some_and(|usage| usage.has_no_users)).count();
    let note = |number: usize, text: &str| (number > 0).then(|| format!("{number} {text}"));
    let notes = [note(risky, "can lead to full access or lock others out"), note(unused, "granted to no users")];
    Some(GroupSection {
        name: group,
        slug: slug(group),
        open: false,
        count: match rows.len() == all.len() {
            true => text::figure(all.len()),
            false => format!("{} of {}", rows.len(), all.len()),
        },
        notes: notes.into_iter().flatten().collect(),
        rows,
    })
}

fn row(permission: Permission, usage: Option<&PermissionUsage>) -> CatalogRow {
    let info = permission.info();
    let is_restriction = info.polarity == Polarity::Restriction;
    CatalogRow {
        id: format!("name-{}", info.name.replace('.', "-")),
        href: address(permission),
        title: text::permission(permission),
        name: &info.name,
        about: &info.description,
        badges: risk::badges(permission),
        is_restriction,
        is_legacy: info.is_legacy(),
        usage: usage.map(|usage| {
            let count = usage.get(permission);
            UsageText {
                users: text::count_noun(count.users, "user"),
                list: (!is_restriction && count.users > 0).then(|| format!("/connect/users?permission={}", info.name)),
                profiles: text::count_noun(count.profiles, "profile"),
                has_no_users: count.users == 0,
            }
        }),
    }
}
