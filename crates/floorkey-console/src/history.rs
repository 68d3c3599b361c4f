//! The Historical changes pages, which show who changed what and when.
//!
//! Viewers see the changes to records in their scope. For all other changes, viewers see only a count.

mod change_text;
pub(super) mod changes_since;
mod download;
mod entry;
mod field_labels;
mod filter;
mod filter_form;
mod list;
mod message_text;
mod names;
mod people;
mod period;
mod related;
mod show;
mod undo;
mod visibility;

use floorkey::{Action, RecordKey, Target};
use floorkey_store::{AuditOrder, AuditQuery, AuditTerm, StoredEvent};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
pub(super) use entry::HistoryEntry;
pub(super) use visibility::{RequestedPart, VisibleEvent};

/// The address of the list.
const LIST: &str = "/connect/history";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(LIST, get(list::history_page))
        .route("/connect/history.csv", get(download::download))
        .route("/connect/history/suggest", get(people::suggest))
        .route("/connect/history/{seq}", get(show::show))
        .route("/connect/history/{seq}/json", get(show::json))
        .route("/connect/history/{seq}/undo", get(undo::review))
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
    /// If there may be older events, the sequence number that all of these are below.
    pub(super) older: Option<u64>,
    /// If the query asked for the oldest events first and there may be newer events, the sequence number that all of
    /// these are above.
    pub(super) newer: Option<u64>,
}

/// Returns the terms of sign-ins and sign-outs. Most lists leave these events out, because they would outnumber all
/// others.
pub(super) fn sign_in_terms() -> Vec<AuditTerm> {
    [Action::SignIn, Action::SignOut].map(|action| AuditTerm::EventType(action.name().to_owned())).into()
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
    let next = 'search: loop {
        let bytes_left = PAGE_BYTES_MAX - bytes;
        let batch = store.audit_search_parts(instance, query.clone(), part.clone(), chunk, bytes_left).await?;
        // A search that was ended early by the store found few events in many, so the next page continues it.
        let is_complete_chunk = batch.events.len() >= chunk;
        bytes += batch.bytes;
        for part in batch.events {
            let seq = part.event.seq;
            examined += 1;
            if !filter(&part.event) {
                continue;
            }
            match visibility::limit_to_viewer(viewer, part) {
                Some(event) => events.entries.push(HistoryEntry::new(viewer, &event.about(&about))),
                None => events.hidden += 1,
            }
            if events.entries.len() >= limit {
                break 'search Some(seq);
            }
        }
        let is_over = !is_complete_chunk || examined >= EXAMINED_MAX || bytes >= PAGE_BYTES_MAX;
        match batch.resume {
            Some(seq) if !is_over => query = query.beyond(seq),
            next => break next,
        }
        chunk = CHUNK;
    };
    match query.order {
        AuditOrder::NewestFirst => events.older = next,
        AuditOrder::OldestFirst => {
            events.entries.reverse();
            events.newer = next;
        }
    }
    Ok(events)
}
