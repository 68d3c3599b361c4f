//! Counts of refusals that have no event of their own, kept in the store.
//!
//! What an actor is refused is in the audit before the answer, or it is counted there: a crash loses no refusal that
//! somebody was told of. There is one row for each actor and operation, whatever their number; it is written before the
//! answer, with all others of a batch, and goes when the event that sums the refusals up is written. What a crash left
//! becomes such an event at the next start, with the reference that the actor was told.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::audit::{Flag, Outcome};
use floorkey::{
    AccessKeyId, Act, Actor, AuditEvent, InstanceId, Principal, Reference, Refusal, Timestamp, UserId, Via,
};
use floorkey_store::{Attempt, Head, PreparedBatch, Store, StoreError};

use super::Service;
use super::refusals::{Kept, who};
use crate::failure::Failure;

/// What the names of all rows begin with.
const PREFIX: &str = "refused:";

/// The counts of an instance.
#[derive(Default)]
pub(super) struct RefusalCounts {
    counted: BTreeMap<(String, Act), Counted>,
    changed: BTreeSet<(String, Act)>,
    summed_up: Vec<String>,
}

struct Counted {
    /// The name of the row.
    row: String,
    /// The reference that all of them share, once one of them has one.
    shared: Option<Reference>,
    times: u64,
    last: Timestamp,
}

/// What is to be written beside a batch.
#[derive(Default)]
pub(super) struct CountRows {
    /// Before the batch is answered.
    put: Vec<(String, Option<Attempt>)>,
    /// Once the batch is written.
    remove: Vec<String>,
}

impl RefusalCounts {
    /// Counts a refusal that has no event of its own. Gives back how it is kept.
    pub(super) fn counted(&mut self, instance: InstanceId, event: &AuditEvent, kept: Kept) -> Kept {
        let Kept::Together(shared) = kept else { return kept };
        let (principal, act) = (&event.actor.principal, event.act);
        let key = (who(principal), act);
        let counted = self.counted.entry(key.clone()).or_insert_with(|| Counted {
            row: name(instance, act, principal, shared),
            shared,
            times: 0,
            last: event.at,
        });
        if counted.shared.is_none() && shared.is_some() {
            let row = name(instance, act, principal, shared);
            self.summed_up.push(std::mem::replace(&mut counted.row, row));
            counted.shared = shared;
        }
        counted.times += 1;
        counted.last = event.at;
        self.changed.insert(key);
        kept
    }

    /// The event that sums up what was counted is in the batch.
    pub(super) fn summed_up(&mut self, event: &AuditEvent) {
        let key = (who(&event.actor.principal), event.act);
        self.changed.remove(&key);
        self.summed_up.extend(self.counted.remove(&key).map(|counted| counted.row));
    }

    /// The events that sum up were not written: their rows stay, for the next start.
    pub(super) fn keep_rows(&mut self) {
        self.summed_up.clear();
    }

    /// What is to be written with the next batch.
    pub(super) fn take(&mut self) -> CountRows {
        let changed = std::mem::take(&mut self.changed);
        let row = |key: (String, Act)| {
            let counted: &Counted = self.counted.get(&key)?;
            Some((counted.row.clone(), Some(Attempt { failures: counted.times, last_at: counted.last })))
        };
        let put: Vec<_> = changed.into_iter().filter_map(row).collect();
        let mut remove = std::mem::take(&mut self.summed_up);
        // A row that counts anew already is written over.
        remove.retain(|name| put.iter().all(|(row, _)| row != name));
        CountRows { put, remove }
    }
}

impl CountRows {
    /// Whether there is nothing to write before the answer.
    pub(super) fn is_empty(&self) -> bool {
        self.put.is_empty()
    }

    /// Writes the counts, then the batch: a batch that is written is never answered with an error. Counts that the batch
    /// sums up are removed after it; one that stays is summed up once more at the next start.
    ///
    /// # Errors
    /// As [`Store::commit`]; a count that is written without its batch does no harm.
    pub(super) async fn commit_with(self, store: Store, batch: PreparedBatch) -> Result<Head, StoreError> {
        store.put_attempts(&self.put).await?;
        let head = store.commit_prepared(batch).await?;
        if !self.remove.is_empty()
            && let Err(error) = store.clear_attempts(&self.remove).await
        {
            tracing::warn!(%error, "counts of refusals could not be removed");
        }
        Ok(head)
    }
}

