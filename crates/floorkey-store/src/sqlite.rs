//! The SQLite database in the data folder. The database has one write connection on a dedicated thread, and a few read
//! connections.
//!
//! The database uses WAL mode, so readers never wait for the writer. It uses `synchronous=FULL`, so an acknowledged
//! commit survives a power failure.

mod backup;
mod failure;
mod functions;
mod index;
mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::backend::{Snapshot, Transaction, WriteOutcome};
use crate::error::StoreError;
use crate::files::{IfExists, create_file, failed};
use crate::migrations::{self, Applied, Migration};
use crate::sql::{Dialect, rewrite};
use readers::Readers;
use writer::Writer;

pub use backup::backup_folder;
pub(crate) use failure::to_store_error;
pub use functions::add_functions;

/// The name of the database file in the data folder.
pub(crate) const FILE_NAME: &str = "floorkey.db";
/// The maximum time that a statement waits for another process that is copying the database.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);
/// The maximum number of cached statements. It is larger than the number of statements in this crate.
const STATEMENT_CACHE: usize = 128;

/// The SQLite database in a data folder.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    // Fields are dropped in the order of their declaration. When the last connection is closed, SQLite checkpoints the
    // write-ahead log. The writer's connection should be closed last, so `writer` is declared last.
    readers: Arc<Readers>,
    writer: Writer,
}

impl Sqlite {
    /// Opens the database and applies missing migrations. Creates the database if it does not exist.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        // SQLite creates its other files, such as the write-ahead log, with the permissions of this file.
        create_file(&path, IfExists::Keep)?;
        let mut connection = connect(&path)?;
        prepare_writer(&connection, &path)?;
        migrate(&mut connection, migrations::ALL)?;
        index::catch_up(&mut connection).map_err(|error| to_store_error(&error, "index_state"))?;
        Ok(Self { readers: Arc::new(Readers::new(path.clone())), writer: Writer::start(connection)?, path })
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
        let (path, file) = (self.path.clone(), file.to_owned());
        blocking(move || backup::copy(&path, &file)).await
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

/// Connects to an existing database.
pub(crate) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let failed = |error| failed("open", path, error);
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let settings = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
        PRAGMA secure_delete = FAST;";
    connection.execute_batch(settings).map_err(failed)?;
    Ok(connection)
}

/// Applies the settings that only the writer needs. The write-ahead log may grow to 4000 pages (16 MiB) before a
/// checkpoint, so that pages that change often are written to the database less often. If a bulk change makes the
/// write-ahead log larger than 64 MiB, this log is truncated afterward. The 64 MiB cache is large enough for the
/// interior pages of a large instance.
fn prepare_writer(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let mode: rusqlite::Result<String> = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
    let mode = mode.map_err(|error| failed("use", path, error))?;
    if mode != "wal" {
        let problem = "SQLite can't use a write-ahead log there: the data folder must be on a local disk";
        return Err(failed("use", path, format!("{problem} (the journal mode stays `{mode}`)")));
    }
    let settings =
        "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;";
    connection.execute_batch(settings).map_err(|error| failed("use", path, error))
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
