//! The pool of read connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::database::Database;
use super::to_store_error;
use crate::backend::Snapshot;
use crate::error::StoreError;

/// The maximum number of concurrent queries. Further queries have to wait.
const CONCURRENT_MAX: usize = 4;

/// A pool of read connections. Connections are opened when they are needed.
#[derive(Debug)]
pub(crate) struct Readers {
    database: Arc<Database>,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Creates a pool of connections to a database.
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(CONCURRENT_MAX)) }
    }

    /// Waits for a permit to read. Dropping the permit releases it. Never returns `None`, because the semaphore is
    /// never closed.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.ok()
    }

    /// Runs a query in a read transaction. This method blocks.
    pub(crate) fn snapshot<T>(
        &self,
        query: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.database.while_unchanged(|| self.run_query(query))
    }

    fn run_query<T>(&self, query: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle_connection = self.idle().pop();
        let mut connection = match idle_connection {
            Some(connection) => connection,
            None => self.open()?,
        };
        let transaction = connection.transaction().map_err(|error| to_store_error(&error, "head"))?;
        let result = query(&Snapshot::Sqlite(&transaction));
        let finished = transaction.finish();
        // A connection that could not end its transaction is closed. Otherwise, the connection would keep an old
        // snapshot.
        if finished.is_ok() {
            let mut idle = self.idle();
            if idle.len() < CONCURRENT_MAX {
                idle.push(connection);
            }
        }
        result
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let connection = self.database.connect()?;
        connection.execute_batch("PRAGMA query_only = ON").map_err(|error| to_store_error(&error, "head"))?;
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
