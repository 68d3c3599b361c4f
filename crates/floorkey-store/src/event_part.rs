//! Events with a bounded part of their changes.
//!
//! An event of 10,000 users has more than 100,000 changes, 25 MB with the personal values. A page shows a few of them;
//! what it does not show is counted where it stands in the text, and neither decoded nor joined with its personal
//! values.

mod cut;
mod scan;

use std::sync::Arc;

use floorkey::{InstanceId, RecordKey};

use crate::audit_row;
use crate::audit_search::{AuditQuery, places};
use crate::backend::{RowView, Snapshot, Value};
use crate::error::StoreError;
use crate::merkle;
use crate::sql;
use crate::store::Store;
use crate::stored_event::{self, BODY, FORMAT, LEAF, PERSONAL, SEQ, StoredEvent, StoredFieldChange};

/// Bodies up to this size, in bytes, are always checked against their leaf. Of larger ones the hash is worked out only
/// where the part asks for it.
const CHECKED_MAX: usize = 1024 * 1024;

/// What becomes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is counted, and returned if it is in the part.
    Shown,
    /// It is neither counted nor returned.
    Ignored,
    /// It is withheld from the reader: counted by itself.
    Hidden,
}

/// Who reads an event, and what of it.
pub trait EventReader: Send + Sync {
    /// What becomes of the changes of a record. Asked once for changes of a record that follow each other.
    fn admit(&self, record: &RecordKey) -> Admission;

    /// Whether changes of the field are neither counted nor returned, whatever record they are of.
    fn ignores(&self, field: &str) -> bool;

    /// The targets whose names are wanted, out of all targets of an event.
    fn named(&self, targets: &[RecordKey]) -> Vec<RecordKey>;
}

/// A part of an event's changes, in lines: a value that changed is one, and so is each member that a list got or lost.
#[derive(Clone)]
pub struct ChangePart {
    /// Who reads it.
    pub reader: Arc<dyn EventReader>,
    /// Lines of shown changes to pass over.
    pub skip: usize,
    /// Lines to return, at most.
    pub take: usize,
    /// Whether a change that takes no line to say, from nothing to an empty value, is returned and counted as one.
    pub with_empty: bool,
    /// Whether the body is checked against its leaf even if it is large.
    pub check: bool,
}

/// An event with a part of its changes.
#[derive(Clone, Debug, PartialEq)]
pub struct EventPart {
    /// The event; of its changes only those in the part, and of their members only those in the part. Its `body` is
    /// left empty, and its `leaf` is the stored one.
    pub event: StoredEvent,
    /// The changes that name a record: those of the wanted targets, and of the records in the part.
    pub names: Vec<StoredFieldChange>,
    /// How many lines are shown in all.
    pub lines: usize,
    /// How many changes are withheld.
    pub hidden: usize,
    /// How many changes the event has, whatever becomes of them.
    pub changes: usize,
}

/// What was found within a bound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundParts {
    /// The newest first.
    pub events: Vec<EventPart>,
    /// Bytes of the texts of the events, unpacked.
    pub bytes: usize,
    /// Whether the bound on bytes ended the search before the limit or the last event.
    pub is_cut: bool,
}

impl Store {
    /// Parts of audit events, as [`Store::audit_search`] finds them: the newest first, and `limit` at most. No more
    /// events are read once those that were read have `bytes_max` bytes.
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
    ) -> Result<FoundParts, StoreError> {
        let read = self.backend().read_indexed(move |snapshot| {
            let mut found = FoundParts::default();
            for (seq, _) in places(snapshot, instance, &query, limit)? {
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

    /// A part of the audit event of a place; `None` if the audit isn't that long.
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
    snapshot.first(&sql::READ_EVENT, &[Value::id(instance), Value::count(seq)], |row| read(row, part))
}

/// Reads the part out of a row of [`READ_EVENT`](sql::READ_EVENT), and says how many bytes its texts have.
fn read(row: &RowView<'_>, part: &ChangePart) -> Result<(EventPart, usize), StoreError> {
    let (text, personal) = (stored_event::unpacked(row, BODY)?, stored_event::unpacked(row, PERSONAL)?);
    let (body, personal) = (text.as_str(), personal.as_str());
    let bytes = body.len() + personal.len();
    let is_checked = part.check || body.len() <= CHECKED_MAX;
    let leaf = row.hash(LEAF)?;
    // A body that is not laid out as this version writes it is read whole, which says what is wrong with it.
    let is_known = row.integer(FORMAT)? == i64::from(audit_row::FORMAT)
        && (!is_checked || merkle::leaf(audit_row::FORMAT, body.as_bytes()) == leaf);
    let scanned = is_known.then(|| scan::part(body, personal, part)).flatten();
    let Some(mut found) = scanned else { return Ok((cut::part(stored_event::read(row)?, part), bytes)) };
    (found.event.seq, found.event.leaf) = (row.count(SEQ)?, leaf);
    Ok((found, bytes))
}

#[cfg(test)]
mod tests;
