//! The signatures that changes used up lately: so that a start knows them.
//!
//! Each stands in the event of its change. The index has them by their time too: so a start reads those of the last
//! minutes, however long the audit is and whichever way the clock went.

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
    /// When the change was made.
    pub at: Timestamp,
}

impl Store {
    /// The signatures that made changes of an instance at that time or later, by time.
    ///
    /// # Errors
    /// If the database can't be read, or an entry of the index is unsound.
    pub async fn used_signatures(
        &self,
        instance: InstanceId,
        since: Timestamp,
    ) -> Result<Vec<UsedSignature>, StoreError> {
        let values = [Value::id(instance), Value::time(since)];
        let read = self.backend().read_indexed(move |snapshot| {
            snapshot
                .all(&sql::READ_SIGNATURES, &values, |row| Ok(UsedSignature { hash: row.hash(2)?, at: row.time(1)? }))
        });
        read.await
    }
}
