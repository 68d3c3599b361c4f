//! Failed sign-in attempts: their counts, and the events that record them in the audit log.

use std::sync::Arc;

use floorkey::{AuditEvent, AuxiliaryWrite, Change, InstanceId};
use floorkey_store::StoreError;

use super::Service;
use super::planner_request::PlannerRequest;
use crate::clock;
use crate::failure::Failure;
use crate::sign_in_log::FailedSignIns;
use crate::throttle::Throttle;

impl Service {
    /// Writes the changed counts of failed attempts. The counts of users who no longer exist are skipped.
    ///
    /// # Errors
    /// Returns an error if the store can't write the counts. The next call then tries again.
    pub(crate) async fn write_counts(&self) -> Result<(), StoreError> {
        let mut rows = self.throttle.changed(clock::now(), clock::monotonic_now());
        rows.retain(|(bucket, attempt)| match floorkey_store::bucket_owner(bucket) {
            Some((instance, user)) if attempt.is_some() => {
                self.engine.current(instance).is_some_and(|directory| directory.user(user).is_some())
            }
            _ => true,
        });
        let written = self.store.put_attempts(&rows).await;
        if written.is_err() {
            self.throttle.mark_changed(rows);
        }
        written
    }

    /// Records an event that is already complete. The event changed no record.
    ///
    /// # Errors
    /// Returns an error if the event can't be written.
    pub(crate) async fn record_prepared_event(&self, instance: InstanceId, event: AuditEvent) -> Result<(), Failure> {
        self.submit(instance, event.actor.clone(), PlannerRequest::RecordAggregate(Box::new(event))).await.map(|_| ())
    }

    /// Returns the limits on attempts to sign in and on requests for links.
    pub fn throttle(&self) -> &Arc<Throttle> {
        &self.throttle
    }

    /// Returns the failed sign-in attempts that have not been written yet.
    pub fn failed_sign_ins(&self) -> &FailedSignIns {
        &self.failed_sign_ins
    }
}

/// Resets counts in memory if the committed changes have already reset the corresponding counts in the store.
pub(super) fn reset_counters(throttle: &Throttle, instance: InstanceId, changes: &[Arc<Change>]) {
    for side in changes.iter().flat_map(|change| change.auxiliary_writes()) {
        if let AuxiliaryWrite::DeleteAttempts { user } | AuxiliaryWrite::DeleteUserData { user } = side {
            throttle.unlock(instance, *user);
        }
    }
}
