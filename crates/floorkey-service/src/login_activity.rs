//! User activity: the times when users signed in, used Floorkey, or failed to sign in.
//!
//! This activity is not part of the records, because it changes without any action by an administrator. It is kept in
//! memory for lists and filters, and is also written to the store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use floorkey::{InstanceId, Timestamp, UserId};
use floorkey_store::{LoginActivity, Store, StoreError};

/// The activity of the users in all instances.
#[derive(Default)]
pub struct LoginActivities {
    known: Mutex<HashMap<(InstanceId, UserId), LoginActivity>>,
    /// The users who were active since the previous flush, each with the time of their last activity.
    seen: Mutex<HashMap<(InstanceId, UserId), Timestamp>>,
}

impl LoginActivities {
    /// Loads the user activity of the given instances from the store.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub async fn load(store: &Store, instances: &[InstanceId]) -> Result<Self, StoreError> {
        let activities = Self::default();
        for instance in instances {
            let known = store.activities(*instance).await?;
            lock(&activities.known).extend(known.into_iter().map(|activity| ((*instance, activity.user), activity)));
        }
        Ok(activities)
    }

    /// Returns a user's activity, or `None` if no activity was recorded for the user.
    pub fn get(&self, instance: InstanceId, user: UserId) -> Option<LoginActivity> {
        lock(&self.known).get(&(instance, user)).cloned()
    }

    /// Returns the activity of all users in an instance.
    pub fn all(&self, instance: InstanceId) -> HashMap<UserId, LoginActivity> {
        let known = lock(&self.known);
        known
            .iter()
            .filter(|((other, _), _)| *other == instance)
            .map(|((_, user), activity)| (*user, *activity))
            .collect()
    }

    /// Records that a user was active at the given time.
    pub fn record_activity(&self, instance: InstanceId, user: UserId, at: Timestamp) {
        self.update(instance, user, |activity| activity.last_active_at = Some(at));
        lock(&self.seen).insert((instance, user), at);
    }

    /// Records a successful sign-in.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub async fn record_sign_in(
        &self,
        store: &Store,
        instance: InstanceId,
        user: UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.update(instance, user, |activity| {
            (activity.signed_in_at, activity.last_active_at, activity.failures) = (Some(at), Some(at), 0);
        });
        store.record_sign_in(instance, user, at).await
    }

    /// Records `failures` failed sign-ins of a user. `at` is the time of the last failure.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub async fn record_failures(
        &self,
        store: &Store,
        instance: InstanceId,
        user: UserId,
        at: Timestamp,
        failures: u64,
    ) -> Result<(), StoreError> {
        store.record_failures(instance, user, at, failures).await?;
        self.update(instance, user, |activity| {
            activity.failed_at = Some(at);
            activity.failures = activity.failures.saturating_add(failures);
        });
        Ok(())
    }

    /// Writes the activity times that were recorded since the previous flush to the store.
    ///
    /// # Errors
    /// Returns an error if the store fails. Times that were not written are kept for the next flush.
    pub async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let seen = std::mem::take(&mut *lock(&self.seen));
        if seen.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = seen.iter().map(|((instance, user), at)| (*instance, *user, *at)).collect();
        if let Err(error) = store.record_activity(&rows).await {
            let mut unwritten = lock(&self.seen);
            for (key, at) in seen {
                unwritten.entry(key).or_insert(at);
            }
            return Err(error);
        }
        Ok(())
    }

    fn update(&self, instance: InstanceId, user: UserId, change: impl FnOnce(&mut LoginActivity)) {
        let empty = LoginActivity { user, signed_in_at: None, last_active_at: None, failed_at: None, failures: 0 };
        change(lock(&self.known).entry((instance, user)).or_insert(empty));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
