//! The lock that gives one process exclusive use of the data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::StoreError;

const FILE_NAME: &str = "floorkey.lock";

/// The exclusive lock on a data folder. The lock is held until it is dropped, or until the process ends for any reason.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Acquires the lock.
    ///
    /// # Errors
    /// Returns [`StoreError::Locked`] if another process holds the lock. Returns [`StoreError::File`] if the lock
    /// file can't be created.
    pub(crate) fn acquire(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        let fail =
            |action, error: std::io::Error| StoreError::File { action, path: path.clone(), problem: error.to_string() };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| fail("open", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { folder: folder.to_owned(), process_id: owner_process(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(fail("lock", error)),
        }
        // The process ID is used only in the error messages of other processes. The lock does not depend on the process
        // ID.
        let written = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(file, "{}", std::process::id()));
        written.map_err(|error| fail("write", error))?;
        Ok(Self { _file: file })
    }
}

/// Reads the ID of the process that holds the lock. Returns `None` if the lock file does not contain the ID.
fn owner_process(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_fails_until_the_first_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::acquire(folder.path()).unwrap();
        let error = FolderLock::acquire(folder.path()).unwrap_err();
        assert!(
            matches!(error, StoreError::Locked { process_id: Some(id), .. } if id == std::process::id()),
            "{error}"
        );
        drop(lock);
        FolderLock::acquire(folder.path()).unwrap();
    }
}
