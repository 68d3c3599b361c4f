//! A form that was overtaken: who changed the profile meanwhile, when, and what.

use floorkey::{Principal, RecordKey, SecurityProfile, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, Kept, StoredEvent, StoredOutcome, StoredStep};

use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::super::words;
use super::address;
use super::form::Note;

/// Changes that are looked through, and lines that are shown.
const EVENTS: usize = 20;
const LINES: usize = 12;

/// Says what came in between, and offers both.
pub(super) async fn note(viewer: &Viewer, now: &SecurityProfile, seen: Option<Timestamp>) -> Result<Note, Problem> {
    let key = RecordKey::Profile(now.id);
    let query = AuditQuery {
        terms: vec![AuditTerm::Target(key.clone())],
        // The change that the form was filled in on is of exactly that time.
        from: seen.map(|seen| Timestamp::from_millis(seen.as_millis() + 1)),
        ..AuditQuery::default()
    };
    let events = viewer.app().service.store().audit_search(viewer.instance(), query, EVENTS).await?;
    let done: Vec<&StoredEvent> =
        events.iter().filter(|event| matches!(event.outcome, StoredOutcome::Done { .. })).collect();
    let mut names: Vec<String> = done.iter().map(|event| who(viewer, &event.principal)).collect();
    names.dedup();
    let head = match done.first() {
        Some(last) => {
            let (ago, moment) = (words::ago(last.at, viewer.now), words::moment(last.at));
            format!("{} changed this profile {ago} ({moment}), while you were editing it", words::list(&names, 3))
        }
        None => "This profile has changed while you were editing it".to_owned(),
    };
    let text = "Below is what you filled in; it is not saved. Save it again to put it in place of the other change, \
        or leave the page to keep the other change.";
    let mut note = Note::new("warn", head, text);
    let changes = done.iter().flat_map(|event| &event.changes).filter(|change| change.record == key);
    note.lines = changes.filter_map(|change| line(&change.field, &change.step)).take(LINES).collect();
    note.link = Some((address(now.id), "Take theirs: show the profile as it is now".to_owned()));
    Ok(note)
}

/// Who acted, as people call them.
fn who(viewer: &Viewer, principal: &Principal) -> String {
    match principal {
        Principal::User { id, .. } if *id == viewer.user.id => "You yourself, elsewhere,".to_owned(),
        Principal::User { id, .. } => match viewer.directory.user(*id) {
            Some(user) => user.display_name(),
            None => "A user who is gone".to_owned(),
        },
        Principal::Operator { .. } => "The operator".to_owned(),
        Principal::System => "Floorkey".to_owned(),
    }
}

/// One change in words; `None` for what changes with every change.
fn line(field: &str, step: &StoredStep) -> Option<String> {
    let shown = |kept: &Option<Kept>| match kept {
        Some(Kept::Value(text)) if text.is_empty() => "nothing".to_owned(),
        Some(Kept::Value(text)) => format!("“{text}”"),
        Some(Kept::Erased) => "something erased".to_owned(),
        None => "nothing".to_owned(),
    };
    let all = |list: &[Kept]| words::list(&list.iter().map(|kept| shown(&Some(kept.clone()))).collect::<Vec<_>>(), 6);
    if field == "modified" {
        return None;
    }
    Some(match step {
        StoredStep::Value { before, after } => format!("{field}: from {} to {}", shown(before), shown(after)),
        StoredStep::Members { added, removed } => match (added.is_empty(), removed.is_empty()) {
            (_, true) => format!("{field}: {} added", all(added)),
            (true, false) => format!("{field}: {} removed", all(removed)),
            (false, false) => format!("{field}: {} added, {} removed", all(added), all(removed)),
        },
    })
}
