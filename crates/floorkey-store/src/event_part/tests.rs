use floorkey::audit::{FieldChange, Flag, Outcome, ValueChange};
use floorkey::{Action, Actor, AuditEvent, Authentication, Principal, Revision, Timestamp, UserId};
use proptest::prelude::*;

use super::*;
use crate::audit_row::{AuditRow, encode};
use crate::stored_event::{PersonalValuesByHash, StoredValue, StoredValueChange};

/// A reader who can't see users whose IDs end in an odd digit, and who ignores the field `security_epoch`.
struct Reader {
    named_count: usize,
}

impl EventReader for Reader {
    fn visibility(&self, record: &RecordKey) -> ChangeVisibility {
        match record {
            RecordKey::User(id) if id.to_string().ends_with(['1', '3', '5', '7', '9']) => ChangeVisibility::Withheld,
            _ => ChangeVisibility::Visible,
        }
    }

    fn ignores_field(&self, field: &str) -> bool {
        field == "security_epoch"
    }

    fn targets_to_name(&self, targets: &[RecordKey]) -> Vec<RecordKey> {
        targets.iter().rev().take(self.named_count).cloned().collect()
    }
}

fn part(named_count: usize, skip: usize, take: usize) -> ChangePart {
    ChangePart { reader: Arc::new(Reader { named_count }), skip, take, with_empty: false, verify_leaf: true }
}

fn change(user: u128, field: &'static str, step: ValueChange) -> FieldChange {
    let id = UserId::from_bits(user);
    let personal = ["username", "first_name"].contains(&field).then_some(id);
    FieldChange { record: RecordKey::User(id), field, change: step, personal }
}

fn value(before: Option<&str>, after: Option<&str>) -> ValueChange {
    ValueChange::Value { before: before.map(str::to_owned), after: after.map(str::to_owned) }
}

fn members(added: &[&str], removed: &[&str]) -> ValueChange {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    ValueChange::Members { added: owned(added), removed: owned(removed) }
}

/// Returns an event that changes `users` users. Some values contain the markers that the scan searches for.
fn event(users: u128, word: &str) -> AuditEvent {
    let adversarial = r#"{"of":["user","x"],"field":""],"flags":["changes":["#;
    let mut changes = Vec::new();
    for user in 0..users {
        changes.push(change(user, "first_name", value(Some(adversarial), Some(word))));
        changes.push(change(user, "username", value(None, Some(&format!("user-{user}")))));
        changes.push(change(user, "description", value(Some(""), None)));
        changes.push(change(user, "tags", members(&[word, "", adversarial], &["\"", "]"])));
        changes.push(change(user, "security_epoch", value(None, Some("1"))));
    }
    let namespace = format!("a]\"{word}");
    let record = RecordKey::ApplicationResource(namespace, "],\"field\":\"".to_owned());
    changes.push(FieldChange { record, field: "name", change: value(Some("\"\""), Some(word)), personal: None });
    let principal = Principal::User {
        id: UserId::from_bits(500),
        authentication: Authentication::Session { recently_authenticated: true },
    };
    let (address, agent) = (Some("192.0.2.7".to_owned()), Some(adversarial.to_owned()));
    AuditEvent {
        action: Action::EditUsers,
        actor: Actor {
            principal,
            request_id: word.to_owned(),
            address,
            user_agent: agent,
            security_epoch: None,
            signature: None,
        },
        at: Timestamp::from_millis(7),
        outcome: Outcome::Done { revision: Revision(3) },
        targets: (0..users).map(|user| RecordKey::User(UserId::from_bits(user))).collect(),
        changes,
        flags: vec![Flag::Reason(word.to_owned()), Flag::UndoOf { revision: Revision(2) }],
    }
}

fn full_event(row: &AuditRow, personal: &str) -> StoredEvent {
    let personal_values = PersonalValuesByHash::new(serde_json::from_str(personal).unwrap());
    let mut event = personal_values
        .to_event(0, &row.body, floorkey_audit::Hash::default(), serde_json::from_str(&row.body).unwrap())
        .unwrap();
    event.body = String::new();
    event
}

