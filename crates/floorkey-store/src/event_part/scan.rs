//! Finds the changes of an event in the text of its body, without decoding all of them.
//!
//! The markers that the scan looks for contain quotation marks. JSON strings escape these, so a marker never matches
//! inside a value.

use std::borrow::Cow;
use std::collections::HashSet;

use floorkey::RecordKey;
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::cut::{Window, is_naming};
use super::{Admission, ChangePart, EventPart};
use crate::audit_row::{Body, ChangeRow, Personal, Text};
use crate::rows;
use crate::stored_event::Join;
use floorkey_audit::Hash;

const CHANGES: &str = r#""changes":["#;
const FLAGS: &str = r#"],"flags":["#;
const ROW: &str = r#"{"of":["#;
const FIELD: &str = r#"],"field":""#;
const MEMBERS: [&str; 2] = [r#","added":["#, r#","removed":["#];
const EMPTY: &str = r#""""#;

/// Personal values up to this total size, in bytes, are all decoded.
const PERSONAL_WHOLE_MAX: usize = 64 * 1024;

/// Returns the part of an event; `None` if the body has an unexpected layout, or can't be read.
pub(super) fn part(body: &str, personal: &str, part: &ChangePart) -> Option<EventPart> {
    let (head, changes) = apart(body)?;
    let head: Body<'_> = serde_json::from_str(&head).ok()?;
    let targets: Vec<RecordKey> =
        head.targets.iter().map(|(kind, id)| rows::key(kind, id).ok()).collect::<Option<_>>()?;
    let wanted = part.reader.named(&targets).into_iter().collect();
    let mut scan = Scan { part, wanted, window: Window::new(part), chosen: Vec::new(), names: Vec::new() };
    scan.changes(changes)?;
    let Scan { window, chosen, names, .. } = scan;

    let join = join(personal, &head, chosen.iter().map(|(row, _)| row).chain(&names))?;
    let mut event = join.event(0, "", Hash::default(), head).ok()?;
    for (row, before) in chosen {
        let mut window = Window::new(part);
        window.lines = before;
        let change = join.change(row).ok()?;
        window.take(change.step.lines());
        event.changes.push(window.cut(change));
    }
    let names = names.into_iter().map(|row| join.change(row).ok()).collect::<Option<_>>()?;
    Some(EventPart { event, names, lines: window.lines, hidden: window.hidden, changes: window.changes })
}

/// Splits a body into the body without changes and the text of its changes.
fn apart(body: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(at) = memmem::find(body.as_bytes(), CHANGES.as_bytes()) else { return Some((Cow::Borrowed(body), "")) };
    let (before, rest) = body.split_at_checked(at + CHANGES.len())?;
    let end = match memmem::rfind(rest.as_bytes(), FLAGS.as_bytes()) {
        Some(end) => end,
        None => rest.strip_suffix("]}")?.len(),
    };
    let (changes, after) = rest.split_at_checked(end)?;
    Some((Cow::Owned(format!("{before}{after}")), changes))
}

/// The state of a scan over the changes.
struct Scan<'a> {
    part: &'a ChangePart,
    /// Records whose names are needed.
    wanted: HashSet<RecordKey>,
    window: Window,
    /// The rows in the part, each with the number of lines before it.
    chosen: Vec<(ChangeRow<'a>, usize)>,
    names: Vec<ChangeRow<'a>>,
}

/// Consecutive changes of the same record.
struct Run<'a> {
    /// Kind and id, as written in the body.
    of: &'a str,
    record: RecordKey,
    is_wanted: bool,
    /// The rows with the record's name, until the name is needed.
    naming: Vec<&'a str>,
    admission: Admission,
}

impl<'a> Scan<'a> {
    fn changes(&mut self, changes: &'a str) -> Option<()> {
        let mut run: Option<Run<'a>> = None;
        let mut starts = memmem::find_iter(changes.as_bytes(), ROW.as_bytes());
        let mut next = starts.next();
        if next.is_none() != changes.is_empty() || next.is_some_and(|start| start > 0) {
            return None;
        }
        while let Some(start) = next {
            next = starts.next();
            let row = changes.get(start..next.unwrap_or(changes.len()))?;
            let row = if next.is_some() { row.strip_suffix(',')? } else { row };
            self.row(row, &mut run)?;
        }
        Some(())
    }

