//! Read connections.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{connect, failure};
use crate::backend::Snapshot;
use crate::error::StoreError;

/// The maximum number of concurrent queries; further queries wait.
const AT_A_TIME: usize = 4;

/// A pool of read connections, opened when needed.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Creates a pool for a database.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// Acquires a permit to read, which is returned when dropped. The semaphore is never closed, so the result is never
    /// `None`.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.ok()
    }

    /// Runs a query in a read transaction. Blocks.
    pub(crate) fn snapshot<T>(
        &self,
        question: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let known = self.idle().pop();
        let mut connection = match known {
            Some(connection) => connection,
            None => self.open()?,
        };
        let transaction = connection.transaction().map_err(|error| failure(&error, "head"))?;
        let answer = question(&Snapshot::Sqlite(&transaction));
        let ended = transaction.finish();
        // A connection that failed to end its transaction is closed: it would keep an old snapshot.
        if ended.is_ok() {
            let mut idle = self.idle();
            if idle.len() < AT_A_TIME {
                idle.push(connection);
            }
        }
        answer
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let connection = connect(&self.path)?;
        connection.execute_batch("PRAGMA query_only = ON").map_err(|error| failure(&error, "head"))?;
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
