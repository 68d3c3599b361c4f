//! Files and folders that hold people's data: open to their owner alone, and on the disk when we say so.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

use crate::error::StoreError;

/// Makes a folder, and those above it, where there is none.
pub(crate) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| failed("make", folder, error))
}

/// Makes an empty file; `Existing` says what to do with one that is there.
pub(crate) fn make_file(path: &Path, existing: Existing) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true);
    match existing {
        Existing::Keep => options.create(true).truncate(false),
        Existing::Refuse => options.create_new(true),
    };
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| failed("make", path, error))?;
    path.parent().map_or(Ok(()), sync)
}

/// What [`make_file`] does with a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays as it is.
    Keep,
    /// It is an error.
    Refuse,
}

/// Waits until a file's content, or the names in a folder, are on the disk.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| failed("sync", path, error))
}

/// That something can't be done to a file or folder.
pub(crate) fn failed(action: &'static str, path: &Path, problem: impl std::fmt::Display) -> StoreError {
    StoreError::File { action, path: path.to_owned(), problem: problem.to_string() }
}
