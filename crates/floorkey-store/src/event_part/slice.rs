//! Selects the requested part of an event that has been decoded completely.

use std::collections::HashSet;

use floorkey::RecordKey;

use super::{ChangePart, ChangeVisibility, EventPart};
use crate::stored_event::{StoredEvent, StoredFieldChange, StoredValue, StoredValueChange};

/// The fields that can contain the name of a record.
pub(super) const NAME_FIELDS: [&str; 3] = ["name", "username", "label"];

/// Returns the requested part of the event.
pub(super) fn slice_event(mut event: StoredEvent, part: &ChangePart) -> EventPart {
    let changes = std::mem::take(&mut event.changes);
    let mut needing_names: HashSet<RecordKey> = part.reader.targets_to_name(&event.targets).into_iter().collect();
    let mut window = Window::new(part);
    for change in &changes {
        window.changes += 1;
        match part.reader.visibility(&change.record) {
            _ if part.reader.ignores_field(&change.field) => {}
            ChangeVisibility::Visible => {
                if let Some(change) =
                    window.count_change(change.change.lines()).then(|| window.slice_change(change.clone()))
                {
                    needing_names.insert(change.record.clone());
                    event.changes.push(change);
                }
            }
            ChangeVisibility::Withheld => window.hidden += 1,
            ChangeVisibility::Ignored => {}
        }
    }
    let names = |change: &&StoredFieldChange| is_name_field(&change.field) && needing_names.contains(&change.record);
    let names = changes.iter().filter(names).cloned().collect();
    event.body = String::new();
    EventPart { event, names, lines: window.lines, withheld: window.hidden, changes: window.changes }
}

/// Whether the field contains the name of its record.
pub(super) fn is_name_field(field: &str) -> bool {
    NAME_FIELDS.contains(&field)
}

/// Counts the lines of an event's changes, and selects the lines in the requested part.
pub(super) struct Window {
    /// The minimum number of lines to count for a change.
    lines_min: usize,
    skip: usize,
    end: usize,
    /// The total number of lines in the changes that have been counted so far.
    pub(super) lines: usize,
    /// The total number of lines before the most recently counted change.
    lines_before: usize,
    pub(super) hidden: usize,
    pub(super) changes: usize,
}

impl Window {
    pub(super) fn new(part: &ChangePart) -> Self {
        let end = part.skip.saturating_add(part.take);
        Self {
            lines_min: usize::from(part.with_empty),
            skip: part.skip,
            end,
            lines: 0,
            lines_before: 0,
            hidden: 0,
            changes: 0,
        }
    }

    /// Counts a change with `lines` lines. Returns whether any of these lines is in the requested part.
    pub(super) fn count_change(&mut self, lines: usize) -> bool {
        let lines = lines.max(self.lines_min);
        self.lines_before = self.lines;
        self.lines += lines;
        lines > 0 && self.lines > self.skip && self.lines_before < self.end
    }

    /// Removes all lines outside the requested part from the most recently counted change.
    pub(super) fn slice_change(&self, mut change: StoredFieldChange) -> StoredFieldChange {
        if let StoredValueChange::Members { added, removed } = &mut change.change {
            let mut at = self.lines_before;
            let mut is_in = |_: &StoredValue| {
                at += 1;
                at > self.skip && at <= self.end
            };
            added.retain(&mut is_in);
            removed.retain(&mut is_in);
        }
        change
    }
}
