//! Reads the authorization state of an instance at an earlier time.

use std::collections::BTreeSet;

use floorkey::{InstanceId, RecordChange, RecordKey, Revision, Timestamp};

use crate::audit_search::{AuditQuery, event, times};
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::load::{key, optional_record};
use crate::store::Store;
use crate::stored_event::StoredOutcome;
use crate::{rows, sql};

/// The number of events that are looked up at a time to find one that was not refused.
const EVENTS: usize = 64;

impl Store {
    /// Returns the revision that an instance had just before the given time, or `None` if the instance did not exist
    /// then. Refused commands have no revision, so the last event that is not a refusal determines the revision.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if an event can't be read.
    pub async fn revision_before(&self, instance: InstanceId, at: Timestamp) -> Result<Option<Revision>, StoreError> {
        self.backend().read_indexed(move |snapshot| revision_before(snapshot, instance, at)).await
    }

    /// Returns the changes that turn an instance's records at the revision `from` into those at the earlier revision
    /// `to`. The number of reads depends only on the number of records that changed in between.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if a version can't be read.
    pub async fn changes_back(
        &self,
        instance: InstanceId,
        from: Revision,
        to: Revision,
    ) -> Result<Vec<RecordChange>, StoreError> {
        self.backend().read_indexed(move |snapshot| changes_back(snapshot, instance, from, to)).await
    }
}

fn revision_before(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    at: Timestamp,
) -> Result<Option<Revision>, StoreError> {
    let mut query = AuditQuery { to: Some(at), ..AuditQuery::default() };
    loop {
        let found = times(snapshot, instance, &query, EVENTS)?;
        for (seq, _) in &found {
            if let Some(StoredOutcome::Done { revision }) = event(snapshot, instance, *seq)?.map(|event| event.outcome)
            {
                return Ok(Some(Revision(revision)));
            }
        }
        match found.last() {
            Some((last, _)) => query.before = Some(*last),
            None => return Ok(None),
        }
    }
}

fn changes_back(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    from: Revision,
    to: Revision,
) -> Result<Vec<RecordChange>, StoreError> {
    let mut changed: BTreeSet<RecordKey> = BTreeSet::new();
    let values = [Value::id(instance), Value::count(to.0), Value::count(from.0)];
    snapshot.for_each_row(&sql::READ_CHANGED_KEYS, &values, |row| {
        changed.insert(key(row)?);
        Ok(())
    })?;
    let mut changes = Vec::with_capacity(changed.len());
    for key in changed {
        let (kind, id) = rows::stored_columns(&key);
        let values = [Value::id(instance), Value::Word(kind), Value::Bytes(id), Value::count(to.next().0)];
        let record = snapshot.first_row(&sql::READ_VERSION_BEFORE, &values, |row| optional_record(row, 4, 5))?;
        changes.push(match record.flatten() {
            Some(record) => RecordChange::Upsert(record),
            None => RecordChange::Remove(key),
        });
    }
    // Removals come first, so that an earlier record can have the name of a removed record.
    changes.sort_by_key(|change| matches!(change, RecordChange::Upsert(_)));
    Ok(changes)
}
