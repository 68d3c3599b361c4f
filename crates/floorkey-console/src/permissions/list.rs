//! The catalog as a table, beside a list of its groups.

use askama::Template;
use axum::body::Body;
use floorkey::catalog::Polarity;
use floorkey::{Permission, catalog};
use http::Response;

use super::filter::{PermissionFilter, slug, sorted};
use super::properties::{PERMISSIONS, PermissionValues, offered};
use super::usage::PermissionUsage;
use super::{address, authorize};
use crate::profiles::risk::{self, RiskBadge};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::property_filter::{Operator, PropertyFilter, Token};
use crate::web::scan::scan;
use crate::web::table::{
    self, Badge, Cell, Column, EmptyState, PageOfRows, Redirect, TableRow, TableSettings, TableState, TableView,
    ViewSource,
};
use crate::web::text;

/// What the search looks through.
const PLACEHOLDER: &str = "Name, meaning, API name or a filter";

#[derive(Template)]
#[template(path = "permissions/list.html")]
struct PermissionListPage<'a> {
    layout: Layout,
    count: String,
    groups: Vec<GroupLink>,
    table: TableView<'a>,
    download: String,
}

/// A link to the permissions of a group that match the rest of the filter.
struct GroupLink {
    name: &'static str,
    count: String,
    href: String,
    is_current: bool,
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    scan(&viewer, move |viewer| build(viewer, &fields)).await
}

fn build(viewer: &CurrentUser, fields: &Fields) -> Response<Body> {
    let usage = PermissionUsage::for_viewer(viewer);
    let values = PermissionValues(viewer);
    let properties = offered(viewer, usage.is_some());
    let (mut state, add_form) = match table::parse_request(
        &PERMISSIONS,
        fields,
        &TableSettings::recall(&PERMISSIONS, viewer),
        &properties,
        &values,
    ) {
        Ok(parsed) => parsed,
        Err(Redirect(url)) => return redirect_to(&url),
    };
    for column in ["users", "profiles"] {
        state.require(&PERMISSIONS, column, usage.is_some());
    }
    let found = find(viewer, &state, usage.as_ref());
    let total = catalog().permissions().len();
    let on_page = state.range(found.len()).0.filter_map(|at| found.get(at));
    let rows: Vec<TableRow<'_>> = on_page.map(|one| row(*one, &state.columns, usage.as_ref())).collect();
    let source = ViewSource {
        table: &PERMISSIONS,
        label: "Permissions",
        placeholder: PLACEHOLDER,
        state: &state,
        values: &values,
        viewer: Some(viewer),
        add_form,
    };
    let empty = EmptyState { headline: "No permissions".to_owned(), text: String::new(), action: None };
    page(&PermissionListPage {
        layout: viewer.layout("Permissions"),
        count: match found.len() == total {
            true => text::figure(total),
            false => format!("{} of {}", text::figure(found.len()), text::figure(total)),
        },
        groups: groups(viewer, &state, usage.as_ref()),
        table: source.view(PageOfRows { rows, count: found.len() }, None, empty),
        download: format!("{}/download{}", super::LIST, state.fields(&PERMISSIONS).query()),
    })
}

/// Suggests filters while the viewer types.
pub(super) async fn suggest(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let properties = offered(&viewer, PermissionUsage::is_known(&viewer));
    let today = (viewer.now, viewer.zone());
    Ok(table::suggestions(&PERMISSIONS, &fields, &properties, &PermissionValues(&viewer), today))
}

/// Downloads the permissions that match the filter as a CSV file, in the order of the list.
pub(super) async fn download(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    scan(&viewer, move |viewer| {
        let usage = PermissionUsage::for_viewer(viewer);
        let mut state = TableState::parse(&PERMISSIONS, &fields, &TableSettings::default());
        let counts = ["users", "profiles"];
        for column in counts {
            state.require(&PERMISSIONS, column, usage.is_some());
        }
        let is_visible = |column: &&Column| usage.is_some() || !counts.contains(&column.id);
        let columns: Vec<&'static Column> = (PERMISSIONS.columns)().iter().filter(is_visible).collect();
        let mut csv = CsvTable::new(&columns.iter().map(|column| column.title).collect::<Vec<_>>());
        for permission in find(viewer, &state, usage.as_ref()) {
            let text = |column: &&Column| plain_text(permission, column, usage.as_ref());
            csv.push_row(&columns.iter().map(text).collect::<Vec<_>>());
        }
        csv.download("permissions.csv")
    })
    .await
}

