//! Limits on attempts to sign in and on requests for links.
//!
//! `failures` counts failed attempts per login and delays further attempts. `network_rate` slows down networks that
//! have failed attempts for many logins. Both modules are pure. This module adds a lock, and names for the counts.
//!
//! The counts are kept in memory, so that nothing has to be written before the response to an attempt. `changed`
//! returns the counts that have to be written later. Known and unknown logins are handled in the same way.
//!
//! A browser that a user has already used to sign in has its own count (see `console::sign_in::arrival`). Attempts from
//! other browsers therefore do not delay this browser.

mod failures;
mod network_rate;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{InstanceId, Timestamp, UserId};
use floorkey_store::{BucketFailures, Store, StoreError, login_bucket, user_bucket, user_bucket_prefix};

use crate::digest::short_digest;
use crate::moment::{Moment, millis};
use crate::network::Network;
use failures::{AttemptScope, Failures, MEMORY, Rules};
use network_rate::{NetworkRate, RateRules};

pub use failures::AttemptOutcome;
pub use network_rate::StartTime;

/// The rate limit for sign-ins. After failures for 50 logins, a network is slowed down to one verification every two
/// seconds, with a queue of 20 attempts.
const SIGN_IN_RATE: RateRules = RateRules { slow_threshold: 50, turn_every: Duration::from_secs(2), queue: 20 };

/// The rate limit for password link requests. After requests for 20 logins, a network is slowed down. The interval is
/// longer than for sign-ins, because each request can result in an email.
const PASSWORD_LINK_RATE: RateRules = RateRules { slow_threshold: 20, turn_every: Duration::from_secs(30), queue: 20 };

/// The maximum number of counts, at about 200 bytes each. If there are more, the counts with the oldest failures are
/// dropped.
const COUNTS_MAX: usize = 100_000;

/// The maximum number of networks whose rates are recorded. If there are more, the additional networks are not slowed
/// down.
const NETWORKS_MAX: usize = 100_000;

/// The name of a count of failures, and the rules that apply to the count.
#[derive(Clone, Debug)]
pub struct Bucket {
    name: String,
    rules: Rules,
}

impl Bucket {
    /// Returns the bucket for a user's sign-ins from all unknown browsers.
    pub fn user(instance: InstanceId, user: UserId) -> Self {
        Self {
            name: user_bucket(instance, user),
            rules: Rules { attempts_before_wait: 5, network_verifications: true },
        }
    }

    /// Returns the bucket for sign-ins with an unknown login. A user may have entered a password in the login field by
    /// mistake, so the bucket has only a hash of the login.
    pub fn login(instance: InstanceId, login: &str) -> Self {
        let hash = short_digest(floorkey::text::folded(login), 16);
        Self {
            name: login_bucket(instance, &hash),
            rules: Rules { attempts_before_wait: 5, network_verifications: true },
        }
    }

    /// Returns the bucket for a user's sign-ins from one known browser.
    pub fn browser(instance: InstanceId, user: UserId, browser: &str) -> Self {
        Self::for_user(instance, user, &format!("device:{browser}"), 5)
    }

    /// Returns the bucket for the user's count with the name `what`. After `attempts_before_wait` attempts, further
    /// attempts have to wait. The count is removed when the user is deleted.
    pub fn for_user(instance: InstanceId, user: UserId, what: &str, attempts_before_wait: u32) -> Self {
        let name = format!("{}:{what}", user_bucket(instance, user));
        Self { name, rules: Rules { attempts_before_wait, network_verifications: false } }
    }
}

/// All counts, and the rates of all networks.
#[derive(Default)]
pub struct Throttle(Mutex<ThrottleState>);

#[derive(Default)]
struct ThrottleState {
    counts: BTreeMap<String, Failures>,
    /// The names of the counts that differ from the store.
    changed: BTreeSet<String>,
    sign_in: HashMap<Network, NetworkRate>,
    password_links: HashMap<Network, NetworkRate>,
}

