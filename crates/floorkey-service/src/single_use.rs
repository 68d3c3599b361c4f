//! Counting of uses of things that can be used once or a few times, such as challenges and forms. A use is counted in
//! the store before it takes effect.

use floorkey::{InstanceId, UserId};
use floorkey_store::{Store, StoreError, user_bucket};

use crate::clock;

/// How long counts are kept after the last use, in milliseconds. Nothing that is counted here stays valid for longer.
const RETENTION_MILLIS: i64 = 60 * 60 * 1000;

/// Counts a use by a user, and returns the number of uses including this one. Concurrent uses get different numbers.
///
/// # Errors
/// If the store fails; the use must then be rejected.
pub async fn count_use(store: &Store, instance: InstanceId, user: UserId, name: &str) -> Result<u64, StoreError> {
    let bucket = format!("{}:{name}", user_bucket(instance, user));
    let attempts = store.count_attempt(&[bucket], clock::now(), RETENTION_MILLIS).await?;
    Ok(attempts.first().map_or(u64::MAX, |attempts| attempts.after.failures))
}
