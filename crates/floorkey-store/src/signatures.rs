//! The signatures that recent changes used up. A server needs them after a restart.
//!
//! The event of each change contains the signature. The index also lists the signatures by time. A start therefore
//! reads only the signatures of the last few minutes, even if the audit log is long or the clock was set back.

use floorkey::{InstanceId, Timestamp};

use crate::backend::Value;
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// The signature of a call that made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedSignature {
    /// SHA-256 of the signature.
    pub hash: [u8; 32],
    /// The time of the change.
    pub at: Timestamp,
}

impl Store {
    /// Returns the signatures of the calls that changed an instance at `since` or later, ordered by time.
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
