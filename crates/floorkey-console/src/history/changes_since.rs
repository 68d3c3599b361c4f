//! Finds the changes made to records after a form was opened. Conflict messages list these changes.

use floorkey::{Principal, RecordKey, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, EventPart, StoredOutcome};

use super::{HistoryEntry, PAGE_BYTES_MAX, RequestedPart, VisibleEvent, visibility};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::session;
use floorkey_service::event_types;

/// The maximum number of events read for each record. Events that were refused or changed nothing also count toward
/// this limit.
const EVENTS_MAX: usize = 20;

/// The maximum number of records to query. A bulk change is recorded as one event, so querying a few of its records is
/// sufficient.
const RECORDS_MAX: usize = 5;

/// The maximum number of change lines read from an event.
const LINES_MAX: usize = 200;

/// Returns the changes to these records after `time`, newest first. Changes older than the maximum session lifetime are
/// never returned, because no form is older than its session. This limit prevents a forged time from revealing a
/// record's history.
pub(crate) async fn changes_since(
    viewer: &CurrentUser,
    records: &[RecordKey],
    time: Timestamp,
) -> Result<Vec<VisibleEvent>, PageError> {
    let lifetime = i64::try_from(session::LIFETIME.as_millis()).unwrap_or(i64::MAX);
    let time = time.max(Timestamp::from_millis(viewer.now.as_millis().saturating_sub(lifetime)));
    let mut found: Vec<EventPart> = Vec::new();
    let records: Vec<RecordKey> = records.iter().take(RECORDS_MAX).cloned().collect();
    let part = RequestedPart { about: records.clone(), take: LINES_MAX, ..RequestedPart::default() }.part(viewer);
    for record in &records {
        let query =
            AuditQuery { terms: vec![AuditTerm::Target(record.clone())], from: Some(time), ..AuditQuery::default() };
        let store = viewer.app().service.store();
        let read = store.audit_search_parts(viewer.instance(), query, part.clone(), EVENTS_MAX, PAGE_BYTES_MAX).await?;
        let changed = |part: &EventPart| {
            // The form already contains the changes that were made at exactly this time.
            matches!(part.event.outcome, StoredOutcome::Done { .. }) && part.changes > 0 && part.event.at > time
        };
        found.extend(read.events.into_iter().filter(changed));
    }
    found.sort_by_key(|part| std::cmp::Reverse(part.event.seq));
    found.dedup_by_key(|part| part.event.seq);
    let seen = found.into_iter().filter_map(|part| visibility::limit_to_viewer(viewer, part));
    Ok(seen.map(|event| event.about(&records)).collect())
}

/// Describes each event in a sentence, with the actor, the affected records and the time.
pub(crate) fn sentences(viewer: &CurrentUser, events: &[VisibleEvent], limit: usize) -> Vec<String> {
    let sentence = |event: &VisibleEvent| {
        let entry = HistoryEntry::new(viewer, event);
        format!(
            "{} {}{} ({}).",
            actor_name(viewer, event),
            event_types::text(&entry.action),
            entry.hidden_targets_text(),
            entry.when
        )
    };
    events.iter().take(limit).map(sentence).collect()
}

/// Returns the actor's name, or `You` if the actor is the viewer.
pub(crate) fn actor_name(viewer: &CurrentUser, event: &VisibleEvent) -> String {
    match &event.event.principal {
        Principal::User { id, .. } if *id == viewer.user.id => "You".to_owned(),
        _ => HistoryEntry::new(viewer, event).subject().to_owned(),
    }
}

/// Describes the changes to this record, newest first.
pub(crate) fn changes(viewer: &CurrentUser, events: &[VisibleEvent], record: &RecordKey, limit: usize) -> Vec<String> {
    let limited = |event: &VisibleEvent| {
        let mut seen = event.clone();
        seen.event.targets.retain(|target| target == record);
        seen.event.changes.retain(|change| change.record == *record);
        seen
    };
    let lines = events.iter().flat_map(|event| HistoryEntry::new(viewer, &limited(event)).changes);
    lines.take(limit).map(|change| change.text()).collect()
}
