//! The list of security profiles.

use std::borrow::Cow;

use askama::Template;
use axum::body::Body;
use floorkey::{Action, Refusal, SecurityProfile, Target, catalog};
use http::Response;

use super::list_filter::{Control, ListedProfile, ProfileFilter, controls, sorted};
use super::properties::{PROFILES, ProfileValues, offered};
use super::risk::{self, RiskBadge};
use super::{address, can_see};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::table::{
    self, Badge, Cell, Column, EmptyState, PageOfRows, Redirect, SelectionAction, SelectionView, TableRow,
    TableSettings, TableState, TableView, ViewSource,
};
use crate::web::text;

/// What the search looks through.
const PLACEHOLDER: &str = "Name, description or a filter";

#[derive(Template)]
#[template(path = "profiles/list.html")]
struct ProfileListPage<'a> {
    layout: Layout,
    count: String,
    table: TableView<'a>,
    can_create: bool,
    download: String,
}

pub(super) async fn show(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let values = ProfileValues(&viewer);
    let counts_users = viewer.visibility().sees_all_users();
    let properties = offered(counts_users);
    let (mut state, add_form) =
        match table::parse_request(&PROFILES, &query, &TableSettings::recall(&PROFILES, &viewer), &properties, &values)
        {
            Ok(parsed) => parsed,
            Err(Redirect(url)) => return Ok(redirect_to(&url)),
        };
    state.require(&PROFILES, "users", counts_users);
    let (found, total) = find(&viewer, &state);
    let rows: Vec<TableRow<'_>> = state
        .range(found.len())
        .0
        .filter_map(|at| found.get(at))
        .map(|listed| row(&viewer, listed, &state.columns))
        .collect();
    let can_create = super::can_create(&viewer);
    let source = ViewSource {
        table: &PROFILES,
        label: "Security profiles",
        placeholder: PLACEHOLDER,
        state: &state,
        values: &values,
        viewer: Some(&viewer),
        add_form,
    };
    let empty = EmptyState {
        headline: "No security profiles to show".to_owned(),
        text: "There are no security profiles that you can see.".to_owned(),
        action: can_create.then(|| ("Add the first one".to_owned(), format!("{}/new", super::LIST))),
    };
    Ok(page(&ProfileListPage {
        layout: viewer.layout("Security profiles"),
        count: match found.len() == total {
            true => text::figure(total),
            false => format!("{} of {}", text::figure(found.len()), text::figure(total)),
        },
        table: source.view(PageOfRows { rows, count: found.len() }, Some(selection()), empty),
        can_create,
        download: format!("{}/download{}", super::LIST, state.fields(&PROFILES).query()),
    }))
}

/// Suggests filters while the viewer types.
pub(super) async fn suggest(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let properties = offered(viewer.visibility().sees_all_users());
    let today = (viewer.now, viewer.zone());
    Ok(table::suggestions(&PROFILES, &query, &properties, &ProfileValues(&viewer), today))
}

/// Downloads the profiles that match the filter as a CSV file, in the order of the list.
pub(super) async fn download(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let mut state = TableState::parse(&PROFILES, &query, &TableSettings::default());
    let counts_users = viewer.visibility().sees_all_users();
    state.require(&PROFILES, "users", counts_users);
    let columns = (PROFILES.columns)().iter().filter(|column| counts_users || column.id != "users");
    let columns: Vec<&'static Column> = columns.collect();
    let headings: Vec<&str> = columns.iter().map(|column| column.title).chain(["Security profile id"]).collect();
    let mut csv = CsvTable::new(&headings);
    for listed in &find(&viewer, &state).0 {
        let mut cells: Vec<String> = columns.iter().map(|column| plain_text(&viewer, listed, column)).collect();
        cells.push(listed.profile.id.to_string());
        csv.push_row(&cells);
    }
    Ok(csv.download("security-profiles.csv"))
}

