//! Reads earlier versions of records, in order to undo changes and restore deleted users.

use std::collections::BTreeMap;
use std::sync::Arc;

use floorkey::{Action, InstanceId, Record, RecordKey, Revision, Timestamp, User};

use crate::audit_search::{AuditQuery, event, times};
use crate::audit_term::AuditTerm;
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::load::{key, optional_record, record};
use crate::store::Store;
use crate::stored_event::StoredOutcome;
use crate::{rows, sql};

/// A record before and after a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordEffect {
    /// The key of the record.
    pub key: RecordKey,
    /// The record before the revision; `None` if the revision created the record.
    pub before: Option<Record>,
    /// The record after the revision; `None` if the revision removed the record.
    pub after: Option<Record>,
}

/// A user who was deleted and not restored.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletedUser {
    /// The user's last version.
    pub user: Arc<User>,
    /// The time of the deletion.
    pub deleted_at: Timestamp,
    /// The revision that deleted the user.
    pub revision: Revision,
}

/// The types of events that can delete users. An undo is included, because undoing the creation of a user deletes the
/// user.
const DELETING_EVENT_TYPES: [Action; 3] = [Action::DeleteUser, Action::DeleteUsers, Action::Undo];

impl Store {
    /// Returns the version of a record just before the given revision, or `None` if the record did not exist.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if the version can't be read.
    pub async fn record_version_before(
        &self,
        instance: InstanceId,
        key: RecordKey,
        revision: Revision,
    ) -> Result<Option<Record>, StoreError> {
        let (kind, id) = rows::stored_columns(&key);
        let values = [Value::id(instance), Value::Word(kind), Value::Bytes(id), Value::count(revision.0)];
        let read = self.backend().read_indexed(move |snapshot| {
            snapshot
                .first_row(&sql::READ_VERSION_BEFORE, &values, |row| optional_record(row, 4, 5))
                .map(Option::flatten)
        });
        read.await
    }

    /// Returns the records that a revision changed, ordered by record key. Returns an empty list if the revision does
    /// not exist. Reads at most `limit` record versions.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if a version can't be read. The error names the first such version.
    pub async fn records_of_revision(
        &self,
        instance: InstanceId,
        revision: Revision,
        limit: usize,
    ) -> Result<Vec<RecordEffect>, StoreError> {
        self.backend().read_indexed(move |snapshot| record_effects(snapshot, instance, revision, limit)).await
    }

    /// Returns at most `limit` users who were deleted at `since` or later and were not restored. The most recently
    /// deleted users come first.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if a version or event can't be read. The error names the first such
    /// version or event.
    pub async fn deleted_users(
        &self,
        instance: InstanceId,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<DeletedUser>, StoreError> {
        self.backend().read_indexed(move |snapshot| deleted_users(snapshot, instance, since, limit)).await
    }
}

fn record_effects(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    revision: Revision,
    limit: usize,
) -> Result<Vec<RecordEffect>, StoreError> {
    let limit = Value::count(u64::try_from(limit).unwrap_or(u64::MAX));
    let mut effects = BTreeMap::new();
    // A revision may change a record more than once. Only the last version of the record is returned.
    snapshot.for_each_row(&sql::READ_REVISION, &[Value::id(instance), Value::count(revision.0), limit], |row| {
        effects.insert(key(row)?, (optional_record(row, 6, 7)?, optional_record(row, 4, 5)?));
        Ok(())
    })?;
    Ok(effects.into_iter().map(|(key, (before, after))| RecordEffect { key, before, after }).collect())
}

pub(crate) fn deleted_users(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<DeletedUser>, StoreError> {
    let mut events = Vec::new();
    for action in DELETING_EVENT_TYPES {
        let query = AuditQuery {
            terms: vec![AuditTerm::EventType(action.name().to_owned())],
            from: Some(since),
            ..AuditQuery::default()
        };
        events.extend(times(snapshot, instance, &query, usize::MAX)?);
    }
    events.sort_unstable_by(|one, other| other.cmp(one));
    let mut deleted = Vec::new();
    for (seq, deleted_at) in events {
        if deleted.len() >= limit {
            break;
        }
        let outcome = event(snapshot, instance, seq)?.map(|event| event.outcome);
        let Some(StoredOutcome::Done { revision }) = outcome else { continue };
        let users = snapshot
            .rows(&sql::READ_DELETED_USERS, &[Value::id(instance), Value::count(revision)], |row| record(row, 4, 5))?;
        for record in users {
            if let Record::User(user) = record {
                deleted.push(DeletedUser { user, deleted_at, revision: Revision(revision) });
            }
        }
    }
    deleted.truncate(limit);
    Ok(deleted)
}
