//! What can go wrong between a batch and the disk.

use std::path::PathBuf;

use floorkey::{InstanceId, Revision};

/// Why the store did not do what was asked.
///
/// Closed on purpose: each surface renders it by an exhaustive match. In every case but [`StoreError::Fatal`] nothing
/// of what was asked has been written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else moved the instance on since the batch was begun. Load what is new and plan again.
    #[error(
        "the instance {instance} no longer stands at revision {revision} with {audit_size} audit events: somebody else \
         wrote to it; load what is new and plan again"
    )]
    Conflict {
        /// The instance.
        instance: InstanceId,
        /// The revision that the batch began at.
        revision: Revision,
        /// The number of audit events that the batch began at.
        audit_size: u64,
    },
    /// The changes of a batch don't follow one another. A fault of the caller.
    #[error(
        "a batch for the instance {instance} holds revision {found} where {expected} is next: revisions follow without gaps"
    )]
    OutOfOrder {
        /// The instance.
        instance: InstanceId,
        /// The revision that had to come.
        expected: Revision,
        /// The revision that came.
        found: Revision,
    },
    /// There is no such instance, or it was deleted.
    #[error("there is no instance {instance} in the store")]
    NoSuchInstance {
        /// The instance that was asked for.
        instance: InstanceId,
    },
    /// A key that must be unique in the whole server is taken: an access key id, for example.
    #[error("a row of the table {table} is there already: {problem}")]
    Taken {
        /// The table.
        table: &'static str,
        /// What the database says.
        problem: String,
    },
    /// A stored row can't be read: it was written by a newer version, or changed by hand.
    #[error("{table}.{column} of the row ({row}) can't be read: {problem}")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key, column by column.
        row: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The database was made by a newer version.
    #[error(
        "the database has the migration {found} (`{name}`), and this version of Floorkey knows only those up to {known}: \
         start the newer version, or restore a backup from before the upgrade"
    )]
    NewerSchema {
        /// The newest migration in the database.
        found: i64,
        /// Its name.
        name: String,
        /// The newest migration that this version knows.
        known: i64,
    },
    /// The database was made by other statements than this version's.
    #[error(
        "the migration {number} in the database (`{found}`) is not the one that this version of Floorkey knows \
         (`{known}`): the database was made by a build of other sources; start that build, or restore a backup"
    )]
    ChangedMigration {
        /// The migration.
        number: i64,
        /// Name and checksum in the database; the checksum is SHA-256 in hex.
        found: String,
        /// Name and checksum in this program.
        known: String,
    },
    /// Another process works on the data folder.
    #[error(
        "the data folder {} is in use by another process{}: stop that one first, or choose another folder",
        folder.display(),
        process.map(|id| format!(" (number {id})")).unwrap_or_default()
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The other process's number, where it left it.
        process: Option<u32>,
    },
    /// A file can't be made, read or written.
    #[error("can't {action} {}: {problem}", path.display())]
    File {
        /// What was tried, as a verb: `make`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says, or what is wrong and what would be right.
        problem: String,
    },
    /// The database can't take it now: the disk is full, read-only, or the file is busy. It may be tried again.
    #[error("the database can't be used at the moment: {problem}")]
    Unavailable {
        /// What the database says.
        problem: String,
    },
    /// The disk failed under the writer. Whether the last batch was kept is not known, so nothing is written any more
    /// until the program is started again.
    #[error(
        "the disk failed while writing, and nothing is written any more until Floorkey is started again: {problem}"
    )]
    Fatal {
        /// What failed first.
        problem: String,
    },
    /// The database refused a statement. A fault of this crate.
    #[error("the database refused a statement about the table {table}: {problem}")]
    Database {
        /// The table that the statement is about.
        table: &'static str,
        /// What the database says.
        problem: String,
    },
}
