//! Changes to records since a form about them was opened, for conflict messages.

use floorkey::{Principal, RecordKey, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, EventPart, StoredOutcome};

use super::{Line, PAGE_BYTES_MAX, SeenEvent, Wanted, sight};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::session;
use floorkey_service::event_types;

/// The number of events read for each record. Refused events and those without changes count too.
const READ: usize = 20;

/// The maximum number of records to query. Bulk changes are recorded as one event, so a few are sufficient.
const ASKED: usize = 5;

/// The maximum number of change lines read from an event.
const LINES: usize = 200;

/// Returns the changes to these records after a time, newest first. The time is limited to the maximum lifetime of a
/// session, because no form is older than its session. This prevents a forged time from revealing the history of a
/// record.
pub(crate) async fn since(
    viewer: &CurrentUser,
    things: &[RecordKey],
    time: Timestamp,
) -> Result<Vec<SeenEvent>, PageError> {
    let lasts = i64::try_from(session::LIFETIME.as_millis()).unwrap_or(i64::MAX);
    let time = time.max(Timestamp::from_millis(viewer.now.as_millis().saturating_sub(lasts)));
    let mut found: Vec<EventPart> = Vec::new();
    let things: Vec<RecordKey> = things.iter().take(ASKED).cloned().collect();
    let part = Wanted { about: things.clone(), take: LINES, ..Wanted::default() }.part(viewer);
    for thing in &things {
        let query =
            AuditQuery { terms: vec![AuditTerm::Target(thing.clone())], from: Some(time), ..AuditQuery::default() };
        let store = viewer.app().service.store();
        let read = store.audit_search_parts(viewer.instance(), query, part.clone(), READ, PAGE_BYTES_MAX).await?;
        let changed = |part: &EventPart| {
            // The form was created from the state at exactly that time.
            matches!(part.event.outcome, StoredOutcome::Done { .. }) && part.changes > 0 && part.event.at > time
        };
        found.extend(read.events.into_iter().filter(changed));
    }
    found.sort_by_key(|part| std::cmp::Reverse(part.event.seq));
    found.dedup_by_key(|part| part.event.seq);
    let seen = found.into_iter().filter_map(|part| sight::seen(viewer, part));
    Ok(seen.map(|event| event.about(&things)).collect())
}

/// Describes each event in a sentence: who did what, to whom and when.
pub(crate) fn sentences(viewer: &CurrentUser, events: &[SeenEvent], limit: usize) -> Vec<String> {
    let sentence = |event: &SeenEvent| {
        let line = Line::new(viewer, event);
        format!("{} {}{} ({}).", who(viewer, event), event_types::text(&line.did), line.outside_words(), line.when)
    };
    events.iter().take(limit).map(sentence).collect()
}

/// The name of the actor, or `You` for the viewer.
pub(crate) fn who(viewer: &CurrentUser, event: &SeenEvent) -> String {
    match &event.event.principal {
        Principal::User { id, .. } if *id == viewer.user.id => "You".to_owned(),
        _ => Line::new(viewer, event).who.name,
    }
}

/// Describes the changes to this record, newest first.
pub(crate) fn changes(viewer: &CurrentUser, events: &[SeenEvent], thing: &RecordKey, limit: usize) -> Vec<String> {
    let of_it = |event: &SeenEvent| {
        let mut seen = event.clone();
        seen.event.targets.retain(|target| target == thing);
        seen.event.changes.retain(|change| change.record == *thing);
        seen
    };
    let lines = events.iter().flat_map(|event| Line::new(viewer, &of_it(event)).changes);
    lines.take(limit).map(|change| change.text).collect()
}
