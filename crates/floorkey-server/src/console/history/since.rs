//! What came in between: who did what to things since somebody began to fill in a form about them.

use floorkey::{Principal, RecordKey, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, StoredEvent, StoredOutcome};

use super::{Line, SeenEvent, sight};
use crate::console::problem::Problem;
use crate::console::session;
use crate::console::viewer::Viewer;
use crate::console::words;

/// Events read of one thing: refused ones and those that changed nothing are among them.
const READ: usize = 20;

/// Things that are asked about: what many did to many at once is one event.
const ASKED: usize = 5;

/// Things that a sentence names.
const NAMED: usize = 3;

/// What changed these things after that time, the newest first. A form is no older than the session it was made in:
/// nobody reads the history of a thing by claiming that theirs is.
pub(in crate::console) async fn since(
    viewer: &Viewer,
    things: &[RecordKey],
    time: Timestamp,
) -> Result<Vec<SeenEvent>, Problem> {
    let lasts = i64::try_from(session::LASTS.as_millis()).unwrap_or(i64::MAX);
    let time = time.max(Timestamp::from_millis(viewer.now.as_millis().saturating_sub(lasts)));
    let mut found: Vec<StoredEvent> = Vec::new();
    for thing in things.iter().take(ASKED) {
        let query =
            AuditQuery { terms: vec![AuditTerm::Target(thing.clone())], from: Some(time), ..AuditQuery::default() };
        let events = viewer.app().service.store().audit_search(viewer.instance(), query, READ).await?;
        let changed = |event: &StoredEvent| {
            // What the form was made from is of exactly that time.
            matches!(event.outcome, StoredOutcome::Done { .. }) && !event.changes.is_empty() && event.at > time
        };
        found.extend(events.into_iter().filter(changed));
    }
    found.sort_by_key(|event| std::cmp::Reverse(event.seq));
    found.dedup_by_key(|event| event.seq);
    Ok(found.into_iter().filter_map(|event| sight::seen(viewer, event)).collect())
}

/// A sentence of each: who did what to whom, and when.
pub(in crate::console) fn sentences(viewer: &Viewer, events: &[SeenEvent], limit: usize) -> Vec<String> {
    let sentence = |event: &SeenEvent| {
        let line = Line::of(viewer, event);
        let what: Vec<&str> = line.what.iter().map(|named| named.name.as_str()).collect();
        let mut what = words::list(&what, NAMED);
        if line.more > 0 {
            what.push_str(&format!(" and {} more", words::figure(line.more)));
        }
        if line.outside > 0 {
            what.push_str(&format!(" and {} outside your scope", words::figure(line.outside)));
        }
        format!("{} {} {what} ({}).", who(viewer, event), line.did, line.when)
    };
    events.iter().take(limit).map(sentence).collect()
}

/// Who did it, as people call them.
pub(in crate::console) fn who(viewer: &Viewer, event: &SeenEvent) -> String {
    match &event.event.principal {
        Principal::User { id, .. } if *id == viewer.user.id => "You".to_owned(),
        _ => Line::of(viewer, event).who.name,
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
    let lines = events.iter().flat_map(|event| Line::of(viewer, &of_it(event)).changes);
    lines.take(limit).map(|change| change.text).collect()
}
