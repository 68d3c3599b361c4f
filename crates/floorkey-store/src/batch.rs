//! Batches: the changes and events that are written in one transaction.

use std::sync::Arc;

use floorkey::{AuditEvent, Change, InstanceId, RecordChange, Revision, SideWrite, UserId};

use crate::attempt_bucket;
use crate::audit_row;
use crate::backend::{Transaction, Value};
use crate::error::StoreError;
use crate::head::Head;
use crate::packed;
use crate::rows;
use crate::sql;

/// The changes and events that are written to one instance in one transaction.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The instance.
    pub instance: InstanceId,
    /// The head that the batch was planned on; the default for a new instance.
    pub expected: Head,
    /// In order. The revisions of the changes follow `expected` without gaps.
    pub entries: Vec<Entry>,
}

/// One entry of a batch; each adds one audit event.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The change or event.
    pub happening: Happening,
    /// Fresh random bytes, never used before. The salts of the event's personal values are derived from them. They are
    /// not stored: with them, erased values could be recovered by guessing.
    pub salt_seed: [u8; 32],
}

/// The content of an entry.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A change: record versions, side writes, and the change's event.
    Change(Arc<Change>),
    /// An event without a change, such as a refusal; only the audit log records it.
    Event(Box<AuditEvent>),
}

/// A batch as steps, and the instance's head after it.
pub(crate) struct Prepared {
    pub(crate) transaction: Transaction,
    pub(crate) next_head: Head,
}

/// A batch that is encoded and hashed entry by entry, while the batch before it is still being written.
pub struct PreparedBatch {
    expected: Head,
    builder: TransactionBuilder,
    entries: usize,
    /// Why an entry could not be encoded. The batch can't be committed then.
    failed: Option<StoreError>,
}

impl PreparedBatch {
    /// Begins a batch for an instance. `expected` is where the instance will stand when the batch is committed: for a
    /// batch that follows another one, what [`PreparedBatch::next`] of that one returns.
    #[must_use]
    pub fn new(instance: InstanceId, expected: Head) -> Self {
        Self { builder: TransactionBuilder::new(instance, &expected), expected, entries: 0, failed: None }
    }

    /// Encodes an entry and appends it. An entry that can't be encoded fails the commit.
    pub fn push(&mut self, entry: &Entry) {
        if self.failed.is_some() {
            return;
        }
        let builder = &mut self.builder;
        let pushed = match &entry.happening {
            Happening::Change(change) => {
                builder.push_change(change).and_then(|()| builder.push_event(change.event(), entry.salt_seed))
            }
            Happening::Event(event) => builder.push_event(event, entry.salt_seed),
        };
        self.entries += 1;
        self.failed = pushed.err();
    }

    /// Whether the batch has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Where the instance stands after the batch.
    #[must_use]
    pub fn next(&self) -> &Head {
        &self.builder.next_head
    }

    /// The instance, where it has to stand, and what to write.
    pub(crate) fn finish(self) -> Result<(InstanceId, Head, Prepared), StoreError> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok((self.builder.id, self.expected.clone(), self.builder.finish(&self.expected))),
        }
    }
}

impl From<Batch> for PreparedBatch {
    fn from(batch: Batch) -> Self {
        let mut prepared = Self::new(batch.instance, batch.expected);
        batch.entries.iter().for_each(|entry| prepared.push(entry));
        prepared
    }
}

/// The last batch of an instance: removes its records and credentials, and keeps its history and its audit log.
pub(crate) fn prepare_deletion(
    instance: InstanceId,
    expected: &Head,
    event: &AuditEvent,
    salt_seed: [u8; 32],
) -> Result<Prepared, StoreError> {
    let mut builder = TransactionBuilder::new(instance, expected);
    builder.next_head.revision = expected.revision.next();
    let until = Value::count(builder.next_head.revision.0);
    for (statement, values) in [
        (&sql::REMOVE_ALL_RECORDS, vec![builder.instance(), until]),
        (&sql::DELETE_PASSWORDS_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_SECRETS_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_SESSIONS_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_LINKS_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_SECOND_FACTORS_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_ACTIVITIES_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_PERMISSION_USES_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_ATTEMPTS_IN_RANGE, attempt_bucket::prefix_range(attempt_bucket::user_buckets(instance))),
        (&sql::DELETE_ATTEMPTS_IN_RANGE, attempt_bucket::prefix_range(attempt_bucket::login_buckets(instance))),
    ] {
        builder.transaction.push(statement, values);
    }
    builder.push_event(event, salt_seed)?;
    let mut prepared = builder.finish(expected);
    if let Some(head) = prepared.transaction.steps.first_mut() {
        head.statement = &sql::DELETE_HEAD;
        head.values.push(Value::Integer(event.at.as_millis()));
    }
    Ok(prepared)
}

struct TransactionBuilder {
    id: InstanceId,
    transaction: Transaction,
    next_head: Head,
}

impl TransactionBuilder {
    fn new(id: InstanceId, expected: &Head) -> Self {
        let mut transaction = Transaction::default();
        // The head comes first, because it decides whether the rest may be written; its values are filled in by
        // `finish`.
        transaction.push_requiring_one_row(&sql::ADVANCE_HEAD, Vec::new());
        Self { id, transaction, next_head: expected.clone() }
    }

