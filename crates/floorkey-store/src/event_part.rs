//! Audit events with a limited part of their changes.
//!
//! An event about 10,000 users has more than 100,000 changes. With the personal values, these are 25 MB. A page shows
//! only a few of the changes. The others are only counted in the text of the event. They are neither decoded nor joined
//! with their personal values.

mod scan;
mod slice;

use std::sync::Arc;

use floorkey::{InstanceId, RecordKey};

use crate::audit_row;
use crate::audit_search::{AuditQuery, positions};
use crate::backend::{RowView, Snapshot, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use crate::stored_event::{self, BODY, FORMAT, LEAF, PERSONAL, SEQ, StoredEvent, StoredFieldChange};
use floorkey_audit::leaf_hash;

/// The maximum size of a body, in bytes, that is always checked against its leaf. A larger body is checked only if
/// [`ChangePart::check`] is set.
const CHECKED_MAX: usize = 1024 * 1024;

/// How a reader sees a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeVisibility {
    /// The change is counted, and returned if it is in the part.
    Visible,
    /// The change is neither counted nor returned.
    Ignored,
    /// The change is withheld from the reader, and counted separately.
    Withheld,
}

/// The reader of an event. Determines which changes of the event are visible.
pub trait EventReader: Send + Sync {
    /// Returns how the reader sees the changes of a record. Called once for consecutive changes of the same record.
    fn visibility(&self, record: &RecordKey) -> ChangeVisibility;

    /// Whether changes of this field are neither counted nor returned, in records of any kind.
    fn ignores_field(&self, field: &str) -> bool;

    /// Returns those targets of an event whose names the reader needs.
    fn targets_to_name(&self, targets: &[RecordKey]) -> Vec<RecordKey>;
}

/// A part of an event's changes, measured in lines. A changed value is one line. Each member that was added to or
/// removed from a list is also one line.
#[derive(Clone)]
pub struct ChangePart {
    /// The reader.
    pub reader: Arc<dyn EventReader>,
    /// The number of lines of shown changes to skip.
    pub skip: usize,
    /// The maximum number of lines to return.
    pub take: usize,
    /// Whether a change without lines is returned and counted as one line. An example is a change from no value to an
    /// empty value.
    pub with_empty: bool,
    /// Whether a large body is also checked against its leaf.
    pub verify_leaf: bool,
}

/// An event with a part of its changes.
#[derive(Clone, Debug, PartialEq)]
pub struct EventPart {
    /// The event. Its changes and their list members are only those in the part. Its `body` is empty. Its `leaf` is the
    /// stored hash.
    pub event: StoredEvent,
    /// The changes of name fields, for the targets whose names are needed and for the records in the part.
    pub names: Vec<StoredFieldChange>,
    /// The total number of shown lines.
    pub lines: usize,
    /// The number of withheld changes.
    pub withheld: usize,
    /// The total number of changes, whether shown or not.
    pub changes: usize,
}

/// The result of a bounded search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventPartPage {
    /// The events, the newest first.
    pub events: Vec<EventPart>,
    /// The total unpacked size of the texts of the events, in bytes.
    pub bytes: usize,
    /// Whether the search ended early because of the limit on bytes.
    pub is_truncated: bool,
}

impl Store {
    /// Returns parts of at most `limit` audit events that [`Store::audit_search`] finds, the newest first. Stops
    /// reading events once the events read have `bytes_max` bytes.
    ///
    /// # Errors
    /// The same errors as [`Store::audit_events`].
    pub async fn audit_search_parts(
        &self,
        instance: InstanceId,
        query: AuditQuery,
        part: ChangePart,
        limit: usize,
        bytes_max: usize,
    ) -> Result<EventPartPage, StoreError> {
        let read = self.backend().read_indexed(move |snapshot| {
            let mut found = EventPartPage::default();
            for (seq, _) in positions(snapshot, instance, &query, limit)? {
                if found.bytes >= bytes_max {
                    found.is_truncated = true;
                    break;
                }
                if let Some((event, bytes)) = event_part(snapshot, instance, seq, &part)? {
                    found.events.push(event);
                    found.bytes += bytes;
                }
            }
            Ok(found)
        });
        read.await
    }

    /// Returns a part of the audit event with a sequence number; `None` if there is none.
    ///
    /// # Errors
    /// The same errors as [`Store::audit_events`].
    pub async fn audit_event_part(
        &self,
        instance: InstanceId,
        seq: u64,
        part: ChangePart,
    ) -> Result<Option<EventPart>, StoreError> {
        let read = self.backend().read(move |snapshot| event_part(snapshot, instance, seq, &part));
        Ok(read.await?.map(|(event, _)| event))
    }
}

fn event_part(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    seq: u64,
    part: &ChangePart,
) -> Result<Option<(EventPart, usize)>, StoreError> {
    snapshot.first_row(&sql::READ_EVENT, &[Value::id(instance), Value::count(seq)], |row| part_from_row(row, part))
}

/// Reads the part from a row of [`READ_EVENT`](sql::READ_EVENT). Returns the part and the size of the row's texts.
fn part_from_row(row: &RowView<'_>, part: &ChangePart) -> Result<(EventPart, usize), StoreError> {
    let (text, personal) = (stored_event::unpack_column(row, BODY)?, stored_event::unpack_column(row, PERSONAL)?);
    let (body, personal) = (text.as_str(), personal.as_str());
    let bytes = body.len() + personal.len();
    let is_checked = part.verify_leaf || body.len() <= CHECKED_MAX;
    let leaf = row.hash(LEAF)?;
    // A body with an unexpected layout is read as a whole. If the body is damaged, this yields a precise error.
    let has_expected_layout = row.integer(FORMAT)? == i64::from(audit_row::FORMAT)
        && (!is_checked || leaf_hash(audit_row::FORMAT, body.as_bytes()) == leaf);
    let scanned_part = has_expected_layout.then(|| scan::scan_event(body, personal, part)).flatten();
    let Some(mut found) = scanned_part else {
        return Ok((slice::slice_event(stored_event::from_row(row)?, part), bytes));
    };
    (found.event.seq, found.event.leaf) = (row.count(SEQ)?, leaf);
    Ok((found, bytes))
}

#[cfg(test)]
mod tests;