/// Sums up what was counted before a crash. What can't be written now, as on a full disk, waits for the next start: it
/// keeps no server from answering.
///
/// # Errors
/// What the store can't do.
pub(super) async fn recover(service: &Service) -> Result<(), Failure> {
    let rows = service.store.attempts_like(PREFIX).await?;
    for (row, attempt) in &rows {
        let Some((instance, act, principal, shared)) = parse(row) else { continue };
        if service.engine.current(instance).is_some()
            && let Err(failure) = service.record(instance, lost(act, principal, shared, attempt)).await
        {
            tracing::warn!(%failure, "refusals from before a crash can't be summed up; the next start tries again");
            return Ok(());
        }
        // Each by itself: a crash from here on repeats one of them at most.
        if let Err(error) = service.store.clear_attempts(std::slice::from_ref(row)).await {
            tracing::warn!(%error, "counts of refusals can't be removed");
            return Ok(());
        }
    }
    Ok(())
}

fn lost(act: Act, principal: Principal, shared: Option<Reference>, attempt: &Attempt) -> AuditEvent {
    let problem = "the server ended before it wrote what these refusals were about".to_owned();
    let actor = Actor { principal, ..Actor::system() };
    let mut event = floorkey::refused(&actor, act, Vec::new(), &Refusal::LimitExceeded { problem }, attempt.last_at);
    if let Outcome::Refused { code, reference, .. } = &mut event.outcome {
        *code = "repeated";
        *reference = shared;
    }
    event.flags.push(Flag::Repeated { times: attempt.failures });
    event
}

/// The name of a row: instance, act, shared reference if there is one, and who was refused.
fn name(instance: InstanceId, act: Act, principal: &Principal, shared: Option<Reference>) -> String {
    let principal = match principal {
        Principal::Operator { access_key } => format!("operator:{access_key}"),
        Principal::User { id, via: Via::AccessKey(access_key) } => format!("user:{id}:{access_key}"),
        Principal::User { id, via: Via::Session { .. } } => format!("user:{id}"),
        Principal::System => "system".to_owned(),
    };
    let shared = shared.map(|reference| reference.to_string()).unwrap_or_default();
    format!("{PREFIX}{instance}:{}:{shared}:{principal}", act.name())
}

fn parse(row: &str) -> Option<(InstanceId, Act, Principal, Option<Reference>)> {
    let parts: Vec<&str> = row.strip_prefix(PREFIX)?.split(':').collect();
    let [instance, act, shared, who @ ..] = parts.as_slice() else { return None };
    let principal = match who {
        ["operator", key] => Principal::Operator { access_key: AccessKeyId::parse(key)? },
        ["user", id, key] => Principal::User { id: UserId::parse(id)?, via: Via::AccessKey(AccessKeyId::parse(key)?) },
        ["user", id] => Principal::User { id: UserId::parse(id)?, via: Via::Session { fresh: false } },
        ["system"] => Principal::System,
        _ => return None,
    };
    Some((InstanceId::parse(instance)?, Act::parse(act)?, principal, Reference::parse(shared)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_the_actor_and_are_read_again() {
        let access_key = AccessKeyId::parse("AKIAOPERATOR00000000").unwrap();
        let id = UserId::from_bits(7);
        for principal in [
            Principal::System,
            Principal::Operator { access_key: access_key.clone() },
            Principal::User { id, via: Via::AccessKey(access_key) },
            Principal::User { id, via: Via::Session { fresh: false } },
        ] {
            for shared in [None, Some(Reference::from_random(5))] {
                let instance = InstanceId::from_bits(1);
                let row = name(instance, Act::DeleteUser, &principal, shared);
                assert_eq!(parse(&row), Some((instance, Act::DeleteUser, principal.clone(), shared)), "{row}");
            }
        }
        assert_eq!(parse("refused:nonsense"), None);
    }
}
