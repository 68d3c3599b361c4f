//! A form that was made from an older state of the user: who changed what since, and how to go on.

use askama::Template;
use axum::body::Body;
use floorkey::{Principal, Record, RecordKey, Timestamp, User};
use floorkey_store::{AuditQuery, AuditTerm, StoredEvent, StoredOutcome};
use http::{Response, StatusCode};

use super::super::history::Line as Event;
use super::super::layout::{Layout, page_with};
use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::super::words;
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
        theirs: lines(&viewer.directory, &base, &theirs),
        mine: lines(&viewer.directory, &base, draft),
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
pub(super) async fn happened(viewer: &Viewer, user: &User, since: Timestamp) -> Result<Vec<String>, Problem> {
    let query = AuditQuery {
        terms: vec![AuditTerm::Target(RecordKey::User(user.id))],
        from: Some(since),
        ..AuditQuery::default()
    };
    let events = viewer.app().service.store().audit_search(viewer.instance(), query, SHOWN * 4).await?;
    let changed = |event: &&StoredEvent| {
        matches!(event.outcome, StoredOutcome::Done { .. }) && !event.changes.is_empty() && event.at > since
    };
    let words = |event: &StoredEvent| {
        let line = Event::of(viewer, event);
        let what: Vec<&str> = line.what.iter().map(|named| named.name.as_str()).collect();
        let who = match &event.principal {
            Principal::User { id, .. } if *id == viewer.user.id => "You".to_owned(),
            _ => line.who.name,
        };
        format!("{who} {} {} ({}).", line.did, words::list(&what, 3), line.when)
    };
    Ok(events.iter().filter(changed).take(SHOWN).map(words).collect())
}
