//! The list of security profiles.

use askama::Template;
use axum::body::Body;
use floorkey::review::default_diff::default_diff;
use floorkey::text::folded;
use floorkey::{Action, Permission, Refusal, SecurityProfile, Target, catalog};
use http::Response;

use super::risk::{self, RiskBadge};
use super::{address, can_see};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// The number of rows on a page.
const ROWS_PER_PAGE: usize = 100;

/// The maximum number of risks that a row shows as badges.
const BADGES_MAX: usize = 2;

#[derive(Template)]
#[template(path = "profiles/list.html")]
struct ProfileListPage {
    layout: Layout,
    search: String,
    permission: String,
    /// The display name of the permission in the filter, if the permission is known.
    permission_name: Option<String>,
    unknown_permission: bool,
    names: Vec<&'static str>,
    count: String,
    total: usize,
    rows: Vec<ProfileRow>,
    can_create: bool,
    counts_users: bool,
    /// Whether only profiles without users are shown.
    unused: bool,
    page: usize,
    previous: Option<String>,
    next: Option<String>,
    pages: usize,
}

struct ProfileRow {
    id: String,
    href: String,
    name: String,
    description: String,
    permissions: String,
    users: String,
    user_count: usize,
    /// The most severe risks, which are shown as badges.
    badges: Vec<RiskBadge>,
    /// The remaining risks.
    other_risks: Vec<&'static str>,
    /// Whether access control limits the permissions of the profile.
    is_scoped: bool,
    restrictions: usize,
    default: Option<&'static str>,
    changed: String,
    changed_at: String,
    changed_iso: String,
}

pub(super) async fn show(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    match viewer.authorize(Action::DescribeSecurityProfile, &Target::Instance) {
        // A viewer whose permission has a scope sees the profiles within that scope.
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(page(&build(&viewer, &query)))
}

fn build(viewer: &CurrentUser, query: &Fields) -> ProfileListPage {
    let search = query.raw("q").trim().to_owned();
    let wanted = query.raw("permission").trim().to_owned();
    let permission = find_permission(&wanted);
    let wanted_words = search_terms(&search);
    let all: Vec<_> = viewer.directory.profiles().filter(|profile| can_see(viewer, profile.id)).collect();
    let total = all.len();
    // A count of only the visible users could be mistaken for the total.
    let counts_users = viewer.visibility().sees_all_users();
    let unused = counts_users && query.raw("users") == "none";
    let matches = |profile: &SecurityProfile| {
        if unused && viewer.directory.profile_user_count_at(profile.id, viewer.now) > 0 {
            return false;
        }
        let text = folded(&format!("{} {}", profile.name, profile.description));
        wanted_words.iter().all(|word| text.contains(word.as_str()))
            && permission
                .is_none_or(|permission| floorkey::effective(profile.permissions.permissions()).contains(permission))
    };
    let found: Vec<_> = all.into_iter().filter(|profile| matches(profile)).collect();
    let pages = found.len().div_ceil(ROWS_PER_PAGE).max(1);
    let number = query.raw("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let to = |number: usize| format!("{}{}", super::LIST, query.with("page", Some(&number.to_string())).query());
    let rows = found
        .iter()
        .skip((number - 1) * ROWS_PER_PAGE)
        .take(ROWS_PER_PAGE)
        .map(|profile| ProfileRow::new(viewer, profile));
    ProfileListPage {
        layout: viewer.layout("Security profiles"),
        count: match found.len() == total {
            true => text::figure(total),
            false => format!("{} of {}", text::figure(found.len()), text::figure(total)),
        },
        rows: rows.collect(),
        permission_name: permission.map(text::permission),
        unknown_permission: permission.is_none() && !wanted.is_empty(),
        names: catalog().permissions().map(Permission::name).collect(),
        search,
        permission: wanted,
        total,
        can_create: super::can_create(viewer),
        counts_users,
        unused,
        page: number,
        previous: (number > 1).then(|| to(number - 1)),
        next: (number < pages).then(|| to(number + 1)),
        pages,
    }
}

impl ProfileRow {
    fn new(viewer: &CurrentUser, profile: &SecurityProfile) -> Self {
        let granted = floorkey::effective(profile.permissions.permissions());
        let granting = granted.intersection(catalog().granting());
        let control = &profile.access_control;
        let full = catalog().granting().is_subset(&granted);
        let mut badges = match full {
            true => vec![RiskBadge { kind: "bad", text: "full access" }],
            false => risk::badges_of_set(&granted),
        };
        let others = badges.split_off(badges.len().min(BADGES_MAX));
        let user_count = viewer.directory.profile_user_count_at(profile.id, viewer.now);
        Self {
            other_risks: others.iter().map(|badge| badge.text).collect(),
            id: profile.id.to_string(),
            href: address(profile.id),
            name: profile.name.clone(),
            description: profile.description.clone(),
            permissions: text::figure(floorkey::countable_permissions(profile.permissions.permissions()).len()),
            users: text::figure(user_count),
            user_count,
            badges,
            is_scoped: control.hierarchy_restricted || !control.tag_restricted.is_empty(),
            restrictions: granted.difference(&granting).len(),
            default: default_label(profile),
            changed: text::relative_time(profile.modified, viewer.now),
            changed_at: text::utc_time(profile.modified),
            changed_iso: text::iso_time(profile.modified),
        }
    }
}

/// Returns the label of a default profile, which also states whether the profile was changed. Returns `None` for other
/// profiles.
pub(super) fn default_label(profile: &SecurityProfile) -> Option<&'static str> {
    let differs = default_diff(profile)?;
    Some(if differs.is_same() { "default" } else { "changed from default" })
}

/// Finds a permission by its API name or its display name.
fn find_permission(text: &str) -> Option<Permission> {
    let found = Permission::parse(text).ok();
    found.or_else(|| {
        let display_name = text.to_lowercase();
        catalog().permissions().find(|permission| {
            text::permission(*permission).to_lowercase() == display_name
                || permission.name().to_lowercase() == display_name
        })
    })
}
