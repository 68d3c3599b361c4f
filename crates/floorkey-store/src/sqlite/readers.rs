//! Connections that read.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{connect, failure};
use crate::backend::Snapshot;
use crate::error::StoreError;

/// How many questions read at a time; further ones wait.
const AT_A_TIME: usize = 4;

/// Reading connections, opened when they are first needed and kept.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Readers of a database.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// The leave to read, given back when it is dropped. The semaphore is never closed, so it is always given.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.ok()
    }

    /// Asks in a read transaction. Blocks.
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
        // A connection that could not end its transaction is closed: it would hold on to an old snapshot.
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
