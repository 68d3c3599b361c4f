//! Finds changes in the text of an event's body, without decoding all of the changes.
//!
//! The scan searches for markers that contain quotation marks. JSON strings escape quotation marks, so a marker never
//! matches inside a value.

use std::borrow::Cow;
use std::collections::HashSet;

use floorkey::RecordKey;
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::slice::{Window, is_name_field};
use super::{ChangePart, ChangeVisibility, EventPart};
use crate::audit_row::{Body, ChangeRow, PersonalValue, Text};
use crate::rows;
use crate::stored_event::PersonalValuesByHash;
use floorkey_audit::Hash;

const CHANGES: &str = r#""changes":["#;
const FLAGS: &str = r#"],"flags":["#;
const ROW_START: &str = r#"{"of":["#;
const FIELD: &str = r#"],"field":""#;
const MEMBERS: [&str; 2] = [r#","added":["#, r#","removed":["#];
const EMPTY: &str = r#""""#;

/// All personal values of an event are decoded if their total size is at most this number of bytes.
const PERSONAL_WHOLE_MAX: usize = 64 * 1024;

/// Returns the requested part of the event, or `None` if the body can't be read or has an unexpected layout.
pub(super) fn scan_event(body: &str, personal: &str, part: &ChangePart) -> Option<EventPart> {
    let (head, changes) = split_changes(body)?;
    let head: Body<'_> = serde_json::from_str(&head).ok()?;
    let targets: Vec<RecordKey> =
        head.targets.iter().map(|(kind, id)| rows::key(kind, id).ok()).collect::<Option<_>>()?;
    let needing_names = part.reader.targets_to_name(&targets).into_iter().collect();
    let mut scan = Scan { part, needing_names, window: Window::new(part), selected: Vec::new(), names: Vec::new() };
    scan.scan_changes(changes)?;
    let Scan { window, selected, names, .. } = scan;

    let personal_values = needed_personal_values(personal, &head, selected.iter().map(|(row, _)| row).chain(&names))?;
    let mut event = personal_values.to_event(0, "", Hash::default(), head).ok()?;
    for (row, before) in selected {
        let mut window = Window::new(part);
        window.lines = before;
        let change = personal_values.to_change(row).ok()?;
        window.count_change(change.change.lines());
        event.changes.push(window.slice_change(change));
    }
    let names = names.into_iter().map(|row| personal_values.to_change(row).ok()).collect::<Option<_>>()?;
    Some(EventPart { event, names, lines: window.lines, withheld: window.hidden, changes: window.changes })
}

/// Splits a body into two strings: the body without its changes, and the changes.
fn split_changes(body: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(at) = memmem::find(body.as_bytes(), CHANGES.as_bytes()) else { return Some((Cow::Borrowed(body), "")) };
    let (before, rest) = body.split_at_checked(at + CHANGES.len())?;
    let end = match memmem::rfind(rest.as_bytes(), FLAGS.as_bytes()) {
        Some(end) => end,
        None => rest.strip_suffix("]}")?.len(),
    };
    let (changes, after) = rest.split_at_checked(end)?;
    Some((Cow::Owned(format!("{before}{after}")), changes))
}

/// The state of a scan over an event's changes.
struct Scan<'a> {
    part: &'a ChangePart,
    /// The records whose names the result must include.
    needing_names: HashSet<RecordKey>,
    window: Window,
    /// The changes in the requested part. Each change is stored with the number of lines that precede it.
    selected: Vec<(ChangeRow<'a>, usize)>,
    names: Vec<ChangeRow<'a>>,
}

/// The consecutive changes of a single record.
struct RecordChanges<'a> {
    /// The kind and ID of the record, as written in the event's body.
    record_text: &'a str,
    record: RecordKey,
    needs_name: bool,
    /// The rows that change the record's name. They are kept in case the name must be returned.
    name_rows: Vec<&'a str>,
    admission: ChangeVisibility,
}

impl<'a> Scan<'a> {
    fn scan_changes(&mut self, changes: &'a str) -> Option<()> {
        let mut group: Option<RecordChanges<'a>> = None;
        let mut starts = memmem::find_iter(changes.as_bytes(), ROW_START.as_bytes());
        let mut next = starts.next();
        if next.is_none() != changes.is_empty() || next.is_some_and(|start| start > 0) {
            return None;
        }
        while let Some(start) = next {
            next = starts.next();
            let row = changes.get(start..next.unwrap_or(changes.len()))?;
            let row = if next.is_some() { row.strip_suffix(',')? } else { row };
            self.scan_row(row, &mut group)?;
        }
        Some(())
    }