/// A permit to check the credentials of an attempt. If the permit is dropped without calling [`Permit::end`], the
/// attempt is treated as not checked.
pub struct Permit {
    throttle: Arc<Throttle>,
    name: String,
    network: Option<Network>,
    scope: AttemptScope,
    is_open: bool,
}

impl Permit {
    /// Reports the outcome of the attempt.
    pub fn end(mut self, outcome: AttemptOutcome, now: Moment) {
        self.is_open = false;
        self.throttle.end(&self.name, self.scope, self.network, outcome, now);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.is_open {
            // The time does not matter, because an attempt without a credential check is not counted.
            self.throttle.end(&self.name, self.scope, self.network, AttemptOutcome::Unverified, Moment::from_millis(0));
        }
    }
}

impl Throttle {
    /// Loads the counts of the last hour.
    ///
    /// # Errors
    /// Returns an error if the store can't read the counts.
    pub async fn load(store: &Store, wall: Timestamp, now: Moment) -> Result<Self, StoreError> {
        let mut state = ThrottleState::default();
        for prefix in ["user:", "login:"] {
            for (name, attempt) in store.attempts_with_prefix(prefix).await? {
                // A failure can have a time in the future if the clock was set back. Such a failure is treated as if it
                // has just occurred.
                let ago = wall.as_millis().saturating_sub(attempt.last_at.as_millis()).max(0);
                if ago < millis(MEMORY) {
                    let last = Moment::from_millis(now.as_millis().saturating_sub(ago));
                    let count = u32::try_from(attempt.failures).unwrap_or(u32::MAX);
                    state.counts.insert(name, Failures::from_stored(count, last));
                }
            }
        }
        Ok(Self(Mutex::new(state)))
    }

    /// Whether an attempt that starts now would have to wait.
    pub(crate) fn has_to_wait(&self, bucket: &Bucket, network: Option<Network>, now: Moment) -> bool {
        let state = self.lock();
        let failures = state.counts.get(&bucket.name);
        failures.is_some_and(|failures| failures.attempt_scope(bucket.rules, network, now).is_none())
    }

    /// Admits an attempt. If the attempt has to wait, returns `None` and changes nothing.
    pub fn begin(self: &Arc<Self>, bucket: &Bucket, network: Option<Network>, now: Moment) -> Option<Permit> {
        let mut state = self.lock();
        if !state.counts.contains_key(&bucket.name) {
            state.make_room(now);
        }
        let failures = state.counts.entry(bucket.name.clone()).or_default();
        let scope = failures.begin(bucket.rules, network, now)?;
        Some(Permit { throttle: self.clone(), name: bucket.name.clone(), network, scope, is_open: true })
    }

    fn end(&self, name: &str, scope: AttemptScope, network: Option<Network>, outcome: AttemptOutcome, now: Moment) {
        let mut state = self.lock();
        let failures = state.counts.entry(name.to_owned()).or_default();
        let before = failures.stored_values();
        failures.end(scope, network, outcome, now);
        let is_changed = failures.stored_values() != before;
        if *failures == Failures::default() {
            state.counts.remove(name);
        }
        if is_changed {
            state.changed.insert(name.to_owned());
        }
    }

    /// Counts one use of a limited operation that has no result to check, such as sending an email. Returns `false` if
    /// the operation has to wait.
    pub fn count_use(self: &Arc<Self>, bucket: &Bucket, now: Moment) -> bool {
        let permit = self.begin(bucket, None, now);
        permit.map(|permit| permit.end(AttemptOutcome::Failure, now)).is_some()
    }

    /// Resets the bucket's count.
    pub fn reset(&self, bucket: &Bucket) {
        self.lock().reset(&bucket.name);
    }

