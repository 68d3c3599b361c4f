//! Slowing down whoever goes on guessing.
//!
//! An attempt is counted before what was typed is looked at, so that attempts side by side don't get around the count.
//! From a bucket's free failures on the next attempt has to wait, twice as long each time; within the wait even what
//! is right is refused, in the same words, so that nobody can tell whether it was.
//!
//! A browser in which a user signed in before counts by itself (see `console::sign_in::device`): whoever tries
//! passwords elsewhere can make strangers wait, and never the user in front of their own browser.

use std::time::Duration;

use floorkey::{InstanceId, Timestamp, UserId};
use floorkey_store::{Attempt, Store, StoreError, login_bucket, user_bucket};
use sha2::{Digest as _, Sha256};

/// Failures are forgotten after this time without one, in milliseconds.
const WINDOW: i64 = 60 * 60 * 1000;

/// Failures of one login name before the next attempt has to wait, and of one network.
const FAILURES_FREE: u64 = 5;
const SOURCE_FAILURES_FREE: u64 = 50;

/// The first wait, doubled with each failure, and the longest.
const WAIT: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// Something that failures are counted in.
pub(crate) struct Bucket {
    name: String,
    /// Failures before the next attempt has to wait.
    free: u64,
}

impl Bucket {
    /// A user's sign-ins, from anywhere but a browser that is known.
    pub(crate) fn user(instance: InstanceId, user: UserId) -> Self {
        Self { name: user_bucket(instance, user), free: FAILURES_FREE }
    }

    /// Something about a user that is counted by itself: it is forgotten with the user.
    pub(crate) fn of_user(instance: InstanceId, user: UserId, what: &str, free: u64) -> Self {
        Self { name: format!("{}:{what}", user_bucket(instance, user)), free }
    }

    /// A login name that nobody has. It may be a password in the wrong field, so only its hash is kept.
    pub(crate) fn login(instance: InstanceId, login: &str) -> Self {
        let hash = Sha256::digest(floorkey::text::folded(login));
        let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { name: login_bucket(instance, &hash), free: FAILURES_FREE }
    }

    /// The network that an address belongs to.
    pub(crate) fn source(address: &str) -> Self {
        Self::source_for(address, "", SOURCE_FAILURES_FREE)
    }

    /// The same, for something that is counted by itself.
    pub(crate) fn source_for(address: &str, what: &str, free: u64) -> Self {
        Self { name: format!("source{what}:{}", network(address)), free }
    }
}

/// What came of counting an attempt.
pub(crate) struct Counted {
    /// Whether it has to be refused, whatever was typed.
    pub(crate) waits: bool,
    /// The failures with this one, where there are the fewest.
    pub(crate) failures: u64,
}

/// Counts an attempt in all these buckets.
///
/// # Errors
/// What the store can't do; nothing may be looked at then.
pub(crate) async fn count(store: &Store, buckets: &[Bucket], now: Timestamp) -> Result<Counted, StoreError> {
    let counted = store.count_attempt(&names(buckets), now, WINDOW).await?;
    let pairs = counted.iter().zip(buckets);
    let waits = pairs.into_iter().any(|(counted, bucket)| {
        counted.before.is_some_and(|before| wait_ends(&before, bucket.free).is_some_and(|end| now < end))
    });
    Ok(Counted { waits, failures: counted.iter().map(|counted| counted.after.failures).min().unwrap_or(1) })
}

/// It was right: what was counted in these buckets is forgotten.
///
/// # Errors
/// What the store can't do.
pub(crate) async fn clear(store: &Store, buckets: &[Bucket]) -> Result<(), StoreError> {
    store.clear_attempts(&names(buckets)).await
}

/// Lets a user try again at once, wherever they are.
///
/// # Errors
/// What the store can't do.
pub(crate) async fn unlock(store: &Store, instance: InstanceId, user: UserId) -> Result<(), StoreError> {
    let own = user_bucket(instance, user);
    let kept = store.attempts_like(&own).await?;
    let names: Vec<String> = kept.into_iter().map(|(name, _)| name).collect();
    store.clear_attempts(&names).await
}

/// When a user who failed to sign in may try again from any browser; `None` where they may at once.
pub(crate) fn locked_until(attempt: &Attempt, now: Timestamp) -> Option<Timestamp> {
    wait_ends(attempt, FAILURES_FREE).filter(|end| now < *end)
}

fn names(buckets: &[Bucket]) -> Vec<String> {
    buckets.iter().map(|bucket| bucket.name.clone()).collect()
}

fn wait_ends(attempt: &Attempt, free: u64) -> Option<Timestamp> {
    let over = attempt.failures.checked_sub(free)?;
    let doubled = WAIT.saturating_mul(1_u32.checked_shl(u32::try_from(over).unwrap_or(31).min(20)).unwrap_or(u32::MAX));
    let wait = i64::try_from(doubled.min(WAIT_MAX).as_millis()).unwrap_or(i64::MAX);
    Some(Timestamp::from_millis(attempt.last_at.as_millis().saturating_add(wait)))
}

/// The network that an address belongs to: the first 24 bits of an IPv4 address, the first 64 of an IPv6 one.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}")
        }
        Ok(std::net::IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_fifth_failure_on_one_waits_twice_as_long_each_time() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let waits = |failures, seconds| locked_until(&Attempt { failures, last_at: at(0) }, at(seconds)).is_some();
        assert!(!waits(4, 0));
        assert!(waits(5, 4) && !waits(5, 5));
        assert!(waits(6, 9) && !waits(6, 10));
        assert!(waits(1000, 899) && !waits(1000, 900));
    }

    #[test]
    fn neighbours_share_a_count() {
        assert_eq!(network("192.0.2.7"), network("192.0.2.9"));
        assert_ne!(network("192.0.2.7"), network("192.0.3.7"));
        assert_eq!(network("2001:db8::1"), network("2001:db8::2:1"));
    }
}
