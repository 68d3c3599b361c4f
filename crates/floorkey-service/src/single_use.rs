//! Counters for objects that can be used only once or a few times, such as challenges and forms. Each use is counted in
//! the store before it takes effect.

use floorkey::{InstanceId, UserId};
use floorkey_store::{Store, StoreError, user_bucket};

use crate::clock;

/// How long counts are kept after the last use, in milliseconds. No counted object remains valid for longer.
const RETENTION_MILLIS: i64 = 60 * 60 * 1000;

/// Counts a use by a user, and returns the number of uses including this one. Concurrent uses result in different
/// numbers.
///
/// # Errors
/// If the store fails; the use must then be rejected.
pub async fn count_use(store: &Store, instance: InstanceId, user: UserId, name: &str) -> Result<u64, StoreError> {
    let bucket = format!("{}:{name}", user_bucket(instance, user));
    let attempts = store.count_attempt(&[bucket], clock::now(), RETENTION_MILLIS).await?;
    Ok(attempts.first().map_or(u64::MAX, |attempts| attempts.after.failures))
}