    /// Resets all counts of a user. The user can then try again immediately from any browser and network.
    pub fn unlock(&self, instance: InstanceId, user: UserId) {
        let prefix = user_bucket(instance, user);
        let mut state = self.lock();
        let names: Vec<String> = state.with_prefix(&prefix).map(|(name, _)| name.clone()).collect();
        names.iter().for_each(|name| state.reset(name));
    }

    /// Returns when a sign-in attempt from a network can start.
    pub(crate) fn start_sign_in(&self, network: Network, now: Moment) -> StartTime {
        let mut state = self.lock();
        state.sign_in.get_mut(&network).map_or(StartTime::Now, |network_rate| network_rate.start(SIGN_IN_RATE, now))
    }

    /// Records the result of a sign-in attempt from the network. The bucket identifies the login.
    pub(crate) fn record_attempt(&self, network: Network, bucket: &Bucket, succeeded: bool, now: Moment) {
        let mut state = self.lock();
        if succeeded {
            if let Some(network_rate) = state.sign_in.get_mut(&network) {
                network_rate.record_success(&bucket.name, now);
            }
        } else if state.sign_in.len() < NETWORKS_MAX || state.sign_in.contains_key(&network) {
            let network_rate = state.sign_in.entry(network).or_insert_with(|| NetworkRate::new(now));
            network_rate.record_failure(SIGN_IN_RATE, &bucket.name, now);
        }
    }

    /// Counts a password link request from the network. The bucket identifies the login. Returns when the request can
    /// start.
    pub(crate) fn start_password_link(&self, network: Network, bucket: &Bucket, now: Moment) -> StartTime {
        let mut state = self.lock();
        if state.password_links.len() >= NETWORKS_MAX && !state.password_links.contains_key(&network) {
            return StartTime::Now;
        }
        let network_rate = state.password_links.entry(network).or_insert_with(|| NetworkRate::new(now));
        let start = network_rate.start(PASSWORD_LINK_RATE, now);
        if start != StartTime::Full {
            network_rate.record_failure(PASSWORD_LINK_RATE, &bucket.name, now);
        }
        start
    }

    /// Returns when the user can try again from an unknown browser. Returns `None` if the user doesn't have to wait.
    pub fn locked_until(&self, instance: InstanceId, user: UserId, now: Moment) -> Option<Moment> {
        let bucket = Bucket::user(instance, user);
        self.lock().counts.get(&bucket.name)?.wait_until(bucket.rules, now)
    }

    /// Returns the users of an instance who currently have to wait.
    pub fn locked(&self, instance: InstanceId, now: Moment) -> HashSet<UserId> {
        let prefix = user_bucket_prefix(instance);
        let rules = Rules { attempts_before_wait: 5, network_verifications: true };
        let state = self.lock();
        let waiting = state.with_prefix(&prefix).filter(|(_, failures)| failures.wait_until(rules, now).is_some());
        waiting.filter_map(|(name, _)| UserId::parse(name.strip_prefix(&prefix)?)).collect()
    }

    /// Returns the counts that differ from the store and have to be written. `None` means that a count must be removed
    /// from the store.
    pub fn changed(&self, wall: Timestamp, now: Moment) -> Vec<(String, Option<BucketFailures>)> {
        let mut state = self.lock();
        let names = std::mem::take(&mut state.changed);
        let row = |name: String| {
            let record = state.counts.get(&name).and_then(Failures::stored_values);
            let attempt = record.map(|(count, last)| BucketFailures {
                failures: u64::from(count),
                last_at: Timestamp::from_millis(wall.as_millis().saturating_sub(millis(now.since(last)))),
            });
            (name, attempt)
        };
        names.into_iter().map(row).collect()
    }

    /// Marks counts as changed again because they could not be written.
    pub(crate) fn mark_changed(&self, rows: Vec<(String, Option<BucketFailures>)>) {
        self.lock().changed.extend(rows.into_iter().map(|(name, _)| name));
    }

