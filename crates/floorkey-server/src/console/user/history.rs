//! What was done about one user, the last first.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Act, RecordKey, Target};
use floorkey_store::{AuditQuery, AuditTerm, Kept, StoredEvent, StoredOutcome};
use http::Response;

use super::super::layout::{Layout, page};
use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::super::words;
use super::events::{act, who};
use super::found;
use super::head::{Head, Tab, head};

/// Events that the page shows.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "user/history.html")]
struct HistoryTab {
    layout: Layout,
    head: Head,
    events: Vec<EventRow>,
}

/// Something that was done or tried.
struct EventRow {
    when: String,
    iso: String,
    who: String,
    what: String,
    refused: Option<String>,
}

pub(super) async fn show(viewer: Viewer, Path(id): Path<String>) -> Result<Response<Body>, Problem> {
    let user = found::user(&viewer, &id)?;
    viewer.authorize(Act::ViewHistoricalChanges, &Target::Instance)?;
    let query = AuditQuery { terms: vec![AuditTerm::Target(RecordKey::User(user.id))], ..AuditQuery::default() };
    let events = viewer.app().service.store().audit_search(viewer.instance(), query, SHOWN).await?;
    let page_of = HistoryTab {
        layout: viewer.layout(format!("{} · History", user.display_name())),
        head: head(&viewer, &user, Tab::History),
        events: events.iter().map(|event| row(&viewer, event)).collect(),
    };
    Ok(page(&page_of))
}

fn row(viewer: &Viewer, event: &StoredEvent) -> EventRow {
    EventRow {
        when: words::moment(event.at),
        iso: words::iso(event.at),
        who: who(viewer, &event.principal),
        what: act(&event.act),
        refused: match &event.outcome {
            StoredOutcome::Done { .. } => None,
            StoredOutcome::Refused { message: Kept::Value(message), .. } => Some(message.clone()),
            StoredOutcome::Refused { code, .. } => Some(code.clone()),
        },
    }
}
