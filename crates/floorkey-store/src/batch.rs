//! Batches: the changes and events that are written in one transaction.

use std::sync::Arc;

use floorkey::{AuditEvent, AuxiliaryWrite, Change, InstanceId, RecordChange, Revision, UserId};

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
    /// The instance that the batch is written to.
    pub instance: InstanceId,
    /// The head of the instance when the batch was planned. For a new instance, this is the default head.
    pub expected: Head,
    /// The entries, in order. Their changes have consecutive revisions, starting with the revision after `expected`.
    pub entries: Vec<Entry>,
}

/// An entry of a batch. Each entry adds one audit event.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The change or event that the entry contains.
    pub content: EntryContent,
    /// Fresh random bytes that are used only for this entry. The salts of the event's personal values are derived from
    /// this seed. The seed is not stored, because a stored seed would make it possible to recover erased values by
    /// guessing.
    pub salt_seed: [u8; 32],
}

/// The content of an entry.
#[derive(Clone, Debug)]
pub enum EntryContent {
    /// A change, including its record versions, its writes to side tables, and its audit event.
    Change(Arc<Change>),
    /// An event without a change, such as a refusal. Such an event is written only to the audit log.
    Event(Box<AuditEvent>),
}

/// The steps of a batch, and the instance's head after the batch.
pub(crate) struct Prepared {
    pub(crate) transaction: Transaction,
    pub(crate) next_head: Head,
}

/// A batch whose entries are encoded and hashed one by one, while the previous batch is still being written.
pub struct PreparedBatch {
    expected: Head,
    builder: TransactionBuilder,
    entries: usize,
    /// The first error that occurred while entries were encoded. A batch with an error can't be committed.
    failed: Option<StoreError>,
}

impl PreparedBatch {
    /// Starts a batch for an instance. `expected` is the head that the instance will have just before the batch is
    /// committed. For a batch that follows another batch, pass the result of [`PreparedBatch::next`] on the earlier
    /// batch.
    #[must_use]
    pub fn new(instance: InstanceId, expected: Head) -> Self {
        Self { builder: TransactionBuilder::new(instance, &expected), expected, entries: 0, failed: None }
    }

    /// Encodes an entry and appends it to the batch. If the entry can't be encoded, committing the batch will fail.
    pub fn push(&mut self, entry: &Entry) {
        if self.failed.is_some() {
            return;
        }
        let builder = &mut self.builder;
        let pushed = match &entry.content {
            EntryContent::Change(change) => {
                builder.push_change(change).and_then(|()| builder.push_event(change.event(), entry.salt_seed))
            }
            EntryContent::Event(event) => builder.push_event(event, entry.salt_seed),
        };
        self.entries += 1;
        self.failed = pushed.err();
    }

    /// Whether the batch has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Returns the instance's head after the batch.
    #[must_use]
    pub fn next(&self) -> &Head {
        &self.builder.next_head
    }

    /// Returns the instance, the head that the instance must have before the batch is written, and the prepared steps.
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

/// Prepares the last batch of an instance, which removes the instance's records and credentials. The history and the
/// audit log are kept.
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
        (&sql::DELETE_PREFERENCES_OF_INSTANCE, vec![builder.instance()]),
        (&sql::DELETE_ATTEMPTS_IN_RANGE, attempt_bucket::prefix_range(attempt_bucket::user_bucket_prefix(instance))),
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
        // The head is updated first. If this update fails, the remaining steps are not executed. `finish` fills in the
        // values of this step.
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
        for write in change.auxiliary_writes() {
            self.push_side_write(write);
        }
        Ok(())
    }

    fn push_record(&mut self, revision: Revision, change: &RecordChange) -> Result<(), StoreError> {
        let (kind, id) = rows::stored_columns(&change.key());
        let body = match change {
            RecordChange::Upsert(record) => {
                let body = rows::encode(record).map_err(|problem| StoreError::UnreadableRow {
                    table: "version",
                    column: "body".to_owned(),
                    row: format!("instance {}, record {:?}, revision {revision}", self.id, change.key()),
                    problem: problem.to_string(),
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

    fn push_side_write(&mut self, write: &AuxiliaryWrite) {
        let (statement, values) = match write {
            AuxiliaryWrite::PutPassword { user, hash } => {
                (&sql::PUT_PASSWORD, vec![self.instance(), Value::id(*user), Value::Bytes(hash.reveal().to_vec())])
            }
            AuxiliaryWrite::DeletePassword { user } => (&sql::DELETE_PASSWORD, vec![self.instance(), Value::id(*user)]),
            AuxiliaryWrite::DeleteUserData { user } => return self.delete_user_data(*user),
            AuxiliaryWrite::DeleteAttempts { user } => (
                &sql::DELETE_ATTEMPTS_IN_RANGE,
                attempt_bucket::prefix_range(attempt_bucket::user_bucket(self.id, *user)),
            ),
            AuxiliaryWrite::PutSecondFactor { user, factor, secret } => (
                &sql::PUT_SECOND_FACTOR,
                vec![self.instance(), Value::id(*user), Value::id(*factor), Value::Bytes(secret.reveal().to_vec())],
            ),
            AuxiliaryWrite::DeleteSecondFactor { user, factor } => {
                (&sql::DELETE_SECOND_FACTOR, vec![self.instance(), Value::id(*user), Value::id(*factor)])
            }
            AuxiliaryWrite::PutAccessKey { id, sealed_secret } => (
                &sql::ADD_SECRET,
                vec![Value::Text(id.to_string()), self.instance(), Value::Bytes(sealed_secret.reveal().to_vec())],
            ),
            AuxiliaryWrite::DeleteAccessKey { id } => {
                (&sql::DELETE_SECRET, vec![Value::Text(id.to_string()), self.instance()])
            }
        };
        self.transaction.push(statement, values);
    }

    /// Deletes the user's data for which no history is kept, such as sessions.
    fn delete_user_data(&mut self, user: UserId) {
        for statement in [
            &sql::DELETE_PASSWORD,
            &sql::DELETE_SESSIONS_OF_USER,
            &sql::DELETE_LINKS_OF_USER,
            &sql::DELETE_SECOND_FACTORS_OF_USER,
            &sql::DELETE_ACTIVITY,
            &sql::DELETE_PERMISSION_USES_OF_USER,
            &sql::DELETE_PREFERENCES_OF_USER,
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
        let row = audit_row::encode(event, salt_seed).map_err(|problem| StoreError::UnreadableRow {
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
