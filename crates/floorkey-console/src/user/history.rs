//! The history tab, which shows events about a user, newest first.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::RecordKey;
use floorkey_store::{AuditQuery, AuditTerm};
use http::Response;

use super::header::{Tab, UserHeader, user_header};
use super::lookup;
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
    header: UserHeader,
    entries: Vec<HistoryEntry>,
    hidden: usize,
    /// Whether there are events older than the events on the page.
    older: bool,
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let key = RecordKey::User(user.id);
    let query = AuditQuery { terms: vec![AuditTerm::Target(key.clone())], ..AuditQuery::default() };
    let found = history::find(&viewer, query, SHOWN, Some(&key), |_| true).await?;
    let template = HistoryTab {
        layout: viewer.layout(format!("{} · History", user.display_name())),
        header: user_header(&viewer, &user, Tab::History),
        older: found.older.is_some(),
        entries: found.entries,
        hidden: found.hidden,
    };
    Ok(page(&template))
}
