//! Historical changes: who changed what and when.
//!
//! Viewers see changes to records in their scope. Other changes are counted but not shown.

pub(super) mod changes_since;
mod download;
mod entry;
mod field_labels;
mod filter;
mod list;
mod names;
mod show;
mod visibility;

use floorkey::{Act, RecordKey, Target};
use floorkey_store::{AuditQuery, StoredEvent, StoredFlag};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
pub(super) use entry::HistoryEntry;
pub(super) use visibility::{RequestedPart, VisibleEvent};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/history", get(list::history_page))
        .route("/connect/history.csv", get(download::download))
        .route("/connect/history/{seq}", get(show::show))
}

/// The number of events read from the store at a time, and the maximum examined for one page.
const CHUNK: usize = 200;
const EXAMINED_MAX: usize = 2_000;

/// The maximum number of event bytes that one page reads. An event about 10,000 users has up to 25 MB, so a page ends
/// after three of them.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The maximum number of records of one kind in a headline.
const NAMED_MAX: usize = 3;

/// The maximum number of change lines of an event in a list.
const CHANGES_LISTED_MAX: usize = 5;

/// A page of events, as far as the viewer can see them.
#[derive(Default)]
pub(super) struct EventList {
    /// The visible events, newest first.
    pub(super) entries: Vec<HistoryEntry>,
    /// The number of events left out because the viewer cannot see their records.
    pub(super) hidden: usize,
    /// The sequence number to continue before, or `None` at the beginning of the audit log.
    pub(super) older: Option<u64>,
}

/// Whether the event has a flag of an escalation: it granted more than the actor has, affected users with more access,
/// widened what the actor can assign, or granted access to users whose credentials others could know.
pub(super) fn is_escalation(event: &StoredEvent) -> bool {
    let is_escalation = |flag: &StoredFlag| {
        matches!(
            flag,
            StoredFlag::GaveMoreThanHeld(_)
                | StoredFlag::TouchedStrongerUser(_)
                | StoredFlag::TookFromStrongerUsers(..)
                | StoredFlag::WidenedOwnAssignable
                | StoredFlag::CredentialsInOtherHands(..)
        )
    };
    event.flags.iter().any(is_escalation)
}

/// Finds up to `limit` events and describes each with its first changes. With `about`, only the changes to that record
/// are described, and it comes first in the headline.
///
/// # Errors
/// A refusal if the viewer cannot see historical changes, or a store failure.
pub(super) async fn find(
    viewer: &CurrentUser,
    mut query: AuditQuery,
    limit: usize,
    about: Option<&RecordKey>,
    filter: impl Fn(&StoredEvent) -> bool,
) -> Result<EventList, PageError> {
    viewer.authorize(Act::ViewHistoricalChanges, &Target::Instance)?;
    let about: Vec<RecordKey> = about.into_iter().cloned().collect();
    let part =
        RequestedPart { about: about.clone(), take: CHANGES_LISTED_MAX, ..RequestedPart::default() }.part(viewer);
    let (store, instance) = (viewer.app().service.store(), viewer.instance());
    let mut events = EventList::default();
    let (mut examined, mut bytes) = (0, 0);
    let mut chunk = CHUNK.min(limit + 1);
    while examined < EXAMINED_MAX && bytes < PAGE_BYTES_MAX {
        let bytes_left = PAGE_BYTES_MAX - bytes;
        let batch = store.audit_search_parts(instance, query.clone(), part.clone(), chunk, bytes_left).await?;
        let is_last = batch.events.len() < chunk && !batch.is_cut;
        bytes += batch.bytes;
        for part in batch.events {
            examined += 1;
            query.before = Some(part.event.seq);
            if !filter(&part.event) {
                continue;
            }
            match visibility::limit_to_viewer(viewer, part) {
                Some(event) => events.entries.push(HistoryEntry::new(viewer, &event.about(&about))),
                None => events.hidden += 1,
            }
            if events.entries.len() >= limit {
                events.older = query.before;
                return Ok(events);
            }
        }
        if is_last {
            return Ok(events);
        }
        chunk = CHUNK;
    }
    events.older = query.before;
    Ok(events)
}
