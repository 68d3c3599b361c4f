//! Historical changes: who did what, when, and what it changed, in words.
//!
//! A reader sees the changes of records in their scope. What is outside of it is counted and not named.

mod download;
mod filter;
mod list;
mod names;
mod show;
mod sight;
pub(super) mod since;
mod words;

use floorkey::{Act, RecordKey, Target};
use floorkey_store::{AuditQuery, StoredEvent, StoredFlag};

use super::problem::Problem;
use super::viewer::Viewer;
use crate::console::routes::{Routes, get};
pub(super) use sight::{SeenEvent, Wanted};
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

/// Bytes of events that one page reads. An event of 10,000 users has up to 25 MB, so a page ends after three of them.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Records of a kind that a headline names.
const NAMED_MAX: usize = 3;

/// Lines of changes that a list shows of an event.
const LISTED_CHANGES: usize = 5;

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

/// Looks for events and tells them in words, `limit` at most, each with its first changes. With `about`, only the
/// changes of that record are told, and it is the first that a headline names.
///
/// # Errors
/// The viewer may not see historical changes; or what the store can't read.
pub(super) async fn find(
    viewer: &Viewer,
    mut query: AuditQuery,
    limit: usize,
    about: Option<&RecordKey>,
    keep: impl Fn(&StoredEvent) -> bool,
) -> Result<Found, Problem> {
    viewer.authorize(Act::ViewHistoricalChanges, &Target::Instance)?;
    let about: Vec<RecordKey> = about.into_iter().cloned().collect();
    let part = Wanted { about: about.clone(), take: LISTED_CHANGES, ..Wanted::default() }.part(viewer);
    let (store, instance) = (viewer.app().service.store(), viewer.instance());
    let mut found = Found::default();
    let (mut looked_through, mut bytes) = (0, 0);
    let mut chunk = CHUNK.min(limit + 1);
    while looked_through < LOOKED_THROUGH_MAX && bytes < PAGE_BYTES_MAX {
        let left = PAGE_BYTES_MAX - bytes;
        let read = store.audit_search_parts(instance, query.clone(), part.clone(), chunk, left).await?;
        let is_last = read.events.len() < chunk && !read.is_cut;
        bytes += read.bytes;
        for part in read.events {
            looked_through += 1;
            query.before = Some(part.event.seq);
            if !keep(&part.event) {
                continue;
            }
            match sight::seen(viewer, part) {
                Some(event) => found.lines.push(Line::new(viewer, &event.about(&about))),
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
        chunk = CHUNK;
    }
    found.older = query.before;
    Ok(found)
}