fn authorize(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.authorize(Action::DescribeSecurityProfile, &Target::Instance) {
        // A viewer whose permission has a scope sees the profiles within that scope.
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Returns the profiles that match the filter, sorted, and the number of all profiles that the viewer can see.
fn find<'a>(viewer: &'a CurrentUser, state: &TableState) -> (Vec<ListedProfile<'a>>, usize) {
    let visible: Vec<_> = viewer.directory.profiles().filter(|profile| can_see(viewer, profile.id)).collect();
    let total = visible.len();
    let Some(filter) = ProfileFilter::new(&state.filter, viewer, viewer.zone()) else {
        return (Vec::new(), total);
    };
    let listed = visible.into_iter().map(|profile| ListedProfile::new(viewer, profile));
    (sorted(listed.filter(|listed| filter.matches(listed)).collect(), state.sort), total)
}

fn selection() -> SelectionView {
    let path = "/connect/security-profiles/compare";
    let compare = SelectionAction { text: "Compare", path, icon: "git-compare", is_danger: false };
    SelectionView {
        field: "p",
        actions: vec![compare],
        more: Vec::new(),
        all: None,
        fields: Vec::new(),
        can_post: false,
    }
}

fn row<'a>(viewer: &CurrentUser, listed: &ListedProfile<'a>, columns: &[&'static Column]) -> TableRow<'a> {
    TableRow {
        id: listed.profile.id.to_string(),
        name: listed.profile.name.clone(),
        href: address(listed.profile.id),
        badges: Vec::new(),
        cells: columns.iter().skip(1).map(|column| (*column, cell(viewer, listed, column))).collect(),
    }
}

fn cell<'a>(viewer: &CurrentUser, listed: &ListedProfile<'a>, column: &Column) -> Cell<'a> {
    let profile: &'a SecurityProfile = listed.profile;
    match column.id {
        "description" => Cell::text(profile.description.as_str()),
        "users" if listed.users > 0 => Cell::Link {
            text: text::figure(listed.users).into(),
            href: format!("/connect/users?profile={}", profile.id),
            label: format!("{} with {}", text::count_noun(listed.users, "user"), profile.name),
        },
        "risk" => Cell::badges(risks(listed), 1),
        "default" => match listed.is_default {
            Some(true) => Cell::badges(vec![Badge::new("", "Default")], 1),
            Some(false) => Cell::badges(vec![Badge::new("info", "Changed")], 1),
            None => Cell::Empty,
        },
        "assigns" => {
            let visibility = viewer.visibility();
            let names: Vec<String> = profile.assignable.iter().map(|id| text::profile(&visibility, *id)).collect();
            match names.is_empty() {
                true => Cell::Empty,
                false => Cell::Text { text: text::figure(names.len()).into(), title: names.join(", ").into() },
            }
        }
        "applications" => {
            let names = profile.applications.iter().map(|granted| Cow::Borrowed(granted.namespace.as_str()));
            Cell::chips(names.collect(), 1)
        }
        "changed" => {
            let ago = text::relative_time(profile.modified, viewer.now);
            Cell::time(profile.modified, ago, &viewer.preferences.times, viewer.now)
        }
        _ => Cell::text(plain_text(viewer, listed, column)),
    }
}

/// Returns the content of a cell as text.
fn plain_text(viewer: &CurrentUser, listed: &ListedProfile<'_>, column: &Column) -> String {
    let profile = listed.profile;
    let joined = |names: Vec<String>| names.join("|");
    match column.id {
        "name" => profile.name.clone(),
        "description" => profile.description.clone(),
        "users" => listed.users.to_string(),
        "permissions" => listed.permissions.to_string(),
        "risk" => joined(risks(listed).into_iter().map(|badge| badge.text.into_owned()).collect()),
        "control" => control_text(viewer, profile),
        "default" => match listed.is_default {
            Some(true) => "Default".to_owned(),
            Some(false) => "Changed".to_owned(),
            None => String::new(),
        },
        "assigns" => {
            let visibility = viewer.visibility();
            joined(profile.assignable.iter().map(|id| text::profile(&visibility, *id)).collect())
        }
        "applications" => joined(profile.applications.iter().map(|granted| granted.namespace.clone()).collect()),
        "changed" => text::iso_time(profile.modified),
        _ => String::new(),
    }
}

/// Returns the marks of a profile's risks, the most severe first, and of its restrictions.
fn risks(listed: &ListedProfile<'_>) -> Vec<Badge> {
    let mut badges: Vec<Badge> = match listed.is_full() {
        true => vec![Badge::new("bad", "Full access")],
        false => risk::badges_of_set(&listed.granted).into_iter().map(RiskBadge::into_badge).collect(),
    };
    if !listed.granted.difference(catalog().granting()).is_empty() {
        badges.push(Badge::new("", "Sets restrictions"));
    }
    badges
}

/// Describes what limits the permissions of a profile. Returns an empty string if nothing does.
fn control_text(viewer: &CurrentUser, profile: &SecurityProfile) -> String {
    let control = &profile.access_control;
    let part = |one: &Control| match one {
        Control::OwnGroup => "Own hierarchy group".to_owned(),
        Control::Group => {
            control.hierarchy_group.map(|group| text::group(&viewer.visibility(), group)).unwrap_or_default()
        }
        Control::Tags => {
            let tags: Vec<_> = control.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            tags.join(", ")
        }
    };
    controls(profile).iter().map(part).collect::<Vec<_>>().join("; ")
}

/// Returns the label of a default profile, which also states whether the profile was changed. Returns `None` for other
/// profiles.
pub(super) fn default_label(profile: &SecurityProfile) -> Option<&'static str> {
    let differs = floorkey::review::default_diff::default_diff(profile)?;
    Some(if differs.is_same() { "default" } else { "changed from default" })
}
