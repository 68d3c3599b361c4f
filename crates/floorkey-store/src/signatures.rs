//! The signatures that recent changes used up, for a server that restarts.
//!
//! Each signature is in the event of its change. The index also lists them by time, so that a start reads only those of
//! the last minutes, however long the audit log is and even if the clock was set back.

use floorkey::{InstanceId, Timestamp};

use crate::backend::Value;
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// A signature that made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedSignature {
    /// SHA-256 of the signature.
    pub hash: [u8; 32],
    /// The time of the change.
    pub at: Timestamp,
}

impl Store {
    /// Returns the signatures that made changes of an instance at `since` or later, ordered by time.
    ///
    /// # Errors
    /// If the database can't be read, or an entry of the index is invalid.
    pub async fn used_signatures(
        &self,
        instance: InstanceId,
        since: Timestamp,
    ) -> Result<Vec<UsedSignature>, StoreError> {
        let values = [Value::id(instance), Value::time(since)];
        let read = self.backend().read_indexed(move |snapshot| {
            snapshot
                .rows(&sql::READ_SIGNATURES, &values, |row| Ok(UsedSignature { hash: row.hash(2)?, at: row.time(1)? }))
        });
        read.await
    }
}
