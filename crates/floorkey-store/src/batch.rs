//! Batches: the changes and events that are written in one transaction.

use std::sync::Arc;

use floorkey::{AuditEvent, Change, InstanceId, RecordChange, Revision, SideWrite, UserId};

use crate::attempt;
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
    pub(crate) next: Head,
}

/// A batch that is encoded and hashed entry by entry, while the batch before it is still being written.
pub struct PreparedBatch {
    expected: Head,
    steps: Steps,
    entries: usize,
    /// Why an entry could not be encoded. The batch can't be committed then.
    failed: Option<StoreError>,
}

impl PreparedBatch {
    /// Begins a batch for an instance. `expected` is where the instance will stand when the batch is committed: for a
    /// batch that follows another one, what [`PreparedBatch::next`] of that one returns.
    #[must_use]
    pub fn new(instance: InstanceId, expected: Head) -> Self {
        Self { steps: Steps::new(instance, &expected), expected, entries: 0, failed: None }
    }

    /// Encodes an entry and appends it. An entry that can't be encoded fails the commit.
    pub fn push(&mut self, entry: &Entry) {
        if self.failed.is_some() {
            return;
        }
        let steps = &mut self.steps;
        let pushed = match &entry.happening {
            Happening::Change(change) => {
                steps.change(change).and_then(|()| steps.event(change.event(), entry.salt_seed))
            }
            Happening::Event(event) => steps.event(event, entry.salt_seed),
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
        &self.steps.next
    }

    /// The instance, where it has to stand, and what to write.
    pub(crate) fn finish(self) -> Result<(InstanceId, Head, Prepared), StoreError> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok((self.steps.id, self.expected.clone(), self.steps.finish(&self.expected))),
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
    let mut steps = Steps::new(instance, expected);
    steps.next.revision = expected.revision.next();
    let until = Value::count(steps.next.revision.0);
    for (statement, values) in [
        (&sql::REMOVE_ALL_RECORDS, vec![steps.instance(), until]),
        (&sql::FORGET_PASSWORDS, vec![steps.instance()]),
        (&sql::FORGET_SECRETS, vec![steps.instance()]),
        (&sql::FORGET_SESSIONS, vec![steps.instance()]),
        (&sql::FORGET_LINKS, vec![steps.instance()]),
        (&sql::FORGET_ALL_SECOND_FACTORS, vec![steps.instance()]),
        (&sql::FORGET_ACTIVITIES, vec![steps.instance()]),
        (&sql::FORGET_USES, vec![steps.instance()]),
        (&sql::FORGET_ATTEMPTS, attempt::range(attempt::user_buckets(instance))),
        (&sql::FORGET_ATTEMPTS, attempt::range(attempt::login_buckets(instance))),
    ] {
        steps.transaction.push(statement, values);
    }
    steps.event(event, salt_seed)?;
    let mut prepared = steps.finish(expected);
    if let Some(head) = prepared.transaction.steps.first_mut() {
        head.statement = &sql::DELETE_HEAD;
        head.values.push(Value::Integer(event.at.as_millis()));
    }
    Ok(prepared)
}

struct Steps {
    id: InstanceId,
    transaction: Transaction,
    next: Head,
}

impl Steps {
    fn new(id: InstanceId, expected: &Head) -> Self {
        let mut transaction = Transaction::default();
        // The head comes first, because it decides whether the rest may be written; its values are filled in by
        // `finish`.
        transaction.push_unless_unmet(&sql::MOVE_HEAD, Vec::new());
        Self { id, transaction, next: expected.clone() }
    }

    fn instance(&self) -> Value {
        Value::id(self.id)
    }

    fn change(&mut self, change: &Change) -> Result<(), StoreError> {
        let expected = self.next.revision.next();
        if change.revision() != expected {
            return Err(StoreError::OutOfOrder { instance: self.id, expected, found: change.revision() });
        }
        self.next.revision = expected;
        for record in change.records() {
            self.record(expected, record)?;
        }
        for side in change.side() {
            self.side(side);
        }
        Ok(())
    }

    fn record(&mut self, revision: Revision, change: &RecordChange) -> Result<(), StoreError> {
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

    fn side(&mut self, side: &SideWrite) {
        let (statement, values) = match side {
            SideWrite::PutPassword { user, hash } => {
                (&sql::PUT_PASSWORD, vec![self.instance(), Value::id(*user), Value::Bytes(hash.reveal().to_vec())])
            }
            SideWrite::ForgetPassword { user } => (&sql::FORGET_PASSWORD, vec![self.instance(), Value::id(*user)]),
            SideWrite::ForgetUser { user } => return self.forget(*user),
            SideWrite::ForgetAttempts { user } => {
                (&sql::FORGET_ATTEMPTS, attempt::range(attempt::user_bucket(self.id, *user)))
            }
            SideWrite::PutSecondFactor { user, factor, secret } => (
                &sql::PUT_SECOND_FACTOR,
                vec![self.instance(), Value::id(*user), Value::id(*factor), Value::Bytes(secret.reveal().to_vec())],
            ),
            SideWrite::ForgetSecondFactor { user, factor } => {
                (&sql::FORGET_SECOND_FACTOR, vec![self.instance(), Value::id(*user), Value::id(*factor)])
            }
            SideWrite::PutAccessKey { id, sealed_secret } => (
                &sql::ADD_SECRET,
                vec![Value::Text(id.to_string()), self.instance(), Value::Bytes(sealed_secret.reveal().to_vec())],
            ),
            SideWrite::ForgetAccessKey { id } => {
                (&sql::FORGET_SECRET, vec![Value::Text(id.to_string()), self.instance()])
            }
        };
        self.transaction.push(statement, values);
    }

    /// Deletes all data of a user that has no history.
    fn forget(&mut self, user: UserId) {
        for statement in [
            &sql::FORGET_PASSWORD,
            &sql::FORGET_SESSIONS_OF_USER,
            &sql::FORGET_LINKS_OF_USER,
            &sql::FORGET_SECOND_FACTORS,
            &sql::FORGET_ACTIVITY,
            &sql::FORGET_USES_OF_USER,
        ] {
            let values = vec![self.instance(), Value::id(user)];
            self.transaction.push(statement, values);
        }
        self.transaction.push(&sql::FORGET_ATTEMPTS, attempt::range(attempt::user_bucket(self.id, user)));
    }

    fn event(&mut self, event: &AuditEvent, salt_seed: [u8; 32]) -> Result<(), StoreError> {
        let seq = self.next.frontier.size();
        let row = audit_row::encode(event, salt_seed).map_err(|problem| StoreError::Row {
            table: "audit_event",
            column: "body".to_owned(),
            row: format!("instance {}, seq {seq}", self.id),
            problem: problem.to_string(),
        })?;
        self.next.frontier.push(row.leaf);
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
        let Self { id, mut transaction, next } = self;
        if let Some(head) = transaction.steps.first_mut() {
            head.values = vec![
                Value::id(id),
                Value::count(next.revision.0),
                Value::count(next.frontier.size()),
                Value::Bytes(next.frontier.to_bytes()),
            ];
            if expected.is_new() {
                head.statement = &sql::MAKE_HEAD;
            } else {
                head.values.extend([Value::count(expected.revision.0), Value::count(expected.frontier.size())]);
            }
        }
        Prepared { transaction, next }
    }
}
