//! The history tab: events about a user, latest first.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::RecordKey;
use floorkey_store::{AuditQuery, AuditTerm};
use http::Response;

use super::found;
use super::head::{Head, Tab, head};
use crate::history::{self, HistoryEntry};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;

/// Maximum number of events on the page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "user/history.html")]
struct HistoryTab {
    layout: Layout,
    head: Head,
    entries: Vec<HistoryEntry>,
    hidden: usize,
    /// Whether there are older events.
    older: bool,
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let user = found::user(&viewer, &id)?;
    let key = RecordKey::User(user.id);
    let query = AuditQuery { terms: vec![AuditTerm::Target(key.clone())], ..AuditQuery::default() };
    let found = history::find(&viewer, query, SHOWN, Some(&key), |_| true).await?;
    let page_of = HistoryTab {
        layout: viewer.layout(format!("{} · History", user.display_name())),
        head: head(&viewer, &user, Tab::History),
        older: found.older.is_some(),
        entries: found.entries,
        hidden: found.hidden,
    };
    Ok(page(&page_of))
}
