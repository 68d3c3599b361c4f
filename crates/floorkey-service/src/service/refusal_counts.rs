//! The stored counts of refusals that are not recorded as separate events.
//!
//! Before the response to a refused request is sent, the store contains either an event or a count for the refusal. A
//! crash therefore loses no refusal that a caller was informed of.
//!
//! Each combination of actor and event type has one row, regardless of the number of refusals. Rows are written with
//! the batch, before the responses are sent. A row is removed after the event with its total has been written. If a
//! crash leaves rows behind, the next start records their totals as events. These events contain the references that
//! the actors received.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::audit::{Flag, Outcome};
use floorkey::{
    AccessKeyId, Action, Actor, AuditEvent, Authentication, InstanceId, Principal, Reference, Refusal, Timestamp,
    UserId,
};
use floorkey_store::{BucketFailures, Head, PreparedBatch, Store, StoreError};

use super::Service;
use super::refusals::{Recording, actor_key};
use crate::failure::Failure;

/// The prefix of all row names.
const PREFIX: &str = "refused:";

/// The counts of refusals in an instance.
#[derive(Default)]
pub(super) struct RefusalCounts {
    counts: BTreeMap<(String, Action), RefusalCount>,
    changed: BTreeSet<(String, Action)>,
    pending_removals: Vec<String>,
}

struct RefusalCount {
    /// The name of the row that stores the count.
    row: String,
    /// The reference that all refusals in this count share. `None` until one of the refusals has a reference.
    shared_reference: Option<Reference>,
    times: u64,
    last: Timestamp,
}

/// The rows to write and to remove with a batch.
#[derive(Default)]
pub(super) struct CountRows {
    /// Rows to write before the batch's responses are sent.
    put: Vec<(String, Option<BucketFailures>)>,
    /// Rows to remove after the batch has been written.
    remove: Vec<String>,
}

impl RefusalCounts {
    /// Counts a refusal, unless it is recorded as a separate event. Returns how the refusal is recorded.
    pub(super) fn count(&mut self, instance: InstanceId, event: &AuditEvent, recording: Recording) -> Recording {
        let Recording::Aggregated(shared_reference) = recording else { return recording };
        let (principal, action) = (&event.actor.principal, event.action);
        let key = (actor_key(principal), action);
        let count = self.counts.entry(key.clone()).or_insert_with(|| RefusalCount {
            row: row_name(instance, action, principal, shared_reference),
            shared_reference,
            times: 0,
            last: event.at,
        });
        if count.shared_reference.is_none() && shared_reference.is_some() {
            let row = row_name(instance, action, principal, shared_reference);
            self.pending_removals.push(std::mem::replace(&mut count.row, row));
            count.shared_reference = shared_reference;
        }
        count.times += 1;
        count.last = event.at;
        self.changed.insert(key);
        recording
    }

    /// Removes a count because the current batch contains an event with its total.
    pub(super) fn remove_count(&mut self, event: &AuditEvent) {
        let key = (actor_key(&event.actor.principal), event.action);
        self.changed.remove(&key);
        self.pending_removals.extend(self.counts.remove(&key).map(|count| count.row));
    }

    /// Cancels the pending removals of rows, because the events with their totals could not be written. The next start
    /// records these totals.
    pub(super) fn discard_pending_removals(&mut self) {
        self.pending_removals.clear();
    }

    /// Removes and returns the rows to write, and the names of the rows to remove, for the next batch.
    pub(super) fn take(&mut self) -> CountRows {
        let changed = std::mem::take(&mut self.changed);
        let row = |key: (String, Action)| {
            let count: &RefusalCount = self.counts.get(&key)?;
            Some((count.row.clone(), Some(BucketFailures { failures: count.times, last_at: count.last })))
        };
        let put: Vec<_> = changed.into_iter().filter_map(row).collect();
        let mut remove = std::mem::take(&mut self.pending_removals);
        // A row is not removed if it has a new count. The row is overwritten instead.
        remove.retain(|name| put.iter().all(|(row, _)| row != name));
        CountRows { put, remove }
    }
}

impl CountRows {
    /// Whether no rows have to be written before the batch's responses are sent.
    pub(super) fn is_empty(&self) -> bool {
        self.put.is_empty()
    }

    /// Writes the counts, and then the batch. If the counts can't be written, the batch is not written either. A batch
    /// that was written is therefore never reported as an error.
    ///
    /// Afterwards, removes the counts whose totals are in the batch. If a row can't be removed, the next start records
    /// the row's total again.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::commit`]. If only the counts were written, they cause no harm.
    pub(super) async fn commit_with(self, store: Store, batch: PreparedBatch) -> Result<Head, StoreError> {
        store.put_attempts(&self.put).await?;
        let head = store.commit_prepared(batch).await?;
        if !self.remove.is_empty()
            && let Err(error) = store.clear_attempts(&self.remove).await
        {
            tracing::warn!(%error, "can't delete counts of refusals");
        }
        Ok(head)
    }
}

