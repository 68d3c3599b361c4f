//! Assignments of security profiles that end soon: on the Home page, and on a page of their own.

use askama::Template;
use axum::body::Body;
use floorkey::user::Assignment;
use floorkey::{Timestamp, User};
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;
use crate::web::time_format::LocalTime;

/// The number of days ahead that are listed.
pub(super) const DAYS: u16 = 14;

/// The number of assignments on the Home page, and on a page of the list.
const HOME_MAX: usize = 6;
const PAGE: usize = 100;

/// The address of the list.
const LIST: &str = "/connect/ending-assignments";

/// The assignments on the Home page.
pub(super) struct EndingCard {
    pub(super) count: usize,
    pub(super) rows: Vec<EndingRow>,
    pub(super) href: &'static str,
}

/// An assignment that ends soon.
pub(super) struct EndingRow {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) href: String,
    pub(super) profile: String,
    pub(super) ends: LocalTime,
    /// How soon it ends, such as `in 3 days`.
    pub(super) left: String,
    /// What the user has afterwards.
    pub(super) then: String,
    /// Whether the user has no profile afterwards.
    pub(super) loses_all: bool,
}

#[derive(Template)]
#[template(path = "home/ending.html")]
struct EndingPage {
    layout: Layout,
    count: usize,
    days: u16,
    rows: Vec<EndingRow>,
    number: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
}

/// An assignment of a visible user, by the time when it ends.
type Ending = (Timestamp, std::sync::Arc<User>, Assignment);

/// Returns the assignments of visible, enabled users that end within [`DAYS`] days, the earliest first.
fn ending(viewer: &CurrentUser) -> Vec<Ending> {
    let (now, latest) = (viewer.now, viewer.now.plus_days(DAYS));
    let visibility = viewer.visibility();
    let sees_all = visibility.sees_all_users();
    let mut all: Vec<Ending> = Vec::new();
    for user in viewer.directory.users_with_dated_assignments().filter(|user| user.enabled) {
        let ends = |assigned: &&Assignment| assigned.until.is_some_and(|until| now < until && until <= latest);
        let mut found = user.assignments.iter().filter(ends).peekable();
        if found.peek().is_some() && (sees_all || visibility.user(user.id).shows_details()) {
            all.extend(found.filter_map(|assigned| Some((assigned.until?, user.clone(), *assigned))));
        }
    }
    all.sort_by(|(one, ann, _), (other, bob, _)| one.cmp(other).then_with(|| ann.username.cmp(&bob.username)));
    all
}

/// Returns the assignments for the Home page.
pub(super) async fn card(viewer: &CurrentUser) -> Result<EndingCard, PageError> {
    let all = scan(viewer, ending).await?;
    let rows = all.iter().take(HOME_MAX).map(|ending| EndingRow::new(viewer, ending)).collect();
    Ok(EndingCard { count: all.len(), rows, href: LIST })
}

/// Shows all assignments that end soon.
pub(super) async fn show(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    if !viewer.sees_users() {
        return Err(PageError::NotFound("page".to_owned()));
    }
    let all = scan(&viewer, ending).await?;
    let pages = all.len().div_ceil(PAGE).max(1);
    let number = query.raw("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let to = |number: usize| format!("{LIST}?page={number}");
    let rows = all.iter().skip((number - 1) * PAGE).take(PAGE).map(|ending| EndingRow::new(&viewer, ending));
    Ok(page(&EndingPage {
        layout: viewer.layout("Assignments that end soon"),
        count: all.len(),
        days: DAYS,
        rows: rows.collect(),
        number,
        pages,
        previous: (number > 1).then(|| to(number - 1)),
        next: (number < pages).then(|| to(number + 1)),
    }))
}

impl EndingRow {
    fn new(viewer: &CurrentUser, (until, user, assigned): &Ending) -> Self {
        let visibility = viewer.visibility();
        let later: Vec<String> = user.profiles_at(*until).map(|profile| text::profile(&visibility, profile)).collect();
        let days = (until.as_millis() - viewer.now.as_millis()) / (24 * 60 * 60 * 1000);
        Self {
            name: user.display_name(),
            login: user.username.clone(),
            href: format!("/connect/users/{}", user.id),
            profile: text::profile(&visibility, assigned.profile),
            ends: viewer.local_time(*until),
            left: match usize::try_from(days).unwrap_or_default() {
                0 => "within a day".to_owned(),
                days => format!("in {}", text::count_noun(days, "day")),
            },
            loses_all: later.is_empty(),
            then: match later.is_empty() {
                true => "No access left".to_owned(),
                false => format!("Keeps {}", text::join_names(&later, 3)),
            },
        }
    }
}
