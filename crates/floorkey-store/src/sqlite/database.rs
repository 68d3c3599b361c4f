//! The location of a database, and its connections.
//!
//! A database in memory belongs to this process. All of its connections share it under a name, and it exists as long as
//! one of them is open. SQLite has no write-ahead log for such a database. A reader and the writer would therefore
//! refuse each other's locks, and retry after a pause. They take turns instead, so that neither pauses.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::files::{IfExists, create_file, failed};

/// The name of the database file in the data folder.
const FILE_NAME: &str = "floorkey.db";

/// The maximum time that a statement waits for another process that is copying the database.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// The maximum number of cached statements. It is larger than the number of statements in this crate.
const STATEMENT_CACHE: usize = 128;

/// SQLite's file system for databases in memory that several connections share.
const MEMORY_FILE_SYSTEM: &str = "memdb";

/// A lock that makes the readers and the writer of a database in memory take turns.
pub(super) type Turns = Arc<RwLock<()>>;

/// The location of a database.
#[derive(Debug)]
pub(super) enum Database {
    /// A file in a data folder.
    File(PathBuf),
    /// A database in memory.
    Memory {
        /// The name, which is unique in this process.
        name: PathBuf,
        turns: Turns,
    },
}

impl Database {
    /// Returns the database in a data folder. Creates an empty file if there is none.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        // SQLite creates its other files, such as the write-ahead log, with the permissions of this file.
        create_file(&path, IfExists::Keep)?;
        Ok(Self::File(path))
    }

    /// Returns the database in a data folder. Returns `None` if there is none.
    pub(super) fn existing_in_folder(folder: &Path) -> Option<Self> {
        let path = folder.join(FILE_NAME);
        path.is_file().then_some(Self::File(path))
    }

    /// Returns a new database in memory, which is empty.
    pub(super) fn in_memory() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // SQLite shares a database in memory only if its name begins with a slash.
        let name = format!("/floorkey-{}", NEXT.fetch_add(1, Ordering::Relaxed)).into();
        Self::Memory { name, turns: Turns::default() }
    }

    /// The lock that the writer holds while it writes; `None` if readers never wait for the writer.
    pub(super) fn turns(&self) -> Option<Turns> {
        match self {
            Self::File(_) => None,
            Self::Memory { turns, .. } => Some(turns.clone()),
        }
    }

    /// Runs `read` while no connection writes to a database in memory. Every other database can be read at any time.
    pub(super) fn while_unchanged<T>(&self, read: impl FnOnce() -> T) -> T {
        match self {
            Self::File(_) => read(),
            Self::Memory { turns, .. } => {
                let _turn = turns.read().unwrap_or_else(PoisonError::into_inner);
                read()
            }
        }
    }

    /// The path or the name of the database.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Memory { name: path, .. } => path,
        }
    }

    /// Connects to the database. The database must exist, unless it is in memory.
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        let flags =
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let failed = |error| failed("open", self.path(), error);
        let connection = match self {
            Self::File(path) => Connection::open_with_flags(path, flags),
            Self::Memory { name, .. } => {
                let flags = flags | OpenFlags::SQLITE_OPEN_CREATE;
                Connection::open_with_flags_and_vfs(name, flags, MEMORY_FILE_SYSTEM)
            }
        };
        let connection = connection.map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        let settings = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";
        let specific = match self {
            Self::File(_) => "PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;",
            // Without this setting, SQLite would create a file for a large sort.
            Self::Memory { .. } => "PRAGMA temp_store = MEMORY; PRAGMA synchronous = OFF;",
        };
        connection.execute_batch(settings).and_then(|()| connection.execute_batch(specific)).map_err(failed)?;
        Ok(connection)
    }

    /// Applies the settings that only the writer needs. The write-ahead log may grow to 4000 pages (16 MiB) before a
    /// checkpoint, so that pages that change often are written to the database less often. If a bulk change makes the
    /// write-ahead log larger than 64 MiB, this log is truncated afterward. The 64 MiB cache is large enough for the
    /// interior pages of a large instance.
    pub(super) fn prepare_writer(&self, connection: &Connection) -> Result<(), StoreError> {
        let failed = |error: String| failed("use", self.path(), error);
        let wanted = if matches!(self, Self::File(_)) { "wal" } else { "memory" };
        let set_mode = format!("PRAGMA journal_mode = {wanted}");
        let mode: rusqlite::Result<String> = connection.query_row(&set_mode, [], |row| row.get(0));
        let mode = mode.map_err(|error| failed(error.to_string()))?;
        if mode != wanted {
            let problem = "SQLite can't use a write-ahead log there: the data folder must be on a local disk";
            return Err(failed(format!("{problem} (the journal mode stays `{mode}`)")));
        }
        if let Self::Memory { .. } = self {
            return Ok(());
        }
        let settings =
            "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;";
        connection.execute_batch(settings).map_err(|error| failed(error.to_string()))
    }
}
