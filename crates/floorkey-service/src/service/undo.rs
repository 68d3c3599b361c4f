//! Builds commands that undo changes, based on the versions of the records in the store.

use floorkey::{Command, InstanceId, Principal, Record, RecordKey, Revision, Timestamp, UndoStep};
use floorkey_store::{AuditQuery, AuditTerm, StoredOutcome};

use super::Service;
use crate::clock;
use crate::failure::Failure;

/// The number of events per query, and the maximum number of queries. The queries search a security profile's events
/// for the event of the profile's last change.
///
/// The store has no index of events by revision, and this search needs none: only the last change of a record can be
/// undone, so the event is the newest one that changed the profile. Only events that change nothing in it, such as
/// refused attempts, are newer, and the first query nearly always reads all of them. If the event is not among the first 10,000, its time counts as
/// unknown. The undo then assumes that all users have changed since, and replaces more credentials rather than fewer.
///
/// The profile's own modification time can't be used instead. It can be ahead of the clock, so that users who changed
/// at the same time would be missed.
const PAGE: usize = 200;
const PAGES: usize = 50;

impl Service {
    /// Builds the command that undoes a revision's change on behalf of the principal.
    ///
    /// If the principal is not allowed to undo any change, the command will be refused. Only some of the records are
    /// then read, so that the response time does not depend on the change.
    ///
    /// # Errors
    /// Returns an error if the store can't read the records.
    pub async fn undo_command(
        &self,
        principal: &Principal,
        instance: InstanceId,
        revision: Revision,
    ) -> Result<Command, Failure> {
        let directory = self.engine.current(instance).ok_or(Failure::NoInstance(instance.to_string()))?;
        let limit = match floorkey::can_undo(&directory, principal, clock::now()) {
            true => usize::MAX,
            false => floorkey::UNDO_NAMED_MAX,
        };
        let records = self.store.records_of_revision(instance, revision, limit).await?;
        let profile = records.iter().find(|step| matches!(step.after, Some(Record::Profile(_))) && limit == usize::MAX);
        // The time of the change is needed only to restore the permissions of security profiles.
        let made = match profile.map(|step| step.key.clone()) {
            Some(profile) => self.revision_time(instance, revision, &profile).await?,
            None => None,
        };
        let steps = records.into_iter().map(|step| UndoStep { before: step.before, after: step.after });
        Ok(Command::Undo { revision, made, steps: steps.collect() })
    }

    /// Returns the time when the revision was created. Searches the events of `record`, which must be a record that the
    /// revision changed.
    async fn revision_time(
        &self,
        instance: InstanceId,
        revision: Revision,
        record: &RecordKey,
    ) -> Result<Option<Timestamp>, Failure> {
        let mut before = None;
        for _ in 0..PAGES {
            let terms = vec![AuditTerm::Target(record.clone())];
            let query = AuditQuery { terms, before, ..AuditQuery::default() };
            let events = self.store.audit_search(instance, query, PAGE).await?;
            for event in &events {
                match event.outcome {
                    // Events without a change can have the same revision as the change. They are newer than the change
                    // and older than the next change.
                    StoredOutcome::Done { revision: made } if made == revision.0 => return Ok(Some(event.at)),
                    StoredOutcome::Done { revision: made } if made < revision.0 => return Ok(None),
                    _ => {}
                }
            }
            match events.last() {
                Some(last) => before = Some(last.seq),
                None => break,
            }
        }
        Ok(None)
    }
}
