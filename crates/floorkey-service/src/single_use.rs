//! Counters for objects that can be used once or only a few times, such as challenges and forms. Each use is counted in
//! the store before it takes effect.

use floorkey::{InstanceId, UserId};
use floorkey_store::{Store, StoreError, user_bucket};

use crate::clock;

/// How long a count is kept after the last use, in milliseconds. Counted objects expire sooner than this.
const RETENTION_MILLIS: i64 = 60 * 60 * 1000;

/// Counts a use by a user. Returns the total number of uses, including this use. Concurrent uses get different numbers.
///
/// # Errors
/// Returns an error if the store fails. The use must then be rejected.
pub async fn count_use(store: &Store, instance: InstanceId, user: UserId, name: &str) -> Result<u64, StoreError> {
    let bucket = format!("{}:{name}", user_bucket(instance, user));
    let attempts = store.count_attempt(&[bucket], clock::now(), RETENTION_MILLIS).await?;
    Ok(attempts.first().map_or(u64::MAX, |attempts| attempts.after.failures))
}
