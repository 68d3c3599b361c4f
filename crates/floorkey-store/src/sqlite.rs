//! The SQLite database in the data folder or in memory. The database has one write connection on a dedicated thread,
//! and a few read connections.
//!
//! A database in the data folder uses WAL mode, so readers never wait for the writer. It uses `synchronous=FULL`, so an
//! acknowledged commit survives a power failure. The module `database` describes databases in memory.

mod backup;
mod database;
mod failure;
mod functions;
mod index;
mod readers;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

use crate::backend::{Snapshot, Transaction, WriteOutcome};
use crate::error::StoreError;
use crate::migrations::{self, Applied, Migration};
use crate::sql::{Dialect, rewrite};
use readers::Readers;
use writer::Writer;

pub use backup::backup_folder;
use database::Database;
pub(crate) use failure::to_store_error;
pub use functions::add_functions;
#[cfg(test)]
pub(crate) use index::catch_up as catch_up_index;

/// An SQLite database in a data folder or in memory.
#[derive(Debug)]
pub(crate) struct Sqlite {
    database: Arc<Database>,
    // Fields are dropped in the order of their declaration. When the last connection is closed, SQLite checkpoints the
    // write-ahead log. The writer's connection should be closed last, so `writer` is declared last.
    readers: Arc<Readers>,
    writer: Writer,
}

impl Sqlite {
    /// Opens the database in a data folder and applies missing migrations. Creates the database if it does not exist.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::with_database(Database::in_folder(folder)?)
    }

    /// Creates an empty database in memory.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Self::with_database(Database::in_memory())
    }

    fn with_database(database: Database) -> Result<Self, StoreError> {
        let mut connection = database.connect()?;
        database.prepare_writer(&connection)?;
        migrate(&mut connection, migrations::ALL)?;
        Self::with_writer(database, connection)
    }

    fn with_writer(database: Database, mut connection: Connection) -> Result<Self, StoreError> {
        index::catch_up(&mut connection).map_err(|error| to_store_error(&error, "index_state"))?;
        let database = Arc::new(database);
        let writer = Writer::start(connection, database.turns())?;
        Ok(Self { readers: Arc::new(Readers::new(database.clone())), writer, database })
    }

    /// Copies this database, which must be in memory, to a new one in memory. Then executes `change` in the copy.
    pub(crate) async fn copy_in_memory(&self, change: Transaction) -> Result<Self, StoreError> {
        if let Database::File(_) = *self.database {
            let problem = "only a store in memory can be copied to memory".to_owned();
            return Err(StoreError::Unavailable { problem });
        }
        self.catch_up().await?;
        let source = self.database.clone();
        let copy = blocking(move || {
            let copy = Database::in_memory();
            let connection = copy.connect()?;
            let connection = source.while_unchanged(|| backup::copy_pages(&source, connection))?;
            copy.prepare_writer(&connection)?;
            Self::with_writer(copy, connection)
        });
        let copy = copy.await?;
        copy.write(change).await?;
        Ok(copy)
    }

    /// See [`Backend::write`](crate::backend::Backend::write).
    pub(crate) async fn write(&self, transaction: Transaction) -> Result<WriteOutcome, StoreError> {
        self.writer.write(transaction).await
    }

    /// Makes the index catch up with the logs if the index is behind.
    pub(crate) async fn catch_up(&self) -> Result<(), StoreError> {
        if self.writer.is_index_behind() {
            self.writer.write(Transaction { index: true, ..Transaction::default() }).await?;
        }
        Ok(())
    }

    /// See [`Backend::read`](crate::backend::Backend::read).
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.readers.permit().await;
        let readers = self.readers.clone();
        blocking(move || {
            let _permit = permit;
            readers.snapshot(query)
        })
        .await
    }

    /// See [`Backend::read_shards`](crate::backend::Backend::read_shards).
    pub(crate) async fn read_shards<T: Send + 'static>(
        &self,
        shards: usize,
        query: impl Fn(usize, &Snapshot<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> Result<Vec<T>, StoreError> {
        let readers = self.readers.clone();
        blocking(move || {
            let run_shard = |shard| readers.snapshot(|snapshot| query(shard, snapshot));
            std::thread::scope(|scope| {
                let others: Vec<_> = (1..shards).map(|shard| scope.spawn(move || run_shard(shard))).collect();
                let mut results = vec![run_shard(0)];
                results.extend(
                    others.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(stopped("a reader")))),
                );
                results.into_iter().collect()
            })
        })
        .await
    }

    /// See [`Backend::backup`](crate::backend::Backend::backup).
    pub(crate) async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let (database, file) = (self.database.clone(), file.to_owned());
        blocking(move || backup::copy(&database, &file)).await
    }
}

/// Runs a blocking task on a thread for blocking tasks.
async fn blocking<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(task).await.unwrap_or_else(|_| Err(stopped("a reader")))
}

fn stopped(component: &str) -> StoreError {
    StoreError::Unavailable { problem: format!("{component} of the database stopped; see the server's log") }
}

/// Applies missing migrations, in one transaction.
pub(crate) fn migrate(connection: &mut Connection, known: &[Migration]) -> Result<(), StoreError> {
    const TABLE: &str = "schema_migration";
    let failed = |error: rusqlite::Error| to_store_error(&error, TABLE);
    add_functions(connection).map_err(failed)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    transaction.execute_batch(migrations::APPLIED_TABLE).map_err(failed)?;
    let applied = applied(&transaction).map_err(failed)?;
    for migration in migrations::missing(&applied, known)? {
        if !applied.is_empty() {
            tracing::info!(number = migration.number, "upgrading the data folder: {}", migration.name);
        }
        for text in migration.statements_for(Dialect::Sqlite) {
            transaction.execute_batch(&rewrite(text, Dialect::Sqlite)).map_err(failed)?;
        }
        let row = (migration.number, migration.name, migration.checksum());
        transaction.execute(&rewrite(migrations::INSERT_APPLIED, Dialect::Sqlite), row).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<Applied>> {
    let mut query = connection.prepare(migrations::READ_APPLIED)?;
    let rows =
        query.query_map([], |row| Ok(Applied { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? }))?;
    rows.collect()
}
