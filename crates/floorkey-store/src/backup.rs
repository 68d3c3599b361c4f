//! A consistent copy of the database, made while it is in use.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::sqlite;

/// Copies the database of a data folder into a new file, whether or not a server is working on it.
///
/// The copy is what stood at one moment: every batch is in it wholly or not at all. Blocks until the copy is on the
/// disk.
///
/// # Errors
/// [`StoreError::File`] if the folder has no database, or the file is there already or can't be written.
pub fn backup_folder(folder: &Path, file: &Path) -> Result<(), StoreError> {
    let database = folder.join(sqlite::FILE_NAME);
    if !database.is_file() {
        let problem = "there is no Floorkey database in that folder".to_owned();
        return Err(StoreError::File { action: "back up", path: folder.to_owned(), problem });
    }
    copy(&database, file)
}

/// Copies a database into a new file. The file has its name only once it is whole.
pub(crate) fn copy(database: &Path, file: &Path) -> Result<(), StoreError> {
    let file = std::path::absolute(file).map_err(|error| failed("make", file, &error))?;
    refuse_existing(&file)?;
    let partial = partial_name(&file);
    make_private(&partial)?;
    let copied = vacuum_into(database, &partial).and_then(|()| give_name(&partial, &file));
    // After success this is the second name of the copy, after failure a useless piece.
    drop(fs::remove_file(&partial));
    copied
}

fn vacuum_into(database: &Path, partial: &Path) -> Result<(), StoreError> {
    let text = partial.to_str().ok_or_else(|| StoreError::File {
        action: "make",
        path: partial.to_owned(),
        problem: "the name isn't UTF-8; SQLite takes no other".to_owned(),
    })?;
    let connection = sqlite::connect(database)?;
    connection.execute("VACUUM INTO ?1", [text]).map_err(|error| failed("write", partial, &error))?;
    File::open(partial).and_then(|copy| copy.sync_all()).map_err(|error| failed("write", partial, &error))
}

/// Gives the copy its name. A hard link refuses a name that is taken; where the file system has none, renaming must do.
fn give_name(partial: &Path, file: &Path) -> Result<(), StoreError> {
    if fs::hard_link(partial, file).is_err() {
        refuse_existing(file)?;
        fs::rename(partial, file).map_err(|error| failed("make", file, &error))?;
    }
    let folder = file.parent().unwrap_or(file);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed("write", folder, &error))
}

fn refuse_existing(file: &Path) -> Result<(), StoreError> {
    if file.symlink_metadata().is_ok() {
        let problem = "there is already a file of that name; a backup never replaces one".to_owned();
        return Err(StoreError::File { action: "make", path: file.to_owned(), problem });
    }
    Ok(())
}

fn partial_name(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    file.with_file_name(name)
}

/// Makes an empty file that its owner alone can read: the copy holds what the database holds.
fn make_private(partial: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(partial).map(drop).map_err(|error| failed("make", partial, &error))
}

fn failed(action: &'static str, path: &Path, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::File { action, path: path.to_owned(), problem: error.to_string() }
}
