//! The catalog as a list of groups.

use askama::Template;
use axum::body::Body;
use floorkey::catalogue::Polarity;
use floorkey::review::risks::BY_SEVERITY;
use floorkey::{Permission, catalogue};
use http::Response;

use super::filter::{Filter, Token, capital, slug};
use super::holders::Holders;
use super::{address, authorize};
use crate::profiles::risk::{self, Mark};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;

#[derive(Template)]
#[template(path = "permissions/list.html")]
struct ListPage {
    layout: Layout,
    search: String,
    /// The filter choices: value, text, and whether it is selected.
    groups: Vec<(String, &'static str, bool)>,
    risks: Vec<(&'static str, String, bool)>,
    held: &'static str,
    knows_holders: bool,
    tokens: Vec<Token>,
    count: String,
    sections: Vec<Section>,
    /// The address of the page with every group open, if some are collapsed.
    all_open: Option<String>,
}

/// A permission group.
struct Section {
    name: &'static str,
    slug: String,
    open: bool,
    count: String,
    /// Notes shown while the group is collapsed.
    facts: Vec<String>,
    rows: Vec<Row>,
}

/// A permission.
struct Row {
    /// The HTML id of its API name.
    id: String,
    href: String,
    title: String,
    name: &'static str,
    about: &'static str,
    marks: Vec<Mark>,
    limit: bool,
    legacy: bool,
    holders: Option<HeldBy>,
}

/// The number of users and profiles with a permission.
struct HeldBy {
    users: String,
    /// The address of the list of users, which cannot be filtered by restrictions.
    list: Option<String>,
    profiles: String,
    nobody: bool,
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let answer = move |viewer: &CurrentUser| {
        let holders = Holders::of_all(viewer);
        let filter = Filter::read(&fields, holders.is_some());
        page(&build(viewer, &fields, &filter, holders.as_ref()))
    };
    scan(&viewer, answer).await
}

fn build(viewer: &CurrentUser, fields: &Fields, filter: &Filter, holders: Option<&Holders>) -> ListPage {
    let open = filter.is_set() || fields.has("open");
    let sections: Vec<Section> = catalogue()
        .groups()
        .into_iter()
        .filter_map(|group| section(group, filter, holders))
        .map(|section| Section { open, ..section })
        .collect();
    let found = sections.iter().map(|section| section.rows.len()).sum();
    let total = catalogue().permissions().len();
    let groups = catalogue().groups().into_iter();
    let risks = BY_SEVERITY.into_iter();
    ListPage {
        layout: viewer.layout("Permissions"),
        search: filter.search.clone(),
        groups: groups.map(|group| (slug(group), group, filter.group == Some(group))).collect(),
        risks: risks.map(|one| (one.word(), capital(risk::mark(one).text), filter.risk == Some(one))).collect(),
        held: match filter.held {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
        knows_holders: holders.is_some(),
        tokens: filter.tokens(fields),
        count: match filter.is_set() {
            true => format!("{} of {}", text::figure(found), text::figure(total)),
            false => text::figure(total),
        },
        sections,
        all_open: (!open).then(|| format!("{}?open=all", super::LIST)),
    }
}

/// Returns the matching permissions of a group, or `None` if there are none.
fn section(group: &'static str, filter: &Filter, holders: Option<&Holders>) -> Option<Section> {
    let of_group = catalogue().permissions().filter(|permission| permission.info().group == group);
    let (all, found): (Vec<_>, Vec<_>) =
        of_group.map(|permission| (permission, filter.admits(permission, holders))).unzip();
    let rows: Vec<Row> =
        all.iter().zip(found).filter(|(_, found)| *found).map(|(permission, _)| row(*permission, holders)).collect();
    if rows.is_empty() {
        return None;
    }
    let risky = rows.iter().filter(|row| row.marks.iter().any(|mark| mark.kind == "bad")).count();
    let unheld = rows.iter().filter(|row| row.holders.as_ref().is_some_and(|held| held.nobody)).count();
    let fact = |number: usize, text: &str| (number > 0).then(|| format!("{number} {text}"));
    let facts = [fact(risky, "can lead to full access or lock others out"), fact(unheld, "held by nobody")];
    Some(Section {
        name: group,
        slug: slug(group),
        open: false,
        count: match rows.len() == all.len() {
            true => text::figure(all.len()),
            false => format!("{} of {}", rows.len(), all.len()),
        },
        facts: facts.into_iter().flatten().collect(),
        rows,
    })
}

fn row(permission: Permission, holders: Option<&Holders>) -> Row {
    let info = permission.info();
    let limit = info.polarity == Polarity::Limit;
    Row {
        id: format!("name-{}", info.name.replace('.', "-")),
        href: address(permission),
        title: text::permission(permission),
        name: &info.name,
        about: &info.about,
        marks: risk::marks(permission),
        limit,
        legacy: info.is_legacy(),
        holders: holders.map(|holders| {
            let count = holders.of(permission);
            HeldBy {
                users: text::count_noun(count.users, "user"),
                list: (!limit && count.users > 0).then(|| format!("/connect/users?permission={}", info.name)),
                profiles: text::count_noun(count.profiles, "profile"),
                nobody: count.users == 0,
            }
        }),
    }
}
