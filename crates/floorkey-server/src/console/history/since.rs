//! What came in between: who did what to things since somebody began to fill in a form about them.

use floorkey::{Principal, RecordKey, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, EventPart, StoredOutcome};

use super::{Line, PAGE_BYTES_MAX, SeenEvent, Wanted, sight};
use crate::console::problem::Problem;
use crate::console::session;
use crate::console::viewer::Viewer;
use crate::event_types;

/// Events read of one thing: refused ones and those that changed nothing are among them.
const READ: usize = 20;

/// Things that are asked about: what many did to many at once is one event.
const ASKED: usize = 5;

/// Lines of changes read of an event.
const LINES: usize = 200;

/// What changed these things after that time, the newest first. A form is no older than the session it was made in:
/// nobody reads the history of a thing by claiming that theirs is.
pub(in crate::console) async fn since(
    viewer: &Viewer,
    things: &[RecordKey],
    time: Timestamp,
) -> Result<Vec<SeenEvent>, Problem> {
    let lasts = i64::try_from(session::LASTS.as_millis()).unwrap_or(i64::MAX);
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
            // What the form was made from is of exactly that time.
            matches!(part.event.outcome, StoredOutcome::Done { .. }) && part.changes > 0 && part.event.at > time
        };
        found.extend(read.events.into_iter().filter(changed));
    }
    found.sort_by_key(|part| std::cmp::Reverse(part.event.seq));
    found.dedup_by_key(|part| part.event.seq);
    let seen = found.into_iter().filter_map(|part| sight::seen(viewer, part));
    Ok(seen.map(|event| event.about(&things)).collect())
}

/// A sentence of each: who did what to whom, and when.
pub(in crate::console) fn sentences(viewer: &Viewer, events: &[SeenEvent], limit: usize) -> Vec<String> {
    let sentence = |event: &SeenEvent| {
        let line = Line::new(viewer, event);
        format!("{} {}{} ({}).", who(viewer, event), event_types::text(&line.did), line.outside_words(), line.when)
    };
    events.iter().take(limit).map(sentence).collect()
}

/// Who did it, as people call them.
pub(in crate::console) fn who(viewer: &Viewer, event: &SeenEvent) -> String {
    match &event.event.principal {
        Principal::User { id, .. } if *id == viewer.user.id => "You".to_owned(),
        _ => Line::new(viewer, event).who.name,
    }
}

/// What they changed about this thing, in words, the newest first.
pub(in crate::console) fn changes(
    viewer: &Viewer,
    events: &[SeenEvent],
    thing: &RecordKey,
    limit: usize,
) -> Vec<String> {
    let of_it = |event: &SeenEvent| {
        let mut seen = event.clone();
        seen.event.targets.retain(|target| target == thing);
        seen.event.changes.retain(|change| change.record == *thing);
        seen
    };
    let lines = events.iter().flat_map(|event| Line::new(viewer, &of_it(event)).changes);
    lines.take(limit).map(|change| change.text).collect()
}
