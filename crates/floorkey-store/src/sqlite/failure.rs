//! Mapping of SQLite errors to [`StoreError`].

use rusqlite::ErrorCode;

use crate::error::StoreError;

/// Converts an SQLite error. `table` is the table that the failed statement reads or writes.
pub(crate) fn to_store_error(error: &rusqlite::Error, table: &'static str) -> StoreError {
    let problem = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::DuplicateKey { table, problem },
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted
            | ErrorCode::SystemIoFailure,
        ) => StoreError::Unavailable { problem },
        _ => StoreError::Database { table, problem },
    }
}

/// Whether the writer must stop, because the disk failed or the database file is damaged. After a failed fsync, the
/// next fsync may succeed even though some pages never reached the disk. A retry could therefore report success
/// although data was lost.
pub(crate) fn is_fatal(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn error(code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn a_failing_disk_is_fatal_and_a_full_one_is_not() {
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_DIR_FSYNC, ffi::SQLITE_CORRUPT]
        {
            assert!(is_fatal(&error(code)), "{code}");
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_READONLY, ffi::SQLITE_BUSY, ffi::SQLITE_CONSTRAINT_PRIMARYKEY] {
            assert!(!is_fatal(&error(code)), "{code}");
        }
        assert!(matches!(to_store_error(&error(ffi::SQLITE_FULL), "t"), StoreError::Unavailable { .. }));
        assert!(matches!(to_store_error(&error(ffi::SQLITE_CONSTRAINT_UNIQUE), "t"), StoreError::DuplicateKey { .. }));
        assert!(matches!(to_store_error(&error(ffi::SQLITE_ERROR), "t"), StoreError::Database { .. }));
    }
}
