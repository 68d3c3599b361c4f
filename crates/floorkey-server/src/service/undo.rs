//! The command that takes a change back, from what the store keeps of it.

use floorkey::{Command, InstanceId, Principal, Record, RecordKey, Revision, Timestamp, UndoStep};
use floorkey_store::{AuditQuery, AuditTerm, StoredOutcome};

use super::Service;
use crate::failure::Failure;
use crate::outside;

/// How many events of a security profile are read at once, and how often, to find the one of its last change. Only what
/// was refused comes after that.
const PAGE: usize = 200;
const PAGES: usize = 50;

impl Service {
    /// The command by which somebody takes back the change that made a revision. To those who can undo nothing at all it
    /// is refused, so that only some records are read: what they are told takes as long for any change.
    ///
    /// # Errors
    /// What the store can't read.
    pub(crate) async fn undo(
        &self,
        principal: &Principal,
        instance: InstanceId,
        revision: Revision,
    ) -> Result<Command, Failure> {
        let directory = self.engine.current(instance).ok_or(Failure::NoInstance(instance.to_string()))?;
        let limit = match floorkey::can_undo(&directory, principal, outside::now()) {
            true => usize::MAX,
            false => floorkey::UNDO_NAMED,
        };
        let records = self.store.records_of_revision(instance, revision, limit).await?;
        let profile = records.iter().find(|step| matches!(step.after, Some(Record::Profile(_))) && limit == usize::MAX);
        // It matters for the content of profiles alone.
        let made = match profile.map(|step| step.key.clone()) {
            Some(profile) => self.made(instance, revision, &profile).await?,
            None => None,
        };
        let steps = records.into_iter().map(|step| UndoStep { before: step.before, after: step.after });
        Ok(Command::Undo { revision, made, steps: steps.collect() })
    }

    /// When the revision was made, by its event among those of a record that it changed.
    async fn made(
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
                    // One that changed nothing names the revision too, and comes before all later changes.
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
