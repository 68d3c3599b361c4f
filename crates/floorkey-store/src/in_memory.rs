//! Stores in memory, for servers that tests use. They write nothing to the disk.

use std::collections::BTreeMap;

use floorkey::{InstanceId, Revision};

use crate::backend::{Backend, Transaction, Value};
use crate::error::StoreError;
use crate::head::Head;
use crate::sqlite::Sqlite;
use crate::store::Store;
use crate::{load, sql};

impl Store {
    /// Creates an empty store in memory. Its data is gone when the last clone is dropped. This function blocks.
    ///
    /// # Errors
    /// Returns an error if SQLite runs out of memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::with_backend(Backend::Sqlite(Sqlite::in_memory()?)))
    }

    /// Copies this store, which must be in memory, to a new store in memory. In the copy, each instance in `revisions`
    /// has the given revision, which must not be lower than its revision in this store.
    ///
    /// # Errors
    /// Returns an error if this store is in a data folder, or if SQLite runs out of memory.
    pub async fn copy_in_memory(&self, revisions: &BTreeMap<InstanceId, Revision>) -> Result<Self, StoreError> {
        let mut change = Transaction::default();
        for (instance, revision) in revisions {
            change.push(&sql::SET_REVISION, vec![Value::id(*instance), Value::count(revision.0)]);
        }
        self.backend().copy_in_memory(change).await.map(Self::with_backend)
    }

    /// Returns the head of an instance.
    ///
    /// # Errors
    /// Returns [`StoreError::NoSuchInstance`] if the instance does not exist or was deleted.
    pub async fn head(&self, instance: InstanceId) -> Result<Head, StoreError> {
        self.backend().read(move |snapshot| load::active_head(snapshot, instance)).await
    }

    /// Returns the last revision of an instance, which may have been deleted. Returns `None` if it never existed.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn last_revision(&self, instance: InstanceId) -> Result<Option<Revision>, StoreError> {
        let head = self.backend().read(move |snapshot| load::head(snapshot, instance)).await?;
        Ok(head.map(|(head, _)| head.revision()))
    }
}
