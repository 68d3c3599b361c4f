//! The store: the public API for all data on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use floorkey::{AccessKeyId, AuditEvent, InstanceId, RecordKey, Revision, SecretBytes, UserId};
use serde::{Deserialize, Serialize};

use crate::backend::{Backend, Transaction, Value, WriteOutcome};
use crate::batch::{Batch, Prepared, PreparedBatch, prepare_deletion};
use crate::error::{StoreError, UnreadableValue};
use crate::files::create_folder;
use crate::head::{AuditHead, Head};
use crate::load::{self, ChangesSince, LoadedInstance, RecordVersion};
use crate::lock::FolderLock;
use crate::sql;
use crate::sqlite::Sqlite;
use crate::stored_event::{self, StoredEvent};

/// The location of the store's data.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// The data folder. It is created if it does not exist. Only one process at a time can use it.
    pub folder: PathBuf,
}

/// The durable state of a server, including all of its instances.
///
/// A `Store` is a handle, and its clones refer to the same database. The methods need a Tokio runtime. Dropping the
/// last clone finishes queued writes, closes the database and unlocks the data folder.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    // Fields are dropped in the order of their declaration, so the database is closed before the folder is unlocked.
    backend: Backend,
    /// The lock on the data folder; `None` if the store is in memory.
    _lock: Option<FolderLock>,
}

/// The encrypted secret of an access key, and the instance that the key belongs to.
#[derive(Clone, Debug)]
pub struct SealedSecret {
    /// The instance of the key's owner.
    pub instance: InstanceId,
    /// The encrypted secret.
    pub sealed_secret: SecretBytes,
}

/// The operator's access key.
#[derive(Clone, Debug)]
pub struct OperatorKey {
    /// The access key ID.
    pub access_key_id: AccessKeyId,
    /// The encrypted secret of the access key.
    pub sealed_secret: SecretBytes,
}