    fn instance(&self) -> Value {
        Value::id(self.id)
    }

    fn push_change(&mut self, change: &Change) -> Result<(), StoreError> {
        let expected = self.next_head.revision.next();
        if change.revision() != expected {
            return Err(StoreError::OutOfOrder { instance: self.id, expected, found: change.revision() });
        }
        self.next_head.revision = expected;
        for record in change.records() {
            self.push_record(expected, record)?;
        }
        for write in change.side() {
            self.push_side_write(write);
        }
        Ok(())
    }

    fn push_record(&mut self, revision: Revision, change: &RecordChange) -> Result<(), StoreError> {
        let (kind, id) = rows::stored_columns(&change.key());
        let body = match change {
            RecordChange::Put(record) => {
                let body = rows::encode(record).map_err(|problem| StoreError::Row {
                    table: "version",
                    column: "body".to_owned(),
                    row: format!("instance {}, record {:?}, revision {revision}", self.id, change.key()),
                    problem,
                })?;
                Value::Bytes(packed::pack(&body))
            }
            RecordChange::Remove(_) => Value::Null,
        };
        let values = vec![
            self.instance(),
            Value::count(revision.0),
            Value::Word(kind),
            Value::Bytes(id),
            Value::Integer(rows::FORMAT),
            body,
        ];
        self.transaction.push(&sql::ADD_VERSION, values);
        Ok(())
    }

    fn push_side_write(&mut self, write: &SideWrite) {
        let (statement, values) = match write {
            SideWrite::PutPassword { user, hash } => {
                (&sql::PUT_PASSWORD, vec![self.instance(), Value::id(*user), Value::Bytes(hash.reveal().to_vec())])
            }
            SideWrite::ForgetPassword { user } => (&sql::DELETE_PASSWORD, vec![self.instance(), Value::id(*user)]),
            SideWrite::ForgetUser { user } => return self.delete_user_data(*user),
            SideWrite::ForgetAttempts { user } => (
                &sql::DELETE_ATTEMPTS_IN_RANGE,
                attempt_bucket::prefix_range(attempt_bucket::user_bucket(self.id, *user)),
            ),
            SideWrite::PutSecondFactor { user, factor, secret } => (
                &sql::PUT_SECOND_FACTOR,
                vec![self.instance(), Value::id(*user), Value::id(*factor), Value::Bytes(secret.reveal().to_vec())],
            ),
            SideWrite::ForgetSecondFactor { user, factor } => {
                (&sql::DELETE_SECOND_FACTOR, vec![self.instance(), Value::id(*user), Value::id(*factor)])
            }
            SideWrite::PutAccessKey { id, sealed_secret } => (
                &sql::ADD_SECRET,
                vec![Value::Text(id.to_string()), self.instance(), Value::Bytes(sealed_secret.reveal().to_vec())],
            ),
            SideWrite::ForgetAccessKey { id } => {
                (&sql::DELETE_SECRET, vec![Value::Text(id.to_string()), self.instance()])
            }
        };
        self.transaction.push(statement, values);
    }

    /// Deletes all data of a user that has no history.
    fn delete_user_data(&mut self, user: UserId) {
        for statement in [
            &sql::DELETE_PASSWORD,
            &sql::DELETE_SESSIONS_OF_USER,
            &sql::DELETE_LINKS_OF_USER,
            &sql::DELETE_SECOND_FACTORS_OF_USER,
            &sql::DELETE_ACTIVITY,
            &sql::DELETE_PERMISSION_USES_OF_USER,
        ] {
            let values = vec![self.instance(), Value::id(user)];
            self.transaction.push(statement, values);
        }
        self.transaction.push(
            &sql::DELETE_ATTEMPTS_IN_RANGE,
            attempt_bucket::prefix_range(attempt_bucket::user_bucket(self.id, user)),
        );
    }

    fn push_event(&mut self, event: &AuditEvent, salt_seed: [u8; 32]) -> Result<(), StoreError> {
        let seq = self.next_head.frontier.size();
        let row = audit_row::encode(event, salt_seed).map_err(|problem| StoreError::Row {
            table: "audit_event",
            column: "body".to_owned(),
            row: format!("instance {}, seq {seq}", self.id),
            problem: problem.to_string(),
        })?;
        self.next_head.frontier.push(row.leaf);
        let values = vec![
            self.instance(),
            Value::count(seq),
            Value::Integer(event.at.as_millis()),
            Value::Integer(audit_row::FORMAT.into()),
            Value::Bytes(packed::pack(&row.body)),
            Value::Bytes(packed::pack(&row.personal)),
            Value::Bytes(row.leaf.to_vec()),
        ];
        self.transaction.push(&sql::ADD_EVENT, values);
        Ok(())
    }

    fn finish(self, expected: &Head) -> Prepared {
        let Self { id, mut transaction, next_head } = self;
        if let Some(head) = transaction.steps.first_mut() {
            head.values = vec![
                Value::id(id),
                Value::count(next_head.revision.0),
                Value::count(next_head.frontier.size()),
                Value::Bytes(next_head.frontier.to_bytes()),
            ];
            if expected.is_new() {
                head.statement = &sql::INSERT_HEAD;
            } else {
                head.values.extend([Value::count(expected.revision.0), Value::count(expected.frontier.size())]);
            }
        }
        Prepared { transaction, next_head }
    }
}
