//! Reads audit events with only some of their changes.
//!
//! An event about 10,000 users has more than 100,000 changes. Together with their personal values, the changes take up
//! 25 MB. A page shows only a few of the changes. All other changes are counted in the text of the event's body,
//! without decoding them or their personal values.

mod scan;
mod slice;

use std::sync::Arc;

use floorkey::{InstanceId, RecordKey};

use crate::audit_row;
use crate::audit_search::{AuditPositions, AuditQuery, positions};
use crate::backend::{RowView, Snapshot, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use crate::stored_event::{self, BODY, FORMAT, LEAF, PERSONAL, SEQ, StoredEvent, StoredFieldChange};
use floorkey_audit::leaf_hash;

/// The maximum size, in bytes, of an event body that is always checked against its leaf hash. A larger body is checked
/// only if [`ChangePart::verify_leaf`] is set.
const CHECKED_MAX: usize = 1024 * 1024;

/// Whether an [`EventReader`] can see a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeVisibility {
    /// The change is counted. It is also returned if it is in the requested part of the event.
    Visible,
    /// The change is neither counted nor returned.
    Ignored,
    /// The change is hidden from the reader, and counted separately.
    Withheld,
}

/// A person or program that reads events. This trait determines which changes the reader can see.
pub trait EventReader: Send + Sync {
    /// Returns whether the reader can see the changes of a record. Called once for consecutive changes of the same
    /// record.
    fn visibility(&self, record: &RecordKey) -> ChangeVisibility;

    /// Whether changes of this field are ignored in records of any kind. Ignored changes are neither counted nor
    /// returned.
    fn ignores_field(&self, field: &str) -> bool;

    /// Returns the targets whose names must be returned with the event. `targets` contains all targets of the event.
    fn targets_to_name(&self, targets: &[RecordKey]) -> Vec<RecordKey>;
}

/// The requested part of an event's changes, measured in lines. A changed value is one line. Each member that was added
/// to or removed from a list is also one line.
#[derive(Clone)]
pub struct ChangePart {
    /// The reader of the event.
    pub reader: Arc<dyn EventReader>,
    /// The number of visible lines to skip.
    pub skip: usize,
    /// The maximum number of lines to return.
    pub take: usize,
    /// Whether a change without lines is returned and counted as one line. For example, a change from no value to an
    /// empty value has no lines.
    pub with_empty: bool,
    /// Whether a large event body is also checked against its leaf hash.
    pub verify_leaf: bool,
}

impl ChangePart {
    /// Returns the part without any changes, for readers of flags and outcomes. An event can have more than 100,000
    /// changes.
    #[must_use]
    pub fn nothing() -> Self {
        Self { reader: Arc::new(NoChanges), skip: 0, take: 0, with_empty: false, verify_leaf: false }
    }
}

/// Ignores all changes.
struct NoChanges;

impl EventReader for NoChanges {
    fn visibility(&self, _: &RecordKey) -> ChangeVisibility {
        ChangeVisibility::Ignored
    }

    fn ignores_field(&self, _: &str) -> bool {
        true
    }

    fn targets_to_name(&self, _: &[RecordKey]) -> Vec<RecordKey> {
        Vec::new()
    }
}

/// An event with the requested part of its changes.
#[derive(Clone, Debug, PartialEq)]
pub struct EventPart {
    /// The event with only the changes and list members in the requested part. The event's `body` is empty, and its
    /// `leaf` is the stored hash.
    pub event: StoredEvent,
    /// The changes of names. These are returned for the targets in [`EventReader::targets_to_name`], and for records
    /// whose changes are in the requested part.
    pub names: Vec<StoredFieldChange>,
    /// The total number of lines that the reader can see.
    pub lines: usize,
    /// The number of changes that are hidden from the reader.
    pub withheld: usize,
    /// The total number of changes, whether visible or not.
    pub changes: usize,
}

/// The result of a search that is limited to a number of bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventPartPage {
    /// The events that were found, newest first.
    pub events: Vec<EventPart>,
    /// The total size of the events' unpacked bodies and personal values, in bytes.
    pub bytes: usize,
    /// If there may be further events, the sequence number beyond which they are: see [`AuditQuery::beyond`].
    pub resume: Option<u64>,
}

impl Store {
    /// Searches for audit events and returns part of each matching event. The search stops after `limit` events, when the
    /// events have a total size of at least `bytes_max` bytes, or when it has read many entries of the index.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
    pub async fn audit_search_parts(
        &self,
        instance: InstanceId,
        query: AuditQuery,
        part: ChangePart,
        limit: usize,
        bytes_max: usize,
    ) -> Result<EventPartPage, StoreError> {
        let read = self.backend().read_indexed(move |snapshot| {
            let AuditPositions { found: matching, resume } = positions(snapshot, instance, &query, limit)?;
            let mut found = EventPartPage { resume, ..EventPartPage::default() };
            let mut last = None;
            for seq in matching {
                if found.bytes >= bytes_max {
                    found.resume = last;
                    break;
                }
                last = Some(seq);
                if let Some((event, bytes)) = event_part(snapshot, instance, seq, &part)? {
                    found.events.push(event);
                    found.bytes += bytes;
                }
            }
            Ok(found)
        });
        read.await
    }

    /// Returns a part of the audit event with the given sequence number, or `None` if the event does not exist.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
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

/// Reads a part of an event from a row of [`READ_EVENT`](sql::READ_EVENT). Returns the part and the total size of the
/// row's unpacked texts.
fn part_from_row(row: &RowView<'_>, part: &ChangePart) -> Result<(EventPart, usize), StoreError> {
    let (text, personal) = (stored_event::unpack_column(row, BODY)?, stored_event::unpack_column(row, PERSONAL)?);
    let (body, personal) = (text.as_str(), personal.as_str());
    let bytes = body.len() + personal.len();
    let is_checked = part.verify_leaf || body.len() <= CHECKED_MAX;
    let leaf = row.hash(LEAF)?;
    // A body with an unexpected layout is decoded completely. If the body is damaged, decoding returns an error that
    // describes the damage.
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
