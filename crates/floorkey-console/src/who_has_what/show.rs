//! The "Who has what" page.

use askama::Template;
use axum::body::Body;
use floorkey::{Action, Target};
use http::Response;

use super::heat_map::HeatMap;
use super::params::{GroupFilter, Params};
use super::rows::{MapColumn, RowKind, Rows};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;

#[derive(Template)]
#[template(path = "who_has_what/show.html")]
struct WhoHasWhatPage {
    layout: Layout,
    /// The heading of the rows: `User`, `Team` or `Security profiles`.
    row: &'static str,
    kind: &'static str,
    explanation: &'static str,
    count: String,
    heat_map: HeatMap,
    chips: Vec<FilterChip>,
    profiles: Vec<(String, String, bool)>,
    groups: Vec<(String, String, bool)>,
    without_group: bool,
    by_profiles: bool,
    /// The views, each with a label, a URL, and a flag that is `true` for the current view.
    views: Vec<(&'static str, String, bool)>,
    notes: Vec<String>,
    /// The URL of the list of users with the same filters.
    users: String,
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
    let columns = MapColumn::all();
    let rows = Rows::new(viewer, &params, &columns);
    let (row, kind, explanation) = row_texts(rows.kind);
    let chosen = |field: &str, value: &str| fields.text(field) == Some(value);
    let choices = |all: &[(String, String)], field: &str| {
        let choice = |(value, name): &(String, String)| (value.clone(), name.clone(), chosen(field, value));
        all.iter().map(choice).collect()
    };
    let users = text::count_noun(rows.users, "user");
    let views = match params.by_profiles || rows.kind != RowKind::Profiles {
        true => vec![
            (
                if rows.users > super::rows::ROWS_MAX { "By team" } else { "By user" },
                params.url_by(false),
                !params.by_profiles,
            ),
            ("By security profiles", params.url_by(true), params.by_profiles),
        ],
        false => Vec::new(),
    };
    WhoHasWhatPage {
        layout: viewer.layout("Who has what"),
        row,
        kind,
        explanation,
        count: match rows.kind {
            RowKind::Users => users,
            _ => format!("{}, {users}", text::count_noun(rows.rows.len() + rows.omitted, row_noun(rows.kind))),
        },
        notes: notes(&rows),
        heat_map: HeatMap::new(rows.kind, &columns, rows.rows),
        chips: params.chips(),
        profiles: choices(&params.profiles, "profile"),
        groups: choices(&params.groups, "group"),
        without_group: params.group_filter == Some(GroupFilter::None),
        by_profiles: params.by_profiles,
        views,
        users: params.users_url(params.profile.as_slice()),
    }
}

/// Returns the noun for a row and an explanation of the map. The noun is returned first as a heading, and then as used
/// within a sentence.
const fn row_texts(kind: RowKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        RowKind::Users => (
            "User",
            "user",
            "Each row is a user, each column a permission group: the darker, the more of its permissions they have. Users with \
             similar permissions are next to each other.",
        ),
        RowKind::Teams => (
            "Team",
            "team",
            "Each row is a team, each column a permission group: the darker, the more of its permissions its users have on \
             average. Teams with similar permissions are next to each other. Select a team to see its users.",
        ),
        RowKind::Profiles => (
            "Security profiles",
            "set of security profiles",
            "Each row is a set of security profiles that users have together, each column a permission group: the \
             darker, the more of it they give.",
        ),
    }
}

const fn row_noun(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Users => "user",
        RowKind::Teams => "team",
        RowKind::Profiles => "combination",
    }
}

/// Returns sentences about users and rows that the map leaves out.
fn notes(rows: &Rows) -> Vec<String> {
    let disabled = (rows.disabled > 0).then(|| match rows.disabled {
        1 => "1 disabled user has no permissions and is not shown.".to_owned(),
        many => format!("{} disabled users have no permissions and are not shown.", text::figure(many)),
    });
    let left = (rows.omitted > 0).then(|| {
        format!(
            "Shown are the {} rows with the most users; {} more have fewer.",
            super::rows::ROWS_MAX,
            text::figure(rows.omitted)
        )
    });
    let scope = (!rows.sees_all)
        .then(|| "Only users in your scope are counted, all of whose security profiles you can see.".to_owned());
    [disabled, left, scope].into_iter().flatten().collect()
}