impl Store {
    /// Opens the store in a data folder, and creates the store if it does not exist. Acquires the lock on the folder
    /// and applies missing migrations. This function blocks.
    ///
    /// # Errors
    /// Returns [`StoreError::Locked`] if another process is using the folder. Returns [`StoreError::NewerSchema`] or
    /// [`StoreError::ChangedMigration`] if another version of Floorkey created the database. Returns
    /// [`StoreError::File`] or another error if the folder or the database can't be used.
    pub fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        create_folder(&settings.folder)?;
        let lock = FolderLock::acquire(&settings.folder)?;
        let backend = Backend::Sqlite(Sqlite::open(&settings.folder)?);
        Ok(Self { shared: Arc::new(Shared { backend, _lock: Some(lock) }) })
    }

    /// Returns a store that no lock protects.
    pub(crate) fn with_backend(backend: Backend) -> Self {
        Self { shared: Arc::new(Shared { backend, _lock: None }) }
    }

    /// Returns the database. The `impl` blocks in other modules use this method.
    pub(crate) fn backend(&self) -> &Backend {
        &self.shared.backend
    }

    /// Returns the instances that have not been deleted, ordered by ID.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn instances(&self) -> Result<Vec<InstanceId>, StoreError> {
        let read = self.shared.backend.read(|snapshot| {
            let mut instances = Vec::new();
            snapshot.for_each_row(&sql::READ_INSTANCES, &[], |row| {
                instances.push(row.instance(0)?);
                Ok(())
            })?;
            Ok(instances)
        });
        read.await
    }

    /// Returns the authorization state of an instance at its current revision.
    ///
    /// # Errors
    /// Returns [`StoreError::NoSuchInstance`] if the instance does not exist. Returns [`StoreError::UnreadableRow`] if
    /// a record can't be read. This error names the first such record.
    pub async fn load(&self, instance: InstanceId) -> Result<LoadedInstance, StoreError> {
        load::load(&self.shared.backend, instance).await
    }

    /// Returns an instance's changes after the given revision. A caller that loaded the instance earlier can use these
    /// changes to catch up with the store.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::load`].
    pub async fn load_since(&self, instance: InstanceId, revision: Revision) -> Result<ChangesSince, StoreError> {
        self.shared.backend.read(move |snapshot| load::changes_since(snapshot, instance, revision)).await
    }

    /// Writes a batch, either completely or not at all. When this method returns, the batch is on disk. The write is
    /// executed even if the caller stops waiting.
    ///
    /// A batch without entries writes nothing and returns immediately. Entries are encoded on the caller's thread,
    /// before the first await. Encoding takes about ten microseconds for each record.
    ///
    /// # Errors
    /// Returns [`StoreError::Conflict`] if the instance no longer has the head that the batch was planned for. Returns
    /// [`StoreError::OutOfOrder`] if the revisions of the batch's changes have gaps. Returns
    /// [`StoreError::DuplicateKey`] if an access key ID is already in use anywhere on the server. Returns
    /// [`StoreError::Unavailable`] or [`StoreError::Fatal`] if the write fails.
    pub async fn commit(&self, batch: Batch) -> Result<Head, StoreError> {
        self.commit_prepared(batch.into()).await
    }

    /// Commits a batch that has already been encoded.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::commit`].
    pub async fn commit_prepared(&self, batch: PreparedBatch) -> Result<Head, StoreError> {
        let is_empty = batch.is_empty();
        let (instance, expected, prepared) = batch.finish()?;
        match is_empty {
            true => Ok(expected),
            false => self.write(instance, &expected, prepared).await,
        }
    }

    /// Deletes an instance: removes its records, deletes its credentials, and appends `event` as the last event of its
    /// audit log. The record versions and the audit log are kept. `event` describes the deletion. The requirements for
    /// `salt_seed` are the same as in [`Entry`](crate::Entry).
    ///
    /// # Errors
    /// Returns the same errors as [`Store::commit`].
    pub async fn delete_instance(
        &self,
        instance: InstanceId,
        expected: &Head,
        event: &AuditEvent,
        salt_seed: [u8; 32],
    ) -> Result<Head, StoreError> {
        if expected.is_new() {
            return Err(StoreError::NoSuchInstance { instance });
        }
        let prepared = prepare_deletion(instance, expected, event, salt_seed)?;
        self.write(instance, expected, prepared).await
    }

    async fn write(&self, instance: InstanceId, expected: &Head, prepared: Prepared) -> Result<Head, StoreError> {
        match self.shared.backend.write(prepared.transaction).await? {
            WriteOutcome::Committed(_) => Ok(prepared.next_head),
            WriteOutcome::RolledBack => {
                Err(StoreError::Conflict { instance, revision: expected.revision(), audit_size: expected.audit_size() })
            }
        }
    }

    /// Returns a user's password hash, or `None` if the user has no password.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn password_hash(&self, instance: InstanceId, user: UserId) -> Result<Option<SecretBytes>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        let read = self.shared.backend.read(move |snapshot| {
            snapshot.first_row(&sql::READ_PASSWORD, &values, |row| Ok(SecretBytes::new(row.bytes(2)?.to_vec())))
        });
        read.await
    }

    /// Returns the encrypted secret of a user's access key, or `None` if the key does not exist or was revoked.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn sealed_secret(&self, id: &AccessKeyId) -> Result<Option<SealedSecret>, StoreError> {
        let values = [Value::Text(id.to_string())];
        let read = self.shared.backend.read(move |snapshot| {
            snapshot.first_row(&sql::READ_SECRET, &values, |row| {
                Ok(SealedSecret { instance: row.instance(1)?, sealed_secret: SecretBytes::new(row.bytes(2)?.to_vec()) })
            })
        });
        read.await
    }

    /// Returns the operator's access key, or `None` if no key is stored.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn operator_key(&self) -> Result<Option<OperatorKey>, StoreError> {
        let read = self.shared.backend.read(|snapshot| {
            snapshot.first_row(&sql::READ_META, &[Value::Word(OPERATOR_KEY)], |row| {
                OperatorKeyRow::from_json(row.text(1)?).map_err(|problem| row.unreadable(1, problem))
            })
        });
        read.await
    }

    /// Stores the operator's access key, replacing any previously stored key.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn put_operator_key(&self, key: &OperatorKey) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        let body = OperatorKeyRow::to_json(key).map_err(|error| StoreError::UnreadableRow {
            table: "meta",
            column: "body".to_owned(),
            row: format!("name {OPERATOR_KEY}"),
            problem: error.to_string(),
        })?;
        transaction.push(&sql::PUT_META, vec![Value::Word(OPERATOR_KEY), Value::Text(body)]);
        self.shared.backend.write(transaction).await.map(|_| ())
    }

    /// Returns the region that the data folder was initialized with, or `None` if no region has been stored.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn region(&self) -> Result<Option<String>, StoreError> {
        let read = self.shared.backend.read(|snapshot| {
            snapshot.first_row(&sql::READ_META, &[Value::Word(REGION)], |row| Ok(row.text(1)?.to_owned()))
        });
        read.await
    }

    /// Stores the region that the data folder was initialized with.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn put_region(&self, region: &str) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        transaction.push(&sql::PUT_META, vec![Value::Word(REGION), Value::Text(region.to_owned())]);
        self.shared.backend.write(transaction).await.map(|_| ())
    }

    /// Returns at most `limit` audit events of an instance, newest first. If `before` is given, returns only events
    /// with a sequence number lower than `before`. The instance may have been deleted.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if an event can't be read, or if its body does not match its stored hash.
    /// The error names the first such event.
    pub async fn audit_events(
        &self,
        instance: InstanceId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let values = [Value::id(instance), Value::count(before.unwrap_or(u64::MAX)), Value::count(limit)];
        let read = self.shared.backend.read(move |snapshot| {
            let mut events = Vec::new();
            snapshot.for_each_row(&sql::READ_EVENTS, &values, |row| {
                events.push(stored_event::from_row(row)?);
                Ok(())
            })?;
            Ok(events)
        });
        read.await
    }

    /// Returns the size of an instance's audit log and the root of the log's Merkle tree. The instance may have been
    /// deleted.
    ///
    /// # Errors
    /// Returns [`StoreError::NoSuchInstance`] if the instance never existed.
    pub async fn audit_head(&self, instance: InstanceId) -> Result<AuditHead, StoreError> {
        let head = self.shared.backend.read(move |snapshot| load::head(snapshot, instance)).await?;
        head.map(|(head, _)| head.audit()).ok_or(StoreError::NoSuchInstance { instance })
    }

    /// Returns all versions of a record, oldest first. The result is empty if the record never existed.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if a version can't be read. The error names the first such version.
    pub async fn record_versions(
        &self,
        instance: InstanceId,
        key: RecordKey,
    ) -> Result<Vec<RecordVersion>, StoreError> {
        self.shared.backend.read_indexed(move |snapshot| load::versions(snapshot, instance, &key)).await
    }

    /// Copies the database to a new file while the store is in use. The copy is a snapshot of the database at a single
    /// moment.
    ///
    /// # Errors
    /// Returns [`StoreError::File`] if the file already exists or can't be written.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        self.shared.backend.backup(file).await
    }
}

/// The names of the rows in the table `meta`.
const OPERATOR_KEY: &str = "operator_key";
const REGION: &str = "region";

/// The body of the row `operator_key` in the table `meta`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OperatorKeyRow {
    access_key_id: String,
    /// The encrypted secret, in hex.
    sealed: String,
}

impl OperatorKeyRow {
    fn to_json(key: &OperatorKey) -> Result<String, serde_json::Error> {
        let sealed = hex::encode(key.sealed_secret.reveal());
        serde_json::to_string(&Self { access_key_id: key.access_key_id.to_string(), sealed })
    }

    fn from_json(body: &str) -> Result<OperatorKey, UnreadableValue> {
        let row: Self = serde_json::from_str(body)?;
        let invalid_id = || format!("`{}` is not the id of an access key", row.access_key_id);
        Ok(OperatorKey {
            access_key_id: AccessKeyId::parse(&row.access_key_id).ok_or_else(invalid_id)?,
            sealed_secret: SecretBytes::new(hex::decode(&*row.sealed).map_err(|_| "`sealed` is not hexadecimal")?),
        })
    }
}
