//! Detection of reused signatures. A call is refused if another change has already used the call's signature.

use floorkey::{Action, Actor, InstanceId, RecordKey, Refusal};

use super::Service;
use super::signatures::Signatures;
use crate::clock;
use crate::failure::Failure;

impl Service {
    /// Refuses a call whose signature has already been used for a change. This check runs before all other work on the
    /// call.
    ///
    /// # Errors
    /// Returns the same errors as [`Service::record_refusal`].
    pub(crate) async fn check_signature_unused(
        &self,
        instance: InstanceId,
        actor: &Actor,
        action: Action,
        targets: Vec<RecordKey>,
    ) -> Result<(), Failure> {
        self.ensure_signatures_loaded(actor).await?;
        match actor.signature.is_some_and(|signature| self.signatures.is_spent(&signature, &actor.request_id)) {
            true => Err(self.record_refusal(instance, actor.clone(), action, targets, Refusal::SignatureUsed).await),
            false => Ok(()),
        }
    }

    /// Ensures that the table contains all used signatures that were created at or after the time of the actor's
    /// signature. Loads them from the audit log if necessary.
    pub(super) async fn ensure_signatures_loaded(&self, actor: &Actor) -> Result<(), Failure> {
        let Some(signature) = &actor.signature else { return Ok(()) };
        if self.signatures.has_complete_period(signature) {
            return Ok(());
        }
        let _alone = self.signature_loading.lock().await;
        if !self.signatures.has_complete_period(signature) {
            self.load_signatures().await?;
        }
        match self.signatures.has_complete_period(signature) {
            true => Ok(()),
            // While the call was waiting, its signature expired.
            false => Err(Failure::TooManyChanges),
        }
    }

    /// Loads the signatures of recent changes from the audit log.
    pub(super) async fn load_signatures(&self) -> Result<(), Failure> {
        let now = clock::now();
        let mut used = Vec::new();
        for instance in self.store.instances().await? {
            used.extend(self.store.used_signatures(instance, Signatures::load_start(now)).await?);
        }
        self.signatures.add(used, now);
        Ok(())
    }

    /// Returns the given failure. If the call's signature was already used, first waits until signing the call again
    /// would produce a different signature. This wait is necessary because signatures change only once per second and
    /// clients retry immediately.
    pub(super) async fn wait_for_next_second(&self, actor: &Actor, failure: Failure) -> Failure {
        if let (Failure::Refused(Refusal::SignatureUsed), Some(signature)) = (&failure, &actor.signature) {
            tokio::time::sleep(self.signatures.until_next_second(signature, clock::now())).await;
        }
        failure
    }
}
