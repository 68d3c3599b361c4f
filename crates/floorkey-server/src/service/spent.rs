//! Calls whose signature has made a change already: found out and refused before they make another.

use floorkey::{Act, Actor, InstanceId, RecordKey, Refusal};

use super::Service;
use super::signatures::Signatures;
use crate::failure::Failure;
use crate::outside;

impl Service {
    /// Refuses a call whose signature has made a change already, before anything is done for it.
    ///
    /// # Errors
    /// As [`Service::refuse`].
    pub(crate) async fn refuse_spent(
        &self,
        instance: InstanceId,
        actor: &Actor,
        act: Act,
        targets: Vec<RecordKey>,
    ) -> Result<(), Failure> {
        self.cover(actor).await?;
        match actor.signature.is_some_and(|signature| self.signatures.is_spent(&signature, &actor.request_id)) {
            true => Err(self.refuse(instance, actor.clone(), act, targets, Refusal::SignatureUsed).await),
            false => Ok(()),
        }
    }

    /// Sees to it that every signature is known that has made a change and could be used as the actor's is.
    pub(super) async fn cover(&self, actor: &Actor) -> Result<(), Failure> {
        let Some(signature) = &actor.signature else { return Ok(()) };
        if self.signatures.covers(signature) {
            return Ok(());
        }
        let _alone = self.reading_signatures.lock().await;
        if !self.signatures.covers(signature) {
            self.read_signatures().await?;
        }
        match self.signatures.covers(signature) {
            true => Ok(()),
            // It waited for so long that it counts no more.
            false => Err(Failure::TooManyChanges),
        }
    }

    /// Reads the signatures of the changes of the last minutes from the audit.
    pub(super) async fn read_signatures(&self) -> Result<(), Failure> {
        let now = outside::now();
        let mut used = Vec::new();
        for instance in self.store.instances().await? {
            used.extend(self.store.used_signatures(instance, Signatures::reads_from(now)).await?);
        }
        self.signatures.add(used, now);
        Ok(())
    }

    /// The failure, once the client can sign the same call anew where that is what would help: clients sign by the
    /// second, and try again at once.
    pub(super) async fn after_the_second(&self, actor: &Actor, failure: Failure) -> Failure {
        if let (Failure::Refused(Refusal::SignatureUsed), Some(signature)) = (&failure, &actor.signature) {
            tokio::time::sleep(self.signatures.until_next_second(signature, outside::now())).await;
        }
        failure
    }
}
