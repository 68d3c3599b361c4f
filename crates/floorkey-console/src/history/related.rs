//! Events that are related to an event: the previous and the next event about the same record, the event that it
//! undid, and the event that undid it.

use floorkey::{Action, RecordKey, Revision};
use floorkey_store::{AuditOrder, AuditQuery, AuditTerm, EventPart, StoredFlag, StoredOutcome};

use super::{EventList, LIST, PAGE_BYTES_MAX, RequestedPart, VisibleEvent, entry, find, sign_in_terms, visibility};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use floorkey_service::event_types::Named;

/// The maximum number of events that are examined for an undo.
const EXAMINED_MAX: usize = 50;

/// The events that are related to an event, by their addresses.
#[derive(Default)]
pub(super) struct RelatedEvents {
    /// The record that the previous and the next event are about. `None` if there are no such events.
    pub(super) record: Option<Named>,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    /// The list of all events about the record, if the list can be filtered by it.
    pub(super) all: Option<String>,
    /// The number of the event that this event undid.
    pub(super) undid: Option<u64>,
    /// The number of the event that undid this event.
    pub(super) undone_by: Option<u64>,
}

/// Finds the events that are related to an event and that the viewer can see.
///
/// # Errors
/// Returns an error if the store fails.
pub(super) async fn related_events(viewer: &CurrentUser, visible: &VisibleEvent) -> Result<RelatedEvents, PageError> {
    // The requested record, or the first record that the event is about.
    let Some(key) = visible.about.first().or(visible.event.targets.first()) else {
        return Ok(RelatedEvents::default());
    };
    let query = |terms: Vec<AuditTerm>| AuditQuery {
        terms: [vec![AuditTerm::Target(key.clone())], terms].concat(),
        ..AuditQuery::default()
    };
    let seq = visible.event.seq;
    let of_record = AuditQuery { none_of: sign_in_terms(), ..query(Vec::new()) };
    let after = |query: AuditQuery| AuditQuery { after: Some(seq), order: AuditOrder::OldestFirst, ..query };
    let before = |query: AuditQuery| AuditQuery { before: Some(seq), ..query };
    let previous = find(viewer, before(of_record.clone()), 1, Some(key), |_| true).await?;
    let next = find(viewer, after(of_record), 1, Some(key), |_| true).await?;

    let undone = visible.event.flags.iter().find_map(|flag| match flag {
        StoredFlag::UndoOf(revision) => Some(*revision),
        _ => None,
    });
    let undid = match undone {
        Some(revision) => {
            first(viewer, before(query(Vec::new())), |part| part.changes > 0 && revision_of(part) == Some(revision))
                .await?
        }
        None => None,
    };
    let undone_by = match visible.revision() {
        Some(revision) => {
            let undo = AuditTerm::EventType(Action::Undo.name().to_owned());
            first(viewer, after(query(vec![undo])), |part| part.event.flags.contains(&StoredFlag::UndoOf(revision)))
                .await?
        }
        None => None,
    };
    let (previous, next) = (address(previous, key, visible), address(next, key, visible));
    let record = (previous.is_some() || next.is_some()).then(|| entry::record_label(viewer, visible, key).1);
    let all = match key {
        RecordKey::User(id) => Some(format!("{LIST}?user={id}")),
        RecordKey::Profile(id) => Some(format!("{LIST}?profile={id}")),
        _ => None,
    };
    Ok(RelatedEvents { record, previous, next, all, undid, undone_by })
}

/// Returns the address of the only event in the list. A page that is limited to a user leads to pages that are limited
/// to that user.
fn address(found: EventList, key: &RecordKey, visible: &VisibleEvent) -> Option<String> {
    let seq = found.entries.first()?.seq;
    Some(match (key, visible.about.is_empty()) {
        (RecordKey::User(user), false) => format!("/connect/history/{seq}?user={user}"),
        _ => format!("/connect/history/{seq}"),
    })
}

fn revision_of(part: &EventPart) -> Option<Revision> {
    match part.event.outcome {
        StoredOutcome::Done { revision } => Some(Revision(revision)),
        StoredOutcome::Refused { .. } => None,
    }
}

/// Returns the number of the first event that the filter accepts and that the viewer can see.
async fn first(
    viewer: &CurrentUser,
    query: AuditQuery,
    filter: impl Fn(&EventPart) -> bool,
) -> Result<Option<u64>, PageError> {
    let part = RequestedPart::default().part(viewer);
    let store = viewer.app().service.store();
    let found = store.audit_search_parts(viewer.instance(), query, part, EXAMINED_MAX, PAGE_BYTES_MAX).await?;
    let mut found = found.events.into_iter().filter(filter);
    Ok(found.find_map(|part| visibility::limit_to_viewer(viewer, part)).map(|visible| visible.event.seq))
}
