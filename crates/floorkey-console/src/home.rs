//! The Home page: key figures, findings, and what changed. In a new instance, the first steps.

mod changes;
mod checklist;
mod ending;
mod figures;
mod finding_page;
mod finding_rows;
mod finding_text;
mod guard;
mod guard_check;
mod sign_ins;
mod times;

use std::time::Duration;

use askama::Template;
use axum::body::Body;
use floorkey::GuardMode;
use floorkey::review::findings::InstanceReview;
use floorkey_service::daily_reviews::ReviewHistory;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get, post};
use crate::web::scan::scan;
use changes::RecentChanges;
use checklist::Checklist;
use ending::EndingCard;
use figures::Figure;
use finding_rows::FindingTables;
use guard_check::GuardCard;
use sign_ins::FailedSignIns;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/", get(home))
        .route("/connect/checklist", post(checklist::hide))
        .route("/connect/ending-assignments", get(ending::show))
        .route("/connect/findings/{finding}", get(finding_page::show))
        .route("/connect/findings/{finding}/assign", post(finding_page::assign))
        .route("/connect/findings/{finding}/dismiss", post(finding_page::dismiss))
        .route("/connect/findings/{finding}/reopen", post(finding_page::reopen))
        .route("/connect/guard", get(guard::show).post(guard::set))
}

/// How long the page waits for the review of earlier days, which the first visit of a day starts.
const PATIENCE: Duration = Duration::from_millis(60);

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    layout: Layout,
    figures: Vec<Figure>,
    checklist: Option<Checklist>,
    findings: Option<FindingTables>,
    guard: GuardCard,
    ending: Option<EndingCard>,
    changes: Option<RecentChanges>,
    failed_sign_ins: Vec<FailedSignIns>,
}

async fn home(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    if !viewer.is_administrative() {
        return Ok(redirect_to("/connect/access"));
    }
    if guard::must_choose(&viewer) {
        return Ok(redirect_to("/connect/guard"));
    }
    let review = review(&viewer).await?;
    let history = history(&viewer).await;
    let checklist = checklist::checklist(&viewer, &review);
    Ok(page(&HomePage {
        layout: viewer.layout("Home"),
        figures: figures::figures(&viewer, &review, history.as_ref()),
        findings: viewer.sees_users().then(|| finding_rows::tables(&viewer, &review, history.as_ref())),
        checklist,
        guard: guard_check::card(&viewer).await?,
        ending: match viewer.sees_users() {
            true => Some(ending::card(&viewer).await?),
            false => None,
        },
        changes: match viewer.sees_history() {
            true => Some(changes::recent(&viewer).await?),
            false => None,
        },
        failed_sign_ins: sign_ins::failed(&viewer),
    }))
}

/// Returns the key figures and findings that the viewer can see.
async fn review(viewer: &CurrentUser) -> Result<InstanceReview, PageError> {
    scan(viewer, |viewer| InstanceReview::new(&viewer.visibility())).await
}

/// Returns the key figures and findings of earlier days. They count all users, so only viewers who see the permissions
/// of all users get them.
async fn history(viewer: &CurrentUser) -> Option<ReviewHistory> {
    match viewer.visibility().sees_all_permissions() {
        true => viewer.app().service.review_history(&viewer.directory, viewer.now, PATIENCE).await,
        false => None,
    }
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
