//! The signatures of API requests that recently made changes. After a restart, the server needs these signatures to
//! refuse repeated requests.
//!
//! The audit event of each change contains a hash of the request's signature, and the index lists these hashes by time.
//! At startup, the server therefore reads only the signatures of the last few minutes, even if the audit log is long.

use floorkey::{InstanceId, Timestamp};

use crate::backend::Value;
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// The signature of an API request that made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedSignature {
    /// The SHA-256 hash of the signature.
    pub hash: [u8; 32],
    /// The time of the change.
    pub at: Timestamp,
}

impl Store {
    /// Returns the signatures of the API requests that changed an instance at `since` or later, ordered by time.
    ///
    /// # Errors
    /// Returns an error if the database can't be read, or if an index entry is invalid.
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
