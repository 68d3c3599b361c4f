//! The page that is shown if the user was changed after the form was opened.

use askama::Template;
use axum::body::Body;
use floorkey::{Record, RecordKey, Timestamp, User};
use http::{Response, StatusCode};

use super::draft::UserDraft;
use super::header::user_path;
use super::review::{UserChange, change_lines};
use crate::history::changes_since;
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::PageError;

/// Maximum number of events that the page lists.
const EVENTS_MAX: usize = 5;

#[derive(Template)]
#[template(path = "user/conflict.html")]
struct ConflictPage {
    layout: Layout,
    name: String,
    address: String,
    /// Descriptions of the events about the user since the form was opened.
    recent_events: Vec<String>,
    other_changes: Vec<UserChange>,
    own_changes: Vec<UserChange>,
    /// The merged draft as form fields. It is based on the user's current state.
    fields: Vec<(String, String)>,
}

/// Returns the page that lists the changes made since the form was opened. On this page, the actor can merge their own
/// changes or discard them.
pub(super) async fn page(
    viewer: &CurrentUser,
    user: &User,
    modified: Timestamp,
    draft: &UserDraft,
) -> Result<Response<Body>, PageError> {
    let current = UserDraft::from_user(user);
    let base = base(viewer, user, modified).await?.unwrap_or_else(|| current.clone());
    let mut fields = draft.merge(&base, &current).fields();
    fields.push(("modified".to_owned(), user.modified.as_millis().to_string()));
    let name = user.display_name();
    let page = ConflictPage {
        layout: viewer.layout(format!("{name} has changed in the meantime")),
        address: user_path(user),
        recent_events: recent_events(viewer, user, modified).await?,
        other_changes: change_lines(&viewer.visibility(), &base, &current),
        own_changes: change_lines(&viewer.visibility(), &base, draft),
        name,
        fields,
    };
    Ok(page_with(StatusCode::CONFLICT, &page))
}

/// Returns the state that the user had when the form was opened.
async fn base(viewer: &CurrentUser, user: &User, modified: Timestamp) -> Result<Option<UserDraft>, PageError> {
    let store = viewer.app().service.store();
    let versions = store.record_versions(viewer.instance(), RecordKey::User(user.id)).await?;
    Ok(versions.into_iter().rev().find_map(|version| match version.record {
        Record::User(old) if old.modified == modified => Some(UserDraft::from_user(&old)),
        _ => None,
    }))
}

/// Describes the events about the user since `time`, newest first.
pub(super) async fn recent_events(
    viewer: &CurrentUser,
    user: &User,
    time: Timestamp,
) -> Result<Vec<String>, PageError> {
    let events = changes_since::changes_since(viewer, &[RecordKey::User(user.id)], time).await?;
    Ok(changes_since::sentences(viewer, &events, EVENTS_MAX))
}