    fn row(&mut self, row: &'a str, run: &mut Option<Run<'a>>) -> Option<()> {
        let at = memmem::find(row.as_bytes(), FIELD.as_bytes())?;
        let of = row.get(ROW.len() - 1..=at)?;
        let (field, rest) = row.get(at + FIELD.len()..)?.split_once('"')?;
        let mut this = match run.take().filter(|run| run.of == of) {
            Some(run) => run,
            None => {
                let record = record(of)?;
                let is_wanted = self.wanted.contains(&record);
                let admission = self.part.reader.admit(&record);
                Run { of, record, is_wanted, naming: Vec::new(), admission }
            }
        };
        if is_naming(field) {
            match this.is_wanted {
                true => self.names.push(parsed(row)?),
                false => this.naming.push(row),
            }
        }
        self.window.changes += 1;
        match this.admission {
            _ if self.part.reader.ignores(field) => {}
            Admission::Shown => {
                let before = self.window.lines;
                if self.window.take(lines(row, rest)?) {
                    self.chosen.push((parsed(row)?, before));
                    this.is_wanted = true;
                    self.wanted.insert(this.record.clone());
                    for row in this.naming.drain(..) {
                        self.names.push(parsed(row)?);
                    }
                }
            }
            Admission::Hidden => self.window.hidden += 1,
            Admission::Ignored => {}
        }
        *run = Some(this);
        Some(())
    }
}

/// Parses the record of a row: `["user","…"]`.
fn record(of: &str) -> Option<RecordKey> {
    let (kind, id): (Cow<'_, str>, Cow<'_, str>) = parsed(of)?;
    rows::key(&kind, &id).ok()
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Counts the lines of a row, as [`StoredStep::lines`](crate::StoredStep::lines) does. `rest` is the text after the
/// field's name.
fn lines(row: &str, rest: &str) -> Option<usize> {
    #[derive(Deserialize)]
    struct Counted {
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
    let counted: Counted = parsed(row)?;
    let is_filled = |value: &Value| !matches!(value, Value::Text(text) if text.is_empty());
    let has_value = [counted.before, counted.after].iter().flatten().any(is_filled);
    Some(counted.added.len() + counted.removed.len() + usize::from(has_value))
}

/// Decodes the personal values that the head and these rows need; `None` if they can't be read.
fn join<'a>(personal: &str, head: &Body<'_>, rows: impl Iterator<Item = &'a ChangeRow<'a>>) -> Option<Join> {
    let all = || parsed(personal).map(Join::new);
    if personal.len() <= PERSONAL_WHOLE_MAX {
        return all();
    }
    let mut hashes: Vec<&str> = head.hashes().collect();
    let mut users: HashSet<&str> = head.by.user().into_iter().collect();
    for row in rows {
        users.insert(&row.of.1);
        let texts = [&row.added, &row.removed].into_iter().flatten().flatten();
        for text in texts.chain(&row.before).chain(&row.after) {
            if let Text::Hashed(hashed) = text {
                hashes.push(&hashed.sha256);
            }
        }
    }
    // Nearly always these are values of the record's user or of the actor. Otherwise all values are decoded.
    let few = Join::new(of_users(personal, &users));
    if hashes.iter().all(|hash| few.has(hash)) { Some(few) } else { all() }
}

/// Decodes the personal values of some users.
fn of_users<'a>(personal: &'a str, users: &HashSet<&str>) -> Vec<Personal<'a>> {
    let starts = memmem::find_iter(personal.as_bytes(), ROW.as_bytes());
    let found = starts.filter_map(|start| {
        let entry = personal.get(start..)?;
        let (ids, _) = entry.get(ROW.len()..)?.split_once(']')?;
        ids.split('"').any(|id| users.contains(id)).then_some(())?;
        serde_json::Deserializer::from_str(entry).into_iter().next()?.ok()
    });
    found.collect()
}
