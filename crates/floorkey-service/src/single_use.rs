//! What may be used once, or a few times: a challenge, a form. Uses are counted in the store, before what they open.

use floorkey::{InstanceId, UserId};
use floorkey_store::{Store, StoreError, user_bucket};

use crate::clock;

/// Uses are forgotten this long after the last one, in milliseconds. Nothing that is counted here is good for longer.
const RETENTION_MILLIS: i64 = 60 * 60 * 1000;

/// Counts a use of something of a user's, and gives the number of uses with this one. Of many at the same time each
/// gets another number.
///
/// # Errors
/// What the store can't do; it must not be used then.
pub async fn count_use(store: &Store, instance: InstanceId, user: UserId, name: &str) -> Result<u64, StoreError> {
    let bucket = format!("{}:{name}", user_bucket(instance, user));
    let attempts = store.count_attempt(&[bucket], clock::now(), RETENTION_MILLIS).await?;
    Ok(attempts.first().map_or(u64::MAX, |attempts| attempts.after.failures))
}
