//! Events with a bounded part of their changes.
//!
//! An event about 10,000 users has more than 100,000 changes, 25 MB with the personal values. A page shows a few of
//! them. The other changes are only counted in the text: they are neither decoded nor joined with their personal
//! values.

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

/// Bodies up to this size, in bytes, are always checked against their leaf. Larger ones are hashed only if
/// [`ChangePart::check`] is set.
const CHECKED_MAX: usize = 1024 * 1024;

/// How a reader sees a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Counted, and returned if it is in the part.
    Shown,
    /// Neither counted nor returned.
    Ignored,
    /// Withheld from the reader: counted separately.
    Hidden,
}

/// The reader of an event, who determines which of its changes are visible.
pub trait EventReader: Send + Sync {
    /// How the reader sees the changes of a record. Called once for consecutive changes of the same record.
    fn admit(&self, record: &RecordKey) -> Admission;

    /// Whether changes of a field are neither counted nor returned, whatever record they belong to.
    fn ignores(&self, field: &str) -> bool;

    /// Returns the targets whose names are needed, out of all targets of an event.
    fn named(&self, targets: &[RecordKey]) -> Vec<RecordKey>;
}

/// A part of an event's changes, measured in lines: a changed value is one line, and so is each member that was added
/// to or removed from a list.
#[derive(Clone)]
pub struct ChangePart {
    /// The reader.
    pub reader: Arc<dyn EventReader>,
    /// Lines of shown changes to skip.
    pub skip: usize,
    /// The maximum number of lines to return.
    pub take: usize,
    /// Whether a change without lines, such as from nothing to an empty value, is returned and counted as one line.
    pub with_empty: bool,
    /// Whether the body is checked against its leaf even if it is large.
    pub check: bool,
}

/// An event with a part of its changes.
#[derive(Clone, Debug, PartialEq)]
pub struct EventPart {
    /// The event. Its changes and their list members are only those in the part, its `body` is empty, and its `leaf` is
    /// the stored one.
    pub event: StoredEvent,
    /// The changes that name a record: of the targets whose names are needed, and of the records in the part.
    pub names: Vec<StoredFieldChange>,
    /// The total number of shown lines.
    pub lines: usize,
    /// The number of withheld changes.
    pub hidden: usize,
    /// The total number of changes, whether shown or not.
    pub changes: usize,
}

/// The result of a bounded search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventPartPage {
    /// The newest first.
    pub events: Vec<EventPart>,
    /// The total size of the texts of the events, unpacked.
    pub bytes: usize,
    /// Whether the limit on bytes ended the search early.
    pub is_cut: bool,
}

impl Store {
    /// Returns parts of the audit events that [`Store::audit_search`] finds: the newest first, at most `limit`. Stops
    /// reading events once those already read have `bytes_max` bytes.
    ///
    /// # Errors
    /// As [`Store::audit_events`].
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
                    found.is_cut = true;
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
    /// As [`Store::audit_events`].
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

/// Reads the part out of a row of [`READ_EVENT`](sql::READ_EVENT), and returns it with the size of the row's texts.
fn part_from_row(row: &RowView<'_>, part: &ChangePart) -> Result<(EventPart, usize), StoreError> {
    let (text, personal) = (stored_event::unpack_column(row, BODY)?, stored_event::unpack_column(row, PERSONAL)?);
    let (body, personal) = (text.as_str(), personal.as_str());
    let bytes = body.len() + personal.len();
    let is_checked = part.check || body.len() <= CHECKED_MAX;
    let leaf = row.hash(LEAF)?;
    // A body with an unexpected layout is read whole, which yields a precise error if it is damaged.
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
