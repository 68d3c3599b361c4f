//! The "Who has what" page.

use askama::Template;
use axum::body::Body;
use floorkey::{Action, Target};
use http::Response;

use super::capability_table::{CapabilityTable, TableBuilder};
use super::group_table::GroupTable;
use super::members::{Members, Teams};
use super::params::{GroupFilter, Params, RowKind, Sort};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;

/// The number of rows on a page.
const PAGE: usize = 40;

#[derive(Template)]
#[template(path = "who_has_what/show.html")]
struct WhoHasWhatPage {
    layout: Layout,
    /// The heading of the rows: `User`, `Team` or `Security profiles`.
    row_heading: &'static str,
    /// Whether each row is a single user, so that the column with the number of users is left out.
    is_by_user: bool,
    count: String,
    table: Table,
    /// The kinds of rows, each with a label, a URL, and a flag that is `true` for the current kind.
    kinds: Vec<(&'static str, String, bool)>,
    /// The levels of the hierarchy to group users by, each with a name, a URL, and a flag for the current level. Empty
    /// unless each row is a team and there are several levels.
    levels: Vec<(String, String, bool)>,
    /// The kinds of columns, each with a label, a URL, and a flag for the current kind. Empty unless each row is a
    /// combination of security profiles.
    column_kinds: Vec<(&'static str, String, bool)>,
    /// The URL of the page sorted by name, and whether it is sorted by name.
    by_name: (String, bool),
    /// The URL of the page sorted by the number of users, and whether it is sorted by the number of users.
    by_users: (String, bool),
    chips: Vec<FilterChip>,
    profiles: Vec<(String, String, bool)>,
    groups: Vec<(String, String, bool)>,
    without_group: bool,
    hidden_fields: Vec<(String, String)>,
    notes: Vec<String>,
    pager: Option<Pager>,
}

/// The table of the page.
enum Table {
    /// There are no users.
    Empty,
    Capabilities(CapabilityTable),
    Groups(GroupTable),
}

impl Table {
    const fn has_rows(&self) -> bool {
        !matches!(self, Self::Empty)
    }
}

/// The links to the other pages of the rows.
struct Pager {
    /// The range of rows on this page, such as `1 to 40 of 207`.
    range: String,
    page: String,
    previous: Option<String>,
    next: Option<String>,
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    for (has_permission, action) in
        [(viewer.sees_users(), Action::ListUsers), (viewer.sees_profiles(), Action::DescribeSecurityProfile)]
    {
        if !has_permission {
            viewer.authorize(action, &Target::Instance)?;
        }
    }
    scan(&viewer, move |viewer| page(&build(viewer, &fields))).await
}

fn build(viewer: &CurrentUser, fields: &Fields) -> WhoHasWhatPage {
    let params = Params::parse(viewer, fields);
    let members = Members::new(viewer, &params);
    let teams = Teams::new(viewer, &params, &members, PAGE);
    let kind = params.rows.unwrap_or_else(|| default_rows(&params, &members, &teams));
    let table = match (members.users.is_empty(), params.by_permission_group) {
        (true, _) => Table::Empty,
        (false, true) => Table::Groups(GroupTable::new(&params, &members, PAGE)),
        (false, false) => Table::Capabilities(TableBuilder::new(viewer, &params, &members, PAGE).build(kind, &teams)),
    };
    let (rows, range) = match &table {
        Table::Empty => (0, 0..0),
        Table::Capabilities(table) => (table.row_count, table.range.clone()),
        Table::Groups(table) => (table.row_count, table.range.clone()),
    };
    let choices = |all: &[(String, String)], field: &str| {
        let is_chosen = |value: &str| fields.text(field) == Some(value);
        all.iter().map(|(value, name)| (value.clone(), name.clone(), is_chosen(value))).collect()
    };
    let users = text::count_noun(members.users.len(), "user");
    let (row_heading, noun) = row_texts(kind);
    WhoHasWhatPage {
        layout: viewer.layout("Who has what"),
        row_heading,
        is_by_user: kind == RowKind::Users,
        count: match kind {
            RowKind::Users => users,
            RowKind::Teams | RowKind::Profiles => format!("{}, {users}", text::count_noun(rows, noun)),
        },
        kinds: kinds(&params, kind),
        levels: if kind == RowKind::Teams { levels(viewer, &params, &teams) } else { Vec::new() },
        column_kinds: if kind == RowKind::Profiles { column_kinds(&params) } else { Vec::new() },
        by_name: (params.url_sorted(Sort::Name), matches!(params.sort, Some(Sort::Name))),
        by_users: (params.url_sorted(Sort::Users), matches!(params.sort, Some(Sort::Users))),
        chips: params.chips(),
        profiles: choices(&params.profiles, "profile"),
        groups: choices(&params.groups, "group"),
        without_group: params.group_filter == Some(GroupFilter::None),
        hidden_fields: params.view_fields(),
        notes: notes(&members),
        pager: pager(&params, rows, &range),
        table,
    }
}

/// Returns the kind of the rows if the URL does not say it: users if they fit on one page or are in a single team, teams
/// if there are several, and otherwise combinations of security profiles.
fn default_rows(params: &Params, members: &Members<'_>, teams: &Teams) -> RowKind {
    match members.users.len() {
        users if users <= PAGE => RowKind::Users,
        _ if teams.teams.len() > 1 => RowKind::Teams,
        _ if params.group_filter.is_some() => RowKind::Users,
        _ => RowKind::Profiles,
    }
}

/// Returns the heading of the rows, and the noun for a row.
const fn row_texts(kind: RowKind) -> (&'static str, &'static str) {
    match kind {
        RowKind::Users => ("User", "user"),
        RowKind::Teams => ("Team", "team"),
        RowKind::Profiles => ("Security profiles", "combination"),
    }
}

fn kinds(params: &Params, kind: RowKind) -> Vec<(&'static str, String, bool)> {
    let label = |kind| match kind {
        RowKind::Teams => "By team",
        RowKind::Profiles => "By security profiles",
        RowKind::Users => "By user",
    };
    RowKind::ALL.into_iter().map(|other| (label(other), params.url_by(other), other == kind)).collect()
}

fn levels(viewer: &CurrentUser, params: &Params, teams: &Teams) -> Vec<(String, String, bool)> {
    if teams.levels.len() < 2 {
        return Vec::new();
    }
    let shows_names = viewer.visibility().structure().shows_details();
    let structure = viewer.directory.hierarchy_structure();
    let name = |level: u8| {
        let known = structure.levels.get(usize::from(level).saturating_sub(1)).filter(|_| shows_names);
        known.map_or_else(|| format!("Level {level}"), |level| level.name.clone())
    };
    let level = |level: &u8| (name(*level), params.url_for_level(*level), *level == teams.level);
    teams.levels.iter().map(level).collect()
}

fn column_kinds(params: &Params) -> Vec<(&'static str, String, bool)> {
    let by_group = params.by_permission_group;
    vec![
        ("What they can do", params.url_for_columns(false), !by_group),
        ("Permission groups", params.url_for_columns(true), by_group),
    ]
}

fn pager(params: &Params, rows: usize, range: &std::ops::Range<usize>) -> Option<Pager> {
    if rows <= PAGE {
        return None;
    }
    let (page, pages) = (range.start / PAGE + 1, rows.div_ceil(PAGE));
    Some(Pager {
        range: format!("{} to {} of {}", text::figure(range.start + 1), text::figure(range.end), text::figure(rows)),
        page: format!("Page {} of {}", text::figure(page), text::figure(pages)),
        previous: (page > 1).then(|| params.url_for_page(page - 1)),
        next: (page < pages).then(|| params.url_for_page(page + 1)),
    })
}

/// Returns sentences about users that the page leaves out.
fn notes(members: &Members<'_>) -> Vec<String> {
    let disabled = (members.disabled() > 0).then(|| match members.disabled() {
        1 => "1 disabled user has no permissions and is not counted.".to_owned(),
        many => format!("{} disabled users have no permissions and are not counted.", text::figure(many)),
    });
    let scope = (!members.sees_all)
        .then(|| "Only users in your scope are counted, all of whose security profiles you can see.".to_owned());
    [disabled, scope].into_iter().flatten().collect()
}
