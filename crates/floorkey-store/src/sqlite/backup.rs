//! Consistent copies of the database, which can be created while the database is in use.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::database::Database;
use super::failure::to_store_error;
use crate::error::StoreError;
use crate::files::{IfExists, create_file, failed, sync};

/// Copies the database of a data folder to a new file. A server may be using the database at the same time.
///
/// The copy is a snapshot of the database at a single moment. The copy contains each batch either completely or not at
/// all. This function blocks until the copy is on disk.
///
/// # Errors
/// Returns [`StoreError::File`] if the folder has no database, or if the new file already exists or can't be written.
pub fn backup_folder(folder: &Path, file: &Path) -> Result<(), StoreError> {
    match Database::existing_in_folder(folder) {
        Some(database) => copy(&database, file),
        None => Err(failed("back up", folder, "there is no Floorkey database in that folder")),
    }
}

/// Copies a database to a new file. The file gets its final name only when the copy is complete.
pub(super) fn copy(database: &Database, file: &Path) -> Result<(), StoreError> {
    let file = std::path::absolute(file).map_err(|error| failed("create", file, error))?;
    fail_if_exists(&file)?;
    let partial = partial_name(&file);
    create_file(&partial, IfExists::Fail)?;
    let copied = vacuum_into(database, &partial).and_then(|()| publish(&partial, &file));
    // If the copy succeeded, `partial` is a second name for the copy, which is no longer needed. If the copy failed,
    // `partial` is incomplete.
    drop(fs::remove_file(&partial));
    copied
}

fn vacuum_into(database: &Database, partial: &Path) -> Result<(), StoreError> {
    let not_utf8 = || failed("create", partial, "the name must be UTF-8, which SQLite requires");
    let text = partial.to_str().ok_or_else(not_utf8)?;
    let connection = database.connect()?;
    let copied = database.while_unchanged(|| connection.execute("VACUUM INTO ?1", [text]));
    copied.map_err(|error| failed("write", partial, error))?;
    sync(partial)
}

/// Copies all pages of a database to the empty database of a connection. Nothing may write to the database meanwhile.
pub(super) fn copy_pages(source: &Database, mut copy: Connection) -> Result<Connection, StoreError> {
    const ALL_PAGES: i32 = -1;
    let from = source.connect()?;
    let copied = Backup::new(&from, &mut copy).and_then(|backup| backup.step(ALL_PAGES));
    match copied.map_err(|error| to_store_error(&error, "head"))? {
        StepResult::Done => Ok(copy),
        _ => Err(StoreError::Unavailable { problem: "the database is in use and can't be copied".to_owned() }),
    }
}

/// Gives the copy its final name. Creating a hard link fails if the name is already in use. On file systems without
/// hard links, the file is renamed instead.
fn publish(partial: &Path, file: &Path) -> Result<(), StoreError> {
    if fs::hard_link(partial, file).is_err() {
        fail_if_exists(file)?;
        fs::rename(partial, file).map_err(|error| failed("create", file, error))?;
    }
    file.parent().map_or(Ok(()), sync)
}

fn fail_if_exists(file: &Path) -> Result<(), StoreError> {
    if file.symlink_metadata().is_ok() {
        return Err(failed("create", file, "a file with this name already exists; a backup never replaces a file"));
    }
    Ok(())
}

fn partial_name(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    file.with_file_name(name)
}
