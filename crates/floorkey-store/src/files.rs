//! Functions for files and folders that contain personal data. Only the owner can access them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

use crate::error::StoreError;

/// Creates a folder and its parent folders if they do not exist.
pub(crate) fn create_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| failed("create", folder, error))
}

/// Creates an empty file. `if_exists` determines what happens if the file already exists.
pub(crate) fn create_file(path: &Path, if_exists: IfExists) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true);
    match if_exists {
        IfExists::Keep => options.create(true).truncate(false),
        IfExists::Fail => options.create_new(true),
    };
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| failed("create", path, error))?;
    path.parent().map_or(Ok(()), sync)
}

/// What [`create_file`] does with an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfExists {
    /// Leaves the existing file unchanged.
    Keep,
    /// Returns an error.
    Fail,
}

/// Waits until a file's content or a folder's entries are on disk.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| failed("sync", path, error))
}

/// Returns an error about a file or folder.
pub(crate) fn failed(action: &'static str, path: &Path, problem: impl std::fmt::Display) -> StoreError {
    StoreError::File { action, path: path.to_owned(), problem: problem.to_string() }
}
