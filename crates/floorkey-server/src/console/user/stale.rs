//! A form that was made from an older state of the user: who changed what since, and how to go on.

use askama::Template;
use axum::body::Body;
use floorkey::{Record, RecordKey, Timestamp, User};
use http::{Response, StatusCode};

use super::super::history::since;
use super::super::layout::{Layout, page_with};
use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::draft::Draft;
use super::head::address;
use super::review::{Line, lines};

/// Changes that the page names.
const SHOWN: usize = 5;

#[derive(Template)]
#[template(path = "user/stale.html")]
struct StalePage {
    layout: Layout,
    name: String,
    address: String,
    /// Who did what when.
    happened: Vec<String>,
    theirs: Vec<Line>,
    mine: Vec<Line>,
    /// The draft with both, to be saved on the present state.
    fields: Vec<(String, String)>,
}

/// Says who changed the user, and offers to put the own changes on top or to drop them.
pub(super) async fn page(
    viewer: &Viewer,
    user: &User,
    modified: Timestamp,
    draft: &Draft,
) -> Result<Response<Body>, Problem> {
    let theirs = Draft::of(user);
    let base = base(viewer, user, modified).await?.unwrap_or_else(|| theirs.clone());
    let mut fields = draft.onto(&base, &theirs).fields();
    fields.push(("modified".to_owned(), user.modified.as_millis().to_string()));
    let name = user.display_name();
    let page = StalePage {
        layout: viewer.layout(format!("{name} has changed in the meantime")),
        address: address(user),
        happened: happened(viewer, user, modified).await?,
        theirs: lines(&viewer.visibility(), &base, &theirs),
        mine: lines(&viewer.visibility(), &base, draft),
        name,
        fields,
    };
    Ok(page_with(StatusCode::CONFLICT, &page))
}

/// The user as the form was made from.
async fn base(viewer: &Viewer, user: &User, modified: Timestamp) -> Result<Option<Draft>, Problem> {
    let store = viewer.app().service.store();
    let versions = store.record_versions(viewer.instance(), RecordKey::User(user.id)).await?;
    Ok(versions.into_iter().rev().find_map(|version| match version.record {
        Record::User(old) if old.modified == modified => Some(Draft::of(&old)),
        _ => None,
    }))
}

/// Who did what to the user since, the last first.
pub(super) async fn happened(viewer: &Viewer, user: &User, time: Timestamp) -> Result<Vec<String>, Problem> {
    let events = since::since(viewer, &[RecordKey::User(user.id)], time).await?;
    Ok(since::sentences(viewer, &events, SHOWN))
}
