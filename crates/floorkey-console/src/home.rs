//! The home page: changes since the last visit, key figures, and items that need attention.

mod attention;
mod guard;
mod key_figures;

use askama::Template;
use axum::body::Body;
use floorkey::{GuardMode, Principal, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, StoredEvent};
use http::Response;

use crate::history::{self, HistoryEntry};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::text;
use attention::Attention;
use key_figures::Stat;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/", get(home)).route("/connect/guard", get(guard::show).post(guard::set))
}

/// The maximum number of changes by other users on the page.
const CHANGES_MAX: usize = 12;

/// How far back, in milliseconds, the home page looks on a user's first visit.
const DEFAULT_PERIOD_MS: i64 = 7 * 24 * 60 * 60 * 1000;

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    layout: Layout,
    name: String,
    since: String,
    stats: Vec<Stat>,
    attention: Vec<Attention>,
    guard: &'static str,
    guard_decided: bool,
    can_set_guard: bool,
    sees_history: bool,
    entries: Vec<HistoryEntry>,
    more: bool,
    hidden: usize,
    flagged: Vec<HistoryEntry>,
    failed_sign_ins: Vec<FailedSignIns>,
}

/// A user with recent failed sign-ins.
struct FailedSignIns {
    name: String,
    href: String,
    failures: String,
    when: String,
    locked: bool,
}

async fn home(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    if !viewer.is_administrative() {
        return Ok(redirect_to("/connect/access"));
    }
    if guard::must_choose(&viewer) {
        return Ok(redirect_to("/connect/guard"));
    }
    let (app, instance) = (viewer.app(), viewer.instance());
    let store = app.service.store();
    let locked = key_figures::locked(&viewer);
    let before = app.activity.record_home_visit(store, instance, viewer.user.id, viewer.now).await?;
    let since = before.unwrap_or(Timestamp::from_millis(viewer.now.as_millis() - DEFAULT_PERIOD_MS));
    let mut changes = history::EventList::default();
    let mut flagged = history::EventList::default();
    if viewer.sees_history() {
        let query = AuditQuery { from: Some(since), ..AuditQuery::default() };
        let own_id = viewer.user.id;
        changes =
            history::find(&viewer, query.clone(), CHANGES_MAX, None, move |event| is_by_other_user(event, own_id))
                .await?;
        let query = AuditQuery { terms: vec![AuditTerm::Flagged], ..query };
        flagged = history::find(&viewer, query, CHANGES_MAX, None, history::is_escalation).await?;
    }
    let counts = key_figures::count(&viewer).await?;
    Ok(page(&HomePage {
        layout: viewer.layout("Home"),
        name: viewer.user.display_name(),
        since: match before {
            Some(before) => format!("since your last visit, {}", text::relative_time(before, viewer.now)),
            None => "in the last seven days".to_owned(),
        },
        stats: counts.as_ref().map(|counts| key_figures::stats(&viewer, counts)).unwrap_or_default(),
        attention: attention::items(&viewer, counts.as_ref()),
        guard: viewer.directory.settings().guard_mode().as_str(),
        guard_decided: viewer.directory.settings().guard.is_some(),
        can_set_guard: viewer.directory.is_administrator(viewer.user.id),
        sees_history: viewer.sees_history(),
        more: changes.older.is_some(),
        hidden: changes.hidden,
        entries: changes.entries,
        flagged: flagged.entries,
        failed_sign_ins: failed_sign_ins(&viewer, since, &locked),
    }))
}

/// Whether the event is a change, or an attempted change, by a principal other than the viewer. Sign-ins and sign-outs
/// do not count.
fn is_by_other_user(event: &StoredEvent, own_id: floorkey::UserId) -> bool {
    let is_own = matches!(event.principal, Principal::User { id, .. } if id == own_id);
    !is_own && !matches!(event.event_type.as_str(), "SignIn" | "SignOut" | "FailedSignIn")
}

/// Returns the visible users with recent failed sign-ins, most recent first.
fn failed_sign_ins(
    viewer: &CurrentUser,
    since: Timestamp,
    locked: &std::collections::HashSet<floorkey::UserId>,
) -> Vec<FailedSignIns> {
    const USERS_MAX: usize = 10;
    if !viewer.sees_users() {
        return Vec::new();
    }
    let mut all: Vec<_> = viewer
        .app()
        .activity
        .all(viewer.instance())
        .into_values()
        .filter(|activity| activity.failures > 0 && activity.failed_at.is_some_and(|at| at >= since))
        .collect();
    all.sort_by_key(|activity| std::cmp::Reverse(activity.failed_at));
    let users = all.into_iter().filter_map(|activity| {
        let user = viewer.directory.user(activity.user).filter(|user| key_figures::can_see(viewer, user.id))?;
        Some(FailedSignIns {
            name: user.display_name(),
            href: format!("/connect/users/{}", user.id),
            failures: text::count_noun(usize::try_from(activity.failures).unwrap_or(usize::MAX), "failure"),
            when: activity.failed_at.map(|at| text::relative_time(at, viewer.now)).unwrap_or_default(),
            locked: locked.contains(&user.id),
        })
    });
    users.take(USERS_MAX).collect()
}

/// Describes a mode of the escalation guard in one sentence.
const fn guard_description(mode: GuardMode) -> &'static str {
    match mode {
        GuardMode::Warn => {
            "Users can assign access they don’t have themselves. They are warned, and administrators are notified."
        }
        GuardMode::Enforce => "Users can’t assign access they don’t have themselves, or change users with more access.",
    }
}