    fn scan_row(&mut self, row: &'a str, group: &mut Option<RecordChanges<'a>>) -> Option<()> {
        let at = memmem::find(row.as_bytes(), FIELD.as_bytes())?;
        let record_text = row.get(ROW_START.len() - 1..=at)?;
        let (field, rest) = row.get(at + FIELD.len()..)?.split_once('"')?;
        let mut current = match group.take().filter(|group| group.record_text == record_text) {
            Some(group) => group,
            None => {
                let record = parse_record(record_text)?;
                let needs_name = self.needing_names.contains(&record);
                let admission = self.part.reader.visibility(&record);
                RecordChanges { record_text, record, needs_name, name_rows: Vec::new(), admission }
            }
        };
        if is_name_field(field) {
            match current.needs_name {
                true => self.names.push(parse(row)?),
                false => current.name_rows.push(row),
            }
        }
        self.window.changes += 1;
        match current.admission {
            _ if self.part.reader.ignores_field(field) => {}
            ChangeVisibility::Visible => {
                let before = self.window.lines;
                if self.window.count_change(count_lines(row, rest)?) {
                    self.selected.push((parse(row)?, before));
                    current.needs_name = true;
                    self.needing_names.insert(current.record.clone());
                    for row in current.name_rows.drain(..) {
                        self.names.push(parse(row)?);
                    }
                }
            }
            ChangeVisibility::Withheld => self.window.hidden += 1,
            ChangeVisibility::Ignored => {}
        }
        *group = Some(current);
        Some(())
    }
}

/// Parses the record key in a row, such as `["user","…"]`.
fn parse_record(text: &str) -> Option<RecordKey> {
    let (kind, id): (Cow<'_, str>, Cow<'_, str>) = parse(text)?;
    rows::key(&kind, &id).ok()
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Returns the number of lines of the change in a row, as defined by
/// [`StoredValueChange::lines`](crate::StoredValueChange::lines). `rest` is the part of the row after the field's name.
fn count_lines(row: &str, rest: &str) -> Option<usize> {
    #[derive(Deserialize)]
    struct CountedRow {
        #[serde(default)]
        added: Vec<IgnoredAny>,
        #[serde(default)]
        removed: Vec<IgnoredAny>,
        before: Option<Value>,
        after: Option<Value>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Text(String),
        Other(IgnoredAny),
    }
    let has_members = MEMBERS.iter().any(|mark| rest.starts_with(mark));
    if !has_members && memmem::find(rest.as_bytes(), EMPTY.as_bytes()).is_none() {
        return Some(usize::from(rest != "}"));
    }
    let counted_row: CountedRow = parse(row)?;
    let is_filled = |value: &Value| !matches!(value, Value::Text(text) if text.is_empty());
    let has_value = [counted_row.before, counted_row.after].iter().flatten().any(is_filled);
    Some(counted_row.added.len() + counted_row.removed.len() + usize::from(has_value))
}

/// Decodes the personal values that are referenced by `head` (the body without its changes) or by the given rows.
/// Returns `None` if the values can't be read.
fn needed_personal_values<'a>(
    personal: &str,
    head: &Body<'_>,
    rows: impl Iterator<Item = &'a ChangeRow<'a>>,
) -> Option<PersonalValuesByHash> {
    let all = || parse(personal).map(PersonalValuesByHash::new);
    if personal.len() <= PERSONAL_WHOLE_MAX {
        return all();
    }
    let mut hashes: Vec<&str> = head.hashes().collect();
    let mut users: HashSet<&str> = head.actor.user().into_iter().collect();
    for row in rows {
        users.insert(&row.record.1);
        let texts = [&row.added, &row.removed].into_iter().flatten().flatten();
        for text in texts.chain(&row.before).chain(&row.after) {
            if let Text::Hashed(hashed) = text {
                hashes.push(&hashed.sha256);
            }
        }
    }
    // Usually, all needed values belong to these users. Otherwise, all personal values are decoded.
    let of_few_users = PersonalValuesByHash::new(values_of_users(personal, &users));
    if hashes.iter().all(|hash| of_few_users.contains(hash)) { Some(of_few_users) } else { all() }
}

/// Decodes the personal values of the given users.
fn values_of_users<'a>(personal: &'a str, users: &HashSet<&str>) -> Vec<PersonalValue<'a>> {
    let starts = memmem::find_iter(personal.as_bytes(), ROW_START.as_bytes());
    let found = starts.filter_map(|start| {
        let entry = personal.get(start..)?;
        let (ids, _) = entry.get(ROW_START.len()..)?.split_once(']')?;
        ids.split('"').any(|id| users.contains(id)).then_some(())?;
        serde_json::Deserializer::from_str(entry).into_iter().next()?.ok()
    });
    found.collect()
}
