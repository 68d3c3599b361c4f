//! The errors of the store.

use std::path::PathBuf;

use floorkey::{InstanceId, Revision};

/// An error of the store.
///
/// Exhaustive on purpose: each interface renders it in an exhaustive match. If an error is returned, nothing has been
/// written, except for [`StoreError::Fatal`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer changed the instance after the batch was planned. Load the changes and plan again.
    #[error(
        "the instance {instance} is no longer at revision {revision} with {audit_size} audit events, because \
        another process wrote to it: load the changes and plan again"
    )]
    Conflict {
        /// The instance.
        instance: InstanceId,
        /// The revision that the batch was planned on.
        revision: Revision,
        /// The number of audit events that the batch was planned on.
        audit_size: u64,
    },
    /// The revisions of a batch have a gap or are out of order. This is a bug in the caller.
    #[error(
        "a batch for the instance {instance} has revision {found} instead of {expected}: revisions must be \
        consecutive"
    )]
    OutOfOrder {
        /// The instance.
        instance: InstanceId,
        /// The expected next revision.
        expected: Revision,
        /// The revision of the change.
        found: Revision,
    },
    /// The instance does not exist, or was deleted.
    #[error("there is no instance {instance} in the store")]
    NoSuchInstance {
        /// The requested instance.
        instance: InstanceId,
    },
    /// A key that must be unique on the whole server is already in use, for example an access key id.
    #[error("a row of the table {table} already exists: {problem}")]
    DuplicateKey {
        /// The table.
        table: &'static str,
        /// The message of the database.
        problem: String,
    },
    /// A stored row can't be read: it was written by a newer version, or changed by hand.
    #[error("{table}.{column} of the row ({row}) can't be read: {problem}")]
    UnreadableRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key, column by column.
        row: String,
        /// What is wrong with the value.
        problem: String,
    },
    /// A newer version of Floorkey created or upgraded the database.
    #[error(
        "the database has the migration {found} (`{name}`), but this version of Floorkey supports migrations up \
        to {known}: start the newer version, or restore a backup from before the upgrade"
    )]
    NewerSchema {
        /// The newest migration in the database.
        found: i64,
        /// The name of that migration.
        name: String,
        /// The newest migration that this version knows.
        known: i64,
    },
    /// The migrations that created the database differ from those of this version.
    #[error(
        "the migration {number} in the database (`{found}`) differs from that of this version of Floorkey \
        (`{known}`), because the database was created by a different build: start that build, or restore a backup"
    )]
    ChangedMigration {
        /// The migration.
        number: i64,
        /// The name and checksum in the database. The checksum is SHA-256 in hex.
        found: String,
        /// The name and checksum in this program.
        known: String,
    },
    /// Another process is using the data folder.
    #[error(
        "the data folder {} is in use by another process{}: stop that process first, or choose another folder",
        folder.display(),
        process_id.map(|id| format!(" (ID {id})")).unwrap_or_default()
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The id of the other process, if the lock file contains it.
        process_id: Option<u32>,
    },
    /// A file can't be created, read, or written.
    #[error("can't {action} {}: {problem}", path.display())]
    File {
        /// The attempted action, as a verb; for example `make`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The message of the operating system, or a description of the problem and how to fix it.
        problem: String,
    },
    /// The database can't be used at the moment: the disk is full or read-only, or the file is busy. The caller may
    /// retry.
    #[error("the database can't be used at the moment: {problem}")]
    Unavailable {
        /// The message of the database.
        problem: String,
    },
    /// The disk failed during a write. It is not known whether the last batch was stored. Nothing more is written until
    /// the program is restarted.
    #[error("the disk failed during a write, and no more data is written until Floorkey is restarted: {problem}")]
    Fatal {
        /// The first failure.
        problem: String,
    },
    /// The database rejected a statement. This is a bug in this crate.
    #[error("the database rejected a statement for the table {table}: {problem}")]
    Database {
        /// The table that the statement is about.
        table: &'static str,
        /// The message of the database.
        problem: String,
    },
}