    /// Drops expired counts and rates.
    pub(crate) fn drop_expired(&self, now: Moment) {
        let mut state = self.lock();
        state.counts.retain(|_, failures| !failures.is_empty(now));
        state.sign_in.retain(|_, network_rate| !network_rate.is_empty(now));
        state.password_links.retain(|_, network_rate| !network_rate.is_empty(now));
    }

    fn lock(&self) -> MutexGuard<'_, ThrottleState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ThrottleState {
    /// Returns the counts whose names have the given prefix.
    fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a String, &'a Failures)> {
        self.counts.range(prefix.to_owned()..).take_while(move |(name, _)| name.starts_with(prefix))
    }

    fn reset(&mut self, name: &str) {
        if let Some(failures) = self.counts.get_mut(name) {
            failures.reset();
            self.changed.insert(name.to_owned());
        }
    }

    /// If there are too many counts, drops the quarter with the oldest failures.
    fn make_room(&mut self, now: Moment) {
        if self.counts.len() < COUNTS_MAX {
            return;
        }
        let mut lasts: Vec<Moment> =
            self.counts.values().map(|failures| failures.stored_values().map_or(now, |(_, last)| last)).collect();
        let quarter = lasts.len() / 4;
        let (_, bound, _) = lasts.select_nth_unstable(quarter);
        let bound = *bound;
        self.counts.retain(|_, failures| failures.stored_values().is_none_or(|(_, last)| last > bound));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    fn fail(throttle: &Arc<Throttle>, bucket: &Bucket, network: Network, now: Moment) -> bool {
        let permit = throttle.begin(bucket, Some(network), now);
        permit.map(|permit| permit.end(AttemptOutcome::Failure, now)).is_some()
    }

    const HERE: Network = Network::V4([192, 0, 2]);

    #[test]
    fn a_dropped_permit_is_unverified_and_known_and_unknown_logins_are_written_alike() {
        let throttle = Arc::new(Throttle::default());
        let instance = InstanceId::from_bits(1);
        let user = UserId::from_bits(2);
        let buckets = [Bucket::user(instance, user), Bucket::login(instance, "nobody")];
        buckets.iter().for_each(|bucket| drop(throttle.begin(bucket, Some(HERE), at(0))));
        assert!(throttle.changed(Timestamp::from_millis(0), at(0)).is_empty() && throttle.lock().counts.is_empty());
        for bucket in &buckets {
            for _ in 0..7 {
                fail(&throttle, bucket, HERE, at(10));
            }
            assert!(throttle.has_to_wait(bucket, Some(HERE), at(14)));
        }
        let rows = throttle.changed(Timestamp::from_millis(1_000_000), at(20));
        let expected = BucketFailures { failures: 5, last_at: Timestamp::from_millis(990_000) };
        assert!(rows.iter().all(|(_, attempt)| *attempt == Some(expected)) && rows.len() == 2, "{rows:?}");
        assert_eq!(throttle.locked(instance, at(14)), HashSet::from([user]));
        throttle.unlock(instance, user);
        assert_eq!(throttle.locked_until(instance, user, at(14)), None);
        assert_eq!(throttle.changed(Timestamp::from_millis(0), at(20)), [(buckets[0].name.clone(), None)]);
        throttle.drop_expired(at(10 + 3600));
        assert!(throttle.lock().counts.is_empty());
    }

    #[test]
    fn too_many_counts_are_dropped_oldest_first() {
        let throttle = Arc::new(Throttle::default());
        let instance = InstanceId::from_bits(1);
        let bucket = |number: usize| Bucket::login(instance, &number.to_string());
        for number in 0..=COUNTS_MAX {
            fail(&throttle, &bucket(number), HERE, Moment::from_millis(number as i64));
        }
        let state = throttle.lock();
        assert!(state.counts.len() <= COUNTS_MAX * 3 / 4 + 1);
        assert!(!state.counts.contains_key(&bucket(0).name));
        assert!(state.counts.contains_key(&bucket(COUNTS_MAX - 1).name));
    }
}