/// Records the totals of refusals that were counted before a crash. If a total can't be written, the server still
/// starts, and the next start tries again. For example, the disk can be full.
///
/// # Errors
/// Returns an error if the store can't read the counts.
pub(super) async fn recover(service: &Service) -> Result<(), Failure> {
    let rows = service.store.attempts_with_prefix(PREFIX).await?;
    for (row, attempt) in &rows {
        let Some((instance, action, principal, shared_reference)) = parse(row) else { continue };
        if service.engine.current(instance).is_some()
            && let Err(failure) = service
                .record_prepared_event(instance, recovered_event(action, principal, shared_reference, attempt))
                .await
        {
            tracing::warn!(%failure, "can't record refusals from before a crash; will retry at the next start");
            return Ok(());
        }
        // Rows are removed one at a time, so a crash during recovery can cause at most one total to be recorded twice.
        if let Err(error) = service.store.clear_attempts(std::slice::from_ref(row)).await {
            tracing::warn!(%error, "can't delete counts of refusals");
            return Ok(());
        }
    }
    Ok(())
}

fn recovered_event(
    action: Action,
    principal: Principal,
    shared_reference: Option<Reference>,
    attempt: &BucketFailures,
) -> AuditEvent {
    let problem = "the server stopped before the details of these refusals were written".to_owned();
    let actor = Actor { principal, ..Actor::system() };
    let refusal = Refusal::LimitExceeded { input: "", problem };
    let mut event = floorkey::refused_event(&actor, action, Vec::new(), &refusal, attempt.last_at);
    if let Outcome::Refused { code, reference, .. } = &mut event.outcome {
        *code = "repeated";
        *reference = shared_reference;
    }
    event.flags.push(Flag::Repeated { times: attempt.failures });
    event
}

/// Returns the name of a row. The name contains the instance, the event type, the shared reference if there is one, and
/// the actor.
fn row_name(
    instance: InstanceId,
    action: Action,
    principal: &Principal,
    shared_reference: Option<Reference>,
) -> String {
    let principal = match principal {
        Principal::Operator { access_key } => format!("operator:{access_key}"),
        Principal::User { id, authentication: Authentication::AccessKey(access_key) } => {
            format!("user:{id}:{access_key}")
        }
        Principal::User { id, authentication: Authentication::Session { .. } } => format!("user:{id}"),
        Principal::System => "system".to_owned(),
    };
    let shared_reference = shared_reference.map(|reference| reference.to_string()).unwrap_or_default();
    format!("{PREFIX}{instance}:{}:{shared_reference}:{principal}", action.name())
}

fn parse(row: &str) -> Option<(InstanceId, Action, Principal, Option<Reference>)> {
    let parts: Vec<&str> = row.strip_prefix(PREFIX)?.split(':').collect();
    let [instance, action, shared_reference, actor @ ..] = parts.as_slice() else { return None };
    let principal = match actor {
        ["operator", key] => Principal::Operator { access_key: AccessKeyId::parse(key)? },
        ["user", id, key] => Principal::User {
            id: UserId::parse(id)?,
            authentication: Authentication::AccessKey(AccessKeyId::parse(key)?),
        },
        ["user", id] => Principal::User {
            id: UserId::parse(id)?,
            authentication: Authentication::Session { recently_authenticated: false },
        },
        ["system"] => Principal::System,
        _ => return None,
    };
    Some((InstanceId::parse(instance)?, Action::parse(action)?, principal, Reference::parse(shared_reference)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_names_with_every_kind_of_actor_survive_a_round_trip() {
        let access_key = AccessKeyId::parse("AKIAOPERATOR00000000").unwrap();
        let id = UserId::from_bits(7);
        for principal in [
            Principal::System,
            Principal::Operator { access_key: access_key.clone() },
            Principal::User { id, authentication: Authentication::AccessKey(access_key) },
            Principal::User { id, authentication: Authentication::Session { recently_authenticated: false } },
        ] {
            for shared_reference in [None, Some(Reference::from_random(5))] {
                let instance = InstanceId::from_bits(1);
                let row = row_name(instance, Action::DeleteUser, &principal, shared_reference);
                assert_eq!(
                    parse(&row),
                    Some((instance, Action::DeleteUser, principal.clone(), shared_reference)),
                    "{row}"
                );
            }
        }
        assert_eq!(parse("refused:nonsense"), None);
    }
}
