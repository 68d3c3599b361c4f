//! The errors of the store.

use std::path::PathBuf;

use floorkey::{InstanceId, Revision};

/// A stored value that can't be parsed. The message describes what is wrong with the value. The caller adds the table,
/// the column and the row.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UnreadableValue(String);

impl From<String> for UnreadableValue {
    fn from(problem: String) -> Self {
        Self(problem)
    }
}

impl From<&str> for UnreadableValue {
    fn from(problem: &str) -> Self {
        Self(problem.to_owned())
    }
}

impl From<serde_json::Error> for UnreadableValue {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::packed::UnpackError> for UnreadableValue {
    fn from(error: crate::packed::UnpackError) -> Self {
        Self(error.to_string())
    }
}

/// An error that the store returns.
///
/// This enum is deliberately not `non_exhaustive`, so that each interface must handle every error. After any error
/// other than [`StoreError::Fatal`], nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer changed the instance after the batch was planned. The caller must load the changes and plan the
    /// batch again.
    #[error(
        "the instance {instance} is no longer at revision {revision} with {audit_size} audit events, because \
        another process wrote to it: load the changes and plan again"
    )]
    Conflict {
        /// The instance that was changed.
        instance: InstanceId,
        /// The revision of the instance when the batch was planned.
        revision: Revision,
        /// The number of audit events in the instance when the batch was planned.
        audit_size: u64,
    },
    /// The revisions in a batch are not consecutive. This is a bug in the caller.
    #[error(
        "a batch for the instance {instance} has revision {found} instead of {expected}: revisions must be \
        consecutive"
    )]
    OutOfOrder {
        /// The instance that the batch is for.
        instance: InstanceId,
        /// The revision that was expected next.
        expected: Revision,
        /// The revision of the change in the batch.
        found: Revision,
    },
    /// The instance does not exist, or was deleted.
    #[error("there is no instance {instance} in the store")]
    NoSuchInstance {
        /// The requested instance.
        instance: InstanceId,
    },
    /// A key that must be unique on the whole server, such as an access key ID, is already in use.
    #[error("a row of the table {table} already exists: {problem}")]
    DuplicateKey {
        /// The table that contains the existing row.
        table: &'static str,
        /// The database's error message.
        problem: String,
    },
    /// A stored row can't be read. A newer version of Floorkey may have written the row, or the row may have been
    /// edited by hand.
    #[error("{table}.{column} of the row ({row}) can't be read: {problem}")]
    UnreadableRow {
        /// The table that contains the row.
        table: &'static str,
        /// The column that can't be read.
        column: String,
        /// The names and values of the row's key columns.
        row: String,
        /// A description of what is wrong with the value.
        problem: String,
    },
    /// A newer version of Floorkey created or upgraded the database.
    #[error(
        "the database has the migration {found} (`{name}`), but this version of Floorkey supports migrations up \
        to {known}: start the newer version, or restore a backup from before the upgrade"
    )]
    NewerSchema {
        /// The number of the newest migration in the database.
        found: i64,
        /// The name of the newest migration in the database.
        name: String,
        /// The number of the newest migration in this version of Floorkey.
        known: i64,
    },
    /// The migrations that created the database differ from the migrations of this version of Floorkey.
    #[error(
        "the migration {number} in the database (`{found}`) differs from that of this version of Floorkey \
        (`{known}`), because the database was created by a different build: start that build, or restore a backup"
    )]
    ChangedMigration {
        /// The number of the migration that differs.
        number: i64,
        /// The migration's name and checksum in the database. The checksum is SHA-256 in hex.
        found: String,
        /// The migration's name and checksum in this version of Floorkey.
        known: String,
    },
    /// Another process is using the data folder.
    #[error(
        "the data folder {} is in use by another process{}: stop that process first, or choose another folder",
        folder.display(),
        process_id.map(|id| format!(" (ID {id})")).unwrap_or_default()
    )]
    Locked {
        /// The data folder that is in use.
        folder: PathBuf,
        /// The ID of the other process; `None` if the lock file does not contain the ID.
        process_id: Option<u32>,
    },
    /// A file can't be created, read, or written.
    #[error("can't {action} {}: {problem}", path.display())]
    File {
        /// The attempted action, as a verb; for example `create`.
        action: &'static str,
        /// The affected file or folder.
        path: PathBuf,
        /// The operating system's error message, or a description of the problem and how to fix it.
        problem: String,
    },
    /// The database can't be used at the moment: the disk is full or read-only, or the file is busy. The caller may
    /// retry the operation.
    #[error("the database can't be used at the moment: {problem}")]
    Unavailable {
        /// The database's error message.
        problem: String,
    },
    /// The disk failed during a write. It is not known whether the last batch was stored. No more data is written until
    /// the program is restarted.
    #[error("the disk failed during a write, and no more data is written until Floorkey is restarted: {problem}")]
    Fatal {
        /// A description of the first failure.
        problem: String,
    },
    /// The database rejected a statement, which is a bug in this crate.
    #[error("the database rejected a statement for the table {table}: {problem}")]
    Database {
        /// The table that the statement reads or writes.
        table: &'static str,
        /// The database's error message.
        problem: String,
    },
}