/// Returns the permissions that match the filter, sorted.
fn find(viewer: &CurrentUser, state: &TableState, usage: Option<&PermissionUsage>) -> Vec<Permission> {
    let Some(filter) = PermissionFilter::new(&state.filter, viewer, usage.is_some()) else { return Vec::new() };
    let in_catalog = catalog()
        .groups()
        .into_iter()
        .flat_map(|group| catalog().permissions().filter(move |permission| permission.info().group == group));
    sorted(in_catalog.filter(|permission| filter.matches(*permission, usage)).collect(), state.sort, usage)
}

/// Returns links to all groups, after a link to all permissions.
fn groups(viewer: &CurrentUser, state: &TableState, usage: Option<&PermissionUsage>) -> Vec<GroupLink> {
    let is_group = |token: &Token| token.property.id == "group" && token.operator == Operator::IS;
    let current = state.filter.tokens.iter().find(|token| is_group(token)).map(|token| token.value.as_str());
    let rest = PropertyFilter {
        search: state.filter.search.clone(),
        tokens: state.filter.tokens.iter().filter(|token| !is_group(token)).cloned().collect(),
    };
    let filter = PermissionFilter::new(&rest, viewer, usage.is_some());
    let matches = |permission: &Permission| filter.as_ref().is_some_and(|filter| filter.matches(*permission, usage));
    let matching: Vec<Permission> = catalog().permissions().filter(matches).collect();
    let link = |name: &'static str, group: Option<&'static str>| {
        let in_group = |permission: &&Permission| group.is_none_or(|group| permission.info().group == group);
        let property = PERMISSIONS.properties.iter().find(|property| property.id == "group");
        let token = property.zip(group).map(|(property, group)| Token::new(property, Operator::IS, &slug(group)));
        GroupLink {
            name,
            count: text::figure(matching.iter().filter(in_group).count()),
            href: match token {
                Some(token) => state.filter_url(&PERMISSIONS, &rest.with(token)),
                None => state.filter_url(&PERMISSIONS, &rest),
            },
            is_current: current == group.map(slug).as_deref(),
        }
    };
    let all = link("All permissions", None);
    std::iter::once(all).chain(catalog().groups().into_iter().map(|group| link(group, Some(group)))).collect()
}

fn row<'a>(permission: Permission, columns: &[&'static Column], usage: Option<&PermissionUsage>) -> TableRow<'a> {
    let info = permission.info();
    let restriction = (info.polarity == Polarity::Restriction).then_some(Badge::new("", "Restriction"));
    let legacy = info.is_legacy().then_some(Badge::new("", "Legacy"));
    TableRow {
        id: permission.name().to_owned(),
        name: text::permission(permission),
        href: address(permission),
        badges: restriction.into_iter().chain(legacy).collect(),
        cells: columns.iter().skip(1).map(|column| (*column, cell(permission, column, usage))).collect(),
    }
}

fn cell<'a>(permission: Permission, column: &Column, usage: Option<&PermissionUsage>) -> Cell<'a> {
    let is_restriction = permission.info().polarity == Polarity::Restriction;
    match column.id {
        "api" => Cell::Code(permission.name()),
        "about" => Cell::text(permission.info().description.as_str()),
        "risk" => Cell::badges(risk::badges(permission).into_iter().map(RiskBadge::into_badge).collect(), 1),
        "users" => match usage.map(|usage| usage.get(permission).users) {
            // The list of users cannot be filtered by restrictions.
            Some(users) if users > 0 && !is_restriction => Cell::Link {
                text: text::figure(users).into(),
                href: format!("/connect/users?permission={}", permission.name()),
                label: format!("{} with {}", text::count_noun(users, "user"), text::permission(permission)),
            },
            users => Cell::text(users.map(text::figure).unwrap_or_default()),
        },
        _ => Cell::text(plain_text(permission, column, usage)),
    }
}

/// Returns the content of a cell as text.
fn plain_text(permission: Permission, column: &Column, usage: Option<&PermissionUsage>) -> String {
    let info = permission.info();
    let count = usage.map(|usage| usage.get(permission));
    match column.id {
        "name" => text::permission(permission),
        "api" => info.name.clone(),
        "about" => info.description.clone(),
        "group" => info.group.clone(),
        "risk" => {
            let texts: Vec<_> = risk::badges(permission).iter().map(|badge| badge.text).collect();
            texts.join("|")
        }
        "users" => count.map(|count| count.users.to_string()).unwrap_or_default(),
        "profiles" => count.map(|count| count.profiles.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}
