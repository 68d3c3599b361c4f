//! Failed attempts to sign in: what is counted of them, and what the history gets.

use std::sync::Arc;

use floorkey::{AuditEvent, Change, InstanceId, SideWrite};
use floorkey_store::StoreError;

use super::Service;
use super::planner::Wish;
use crate::failure::Failure;
use crate::outside;
use crate::sign_in_log::FailedSignIns;
use crate::throttle::Throttle;

impl Service {
    /// Writes the counts of failed attempts that changed; those of users who are gone are left out.
    ///
    /// # Errors
    /// If the store doesn't take it; the counts are tried again at the next call.
    pub(crate) async fn write_counts(&self) -> Result<(), StoreError> {
        let mut rows = self.throttle.changed(outside::now(), outside::moment());
        rows.retain(|(bucket, attempt)| match floorkey_store::owner_of_bucket(bucket) {
            Some((instance, user)) if attempt.is_some() => {
                self.engine.current(instance).is_some_and(|directory| directory.user(user).is_some())
            }
            _ => true,
        });
        let written = self.store.put_attempts(&rows).await;
        if written.is_err() {
            self.throttle.keep_changed(rows);
        }
        written
    }

    /// Writes an event about something that changed no record.
    ///
    /// # Errors
    /// What keeps it from being written.
    pub(crate) async fn record(&self, instance: InstanceId, event: AuditEvent) -> Result<(), Failure> {
        self.ask(instance, event.actor.clone(), Wish::Summed(Box::new(event))).await.map(|_| ())
    }

    /// The limits on attempts.
    pub(crate) fn throttle(&self) -> &Arc<Throttle> {
        &self.throttle
    }

    /// Failed attempts to sign in that are not written yet.
    pub(crate) fn failed_sign_ins(&self) -> &FailedSignIns {
        &self.failed_sign_ins
    }
}

/// Forgets in memory what committed changes forgot in the store.
pub(super) fn forget(throttle: &Throttle, instance: InstanceId, changes: &[Arc<Change>]) {
    for side in changes.iter().flat_map(|change| change.side()) {
        if let SideWrite::ForgetAttempts { user } | SideWrite::ForgetUser { user } = side {
            throttle.unlock(instance, *user);
        }
    }
}
