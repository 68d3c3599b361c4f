//! What may be used once, or a few times: a challenge, a form. Uses are counted in the store, before what they open.

use floorkey::{InstanceId, UserId};
use floorkey_store::{Store, StoreError, user_bucket};

use crate::outside;

/// Uses are forgotten this long after the last one, in milliseconds. Nothing that is counted here is good for longer.
const LASTS: i64 = 60 * 60 * 1000;

/// Counts a use of something of a user's, and gives the number of uses with this one. Of many at the same time each
/// gets another number.
///
/// # Errors
/// What the store can't do; it must not be used then.
pub async fn count(store: &Store, instance: InstanceId, user: UserId, what: &str) -> Result<u64, StoreError> {
    let bucket = format!("{}:{what}", user_bucket(instance, user));
    let counted = store.count_attempt(&[bucket], outside::now(), LASTS).await?;
    Ok(counted.first().map_or(u64::MAX, |counted| counted.after.failures))
}
