//! The Historical changes pages, which show who changed what and when.
//!
//! Viewers see the changes to records in their scope. For all other changes, viewers see only a count.

pub(super) mod changes_since;
mod download;
mod entry;
mod field_labels;
mod filter;
mod list;
mod message_text;
mod names;
mod show;
mod visibility;

use floorkey::{Action, RecordKey, Target};
use floorkey_store::{AuditQuery, StoredEvent};

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

/// The number of events that are read from the store at a time. This is also the maximum number of events that are
/// examined for one page.
const CHUNK: usize = 200;
const EXAMINED_MAX: usize = 2_000;

/// The maximum number of bytes of events that are read for one page. An event about 10,000 users can be as large as 25
/// MB, so a page ends after three such events.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The maximum number of records of one kind that a headline names.
const NAMED_MAX: usize = 3;

/// The maximum number of change lines shown for each event in a list.
const CHANGES_LISTED_MAX: usize = 5;

/// A page of events, limited to what the viewer can see.
#[derive(Default)]
pub(super) struct EventList {
    /// The visible events, newest first.
    pub(super) entries: Vec<HistoryEntry>,
    /// The number of events that are left out because the viewer cannot see any of their records.
    pub(super) hidden: usize,
    /// The sequence number of the oldest event that was examined. The next page continues with the events before this
    /// event. `None` at the beginning of the audit log.
    pub(super) older: Option<u64>,
}

/// Finds up to `limit` events, and describes each event with its first few changes. If `about` is set, the descriptions
/// contain only changes to this record, and the headlines name this record first.
///
/// # Errors
/// Returns a refusal if the viewer cannot see historical changes. Returns an error if the store fails.
pub(super) async fn find(
    viewer: &CurrentUser,
    mut query: AuditQuery,
    limit: usize,
    about: Option<&RecordKey>,
    filter: impl Fn(&StoredEvent) -> bool,
) -> Result<EventList, PageError> {
    viewer.authorize(Action::ViewHistoricalChanges, &Target::Instance)?;
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
        let is_last = batch.events.len() < chunk && !batch.is_truncated;
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
