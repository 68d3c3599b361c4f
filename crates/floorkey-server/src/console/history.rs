//! Historical changes: who did what, when, and what it changed, in words.
//!
//! A reader sees the changes of records in their scope. What is outside of it is counted and not named.

mod acts;
mod download;
mod filter;
mod list;
mod names;
mod show;
mod sight;
pub(super) mod since;
mod words;

use floorkey::{Act, Target};
use floorkey_store::{AuditQuery, StoredEvent, StoredFlag};

use super::problem::Problem;
use super::viewer::Viewer;
use crate::console::routes::{Routes, get};
pub(super) use sight::SeenEvent;
pub(super) use words::Line;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/history", get(list::list))
        .route("/connect/history.csv", get(download::download))
        .route("/connect/history/{seq}", get(show::show))
}

/// Events read from the store at a time, and looked through for one page at most.
const CHUNK: usize = 200;
const LOOKED_THROUGH_MAX: usize = 2_000;

/// Events as far as somebody may see them.
#[derive(Default)]
pub(super) struct Found {
    /// The newest first.
    pub(super) lines: Vec<Line>,
    /// How many were left out because they are about things that the viewer may not view.
    pub(super) hidden: usize,
    /// Where to go on looking; `None` at the beginning of the audit.
    pub(super) older: Option<u64>,
}

/// Whether an event gave somebody more than the actor held, or touched somebody who holds more.
pub(super) fn escalates(event: &StoredEvent) -> bool {
    let escalates = |flag: &StoredFlag| {
        matches!(
            flag,
            StoredFlag::GaveMoreThanHeld(_)
                | StoredFlag::TouchedStrongerUser(_)
                | StoredFlag::TookFromStrongerUsers(..)
                | StoredFlag::WidenedOwnAssignable
                | StoredFlag::CredentialsInOtherHands(..)
        )
    };
    event.flags.iter().any(escalates)
}

/// Looks for events and tells them in words, `limit` at most.
///
/// # Errors
/// The viewer may not see historical changes; or what the store can't read.
pub(super) async fn find(
    viewer: &Viewer,
    mut query: AuditQuery,
    limit: usize,
    keep: impl Fn(&StoredEvent) -> bool,
) -> Result<Found, Problem> {
    viewer.authorize(Act::ViewHistoricalChanges, &Target::Instance)?;
    let mut found = Found::default();
    let mut looked_through = 0;
    while looked_through < LOOKED_THROUGH_MAX {
        let events = viewer.app().service.store().audit_search(viewer.instance(), query.clone(), CHUNK).await?;
        let is_last = events.len() < CHUNK;
        for event in events {
            looked_through += 1;
            query.before = Some(event.seq);
            if !keep(&event) {
                continue;
            }
            match sight::seen(viewer, event) {
                Some(event) => found.lines.push(Line::of(viewer, &event)),
                None => found.hidden += 1,
            }
            if found.lines.len() >= limit {
                found.older = query.before;
                return Ok(found);
            }
        }
        if is_last {
            return Ok(found);
        }
    }
    found.older = query.before;
    Ok(found)
}
