//! One event with everything that is kept of it.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Act, Target};
use floorkey_store::StoredOutcome;
use http::Response;

use super::names::Named;
use super::words::{kept, touched};
use super::{Line, sight};
use crate::console::layout::{Layout, page};
use crate::console::problem::Problem;
use crate::console::viewer::Viewer;

/// Things that are listed one by one.
const LISTED_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "history/show.html")]
struct EventPage {
    layout: Layout,
    line: Line,
    act: String,
    revision: Option<u64>,
    request_id: String,
    agent: String,
    targets: Vec<(&'static str, Named)>,
    more: usize,
    /// Empty where not all of the event is shown.
    leaf: String,
    shows_actor: bool,
}

pub(super) async fn show(viewer: Viewer, Path(seq): Path<String>) -> Result<Response<Body>, Problem> {
    viewer.authorize(Act::ViewHistoricalChanges, &Target::Instance)?;
    let missing = || Problem::NotFound("change".to_owned());
    let seq = seq.parse().map_err(|_| missing())?;
    let event = viewer.app().service.store().audit_event(viewer.instance(), seq).await?.ok_or_else(missing)?;
    let event = sight::seen(&viewer, event).ok_or_else(missing)?;
    let line = Line::of(&viewer, &event);
    let (shows_actor, shows_details, event) = (event.shows_actor, event.shows_details, event.event);
    let keys = event.targets.iter().take(LISTED_MAX);
    Ok(page(&EventPage {
        layout: viewer.layout(format!("Change {seq}")),
        act: event.act.clone(),
        revision: match event.outcome {
            StoredOutcome::Done { revision } => Some(revision),
            StoredOutcome::Refused { .. } => None,
        },
        request_id: event.request_id.clone(),
        agent: event.agent.as_ref().map(kept).unwrap_or_default(),
        targets: keys.map(|key| touched(&viewer, &event, key)).collect(),
        more: event.targets.len().saturating_sub(LISTED_MAX),
        leaf: match shows_details {
            true => event.leaf.iter().map(|byte| format!("{byte:02x}")).collect(),
            false => String::new(),
        },
        shows_actor,
        line,
    }))
}