#[track_caller]
fn assert_scan_equals_slice(row: &AuditRow, personal: &str, part: &ChangePart) -> EventPart {
    let scanned = scan::scan_event(&row.body, personal, part).unwrap();
    assert_eq!(scanned, slice::slice_event(full_event(row, personal), part));
    scanned
}

#[test]
fn a_scanned_part_equals_a_slice_of_the_full_event() {
    let row = encode(&event(6, "word"), [7; 32]).unwrap();
    for (skip, take) in [(0, 0), (0, 5), (3, 4), (0, 1000), (20, 100), (21, 1), (1000, 5)] {
        for named_count in [0, 2] {
            let found = assert_scan_equals_slice(&row, &row.personal, &part(named_count, skip, take));
            let lines: usize = found.event.changes.iter().map(|change| change.change.lines()).sum();
            // The event has seven lines for each of three visible users, and one line for the application's resource.
            assert_eq!((found.lines, found.withheld, lines), (22, 12, take.min(22_usize.saturating_sub(skip))));
        }
    }
    let with_empty = ChangePart { with_empty: true, ..part(0, 0, 1000) };
    let found = assert_scan_equals_slice(&row, &row.personal, &with_empty);
    assert_eq!((found.lines, found.event.changes.len()), (25, 13));
    // A name is returned if the reader requests the name, or if the requested part contains a line about the record.
    let found = assert_scan_equals_slice(&row, &row.personal, &part(1, 2, 1));
    let names: Vec<_> = found.names.iter().map(|change| &change.change).collect();
    let name = |name: &str| StoredValueChange::Value { before: None, after: Some(StoredValue::Value(name.to_owned())) };
    assert_eq!(names, [&name("user-0"), &name("user-5")]);

    let mut refused = event(2, "word");
    (refused.changes, refused.flags) = (Vec::new(), Vec::new());
    let row = encode(&refused, [7; 32]).unwrap();
    assert_eq!(assert_scan_equals_slice(&row, &row.personal, &part(1, 0, 5)).event.targets.len(), 2);
}

#[test]
fn values_of_few_users_are_resolved_and_erased_ones_are_not() {
    let row = encode(&event(400, "word"), [7; 32]).unwrap();
    assert!(row.personal.len() > 64 * 1024);
    let found = assert_scan_equals_slice(&row, &row.personal, &part(1, 1_000, 5));
    assert_eq!(found.event.user_agent.as_ref().map(|agent| matches!(agent, StoredValue::Value(_))), Some(true));
    let erased = row.personal.replace(&UserId::from_bits(500).to_string(), "");
    assert_scan_equals_slice(&row, &erased, &part(1, 1_000, 5));
    assert_eq!(assert_scan_equals_slice(&row, "[]", &part(0, 0, 5)).event.address, Some(StoredValue::Erased));
}

#[test]
fn a_body_with_an_unexpected_layout_is_not_scanned() {
    let part = part(0, 0, 5);
    for body in
        ["", "{}", r#"{"changes":["#, r#"{"act":"x","changes":[{}]}"#, r#"{"act":"x","changes":[1,{"of":["user"]]}"#]
    {
        assert!(scan::scan_event(body, "[]", &part).is_none(), "{body}");
    }
    // Damaged personal values must not be mistaken for erased values.
    assert!(scan::scan_event(&encode(&event(1, "w"), [7; 32]).unwrap().body, "[", &part).is_none());
}

proptest! {
    #[test]
    fn any_text_is_read_back_unchanged(word in ".{0,12}", skip in 0_usize..30, take in 0_usize..30) {
        let row = encode(&event(3, &word), [9; 32]).unwrap();
        assert_scan_equals_slice(&row, &row.personal, &part(1, skip, take));
    }
}
