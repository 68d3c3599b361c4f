//! Creates and deletes instances.

use std::sync::{Arc, PoisonError};

use floorkey::{Actor, Directory, EntityKind, InstanceId, NewInstance, Refusal, Timestamp};
use floorkey_store::{Batch, EntryContent, Head};

use super::planner_request::PlannerRequest;
use super::{CommandResult, Service, salted_entry, signatures};
use crate::failure::Failure;
use crate::{clock, entropy};

impl Service {
    /// Creates an instance. The instance's alias must not be in use.
    ///
    /// # Errors
    /// Returns an error if the alias is in use or invalid, or if the store can't write the instance.
    pub async fn create_instance(&self, actor: &Actor, new: &NewInstance) -> Result<CommandResult, Failure> {
        self.create_instance_with_ids(actor, new, entropy::random_id).await
    }

    /// Does the same as [`Service::create_instance`]. `ids` returns the IDs of the instance's first records, see
    /// [`floorkey::create_instance`].
    ///
    /// # Errors
    /// Returns the same errors as [`Service::create_instance`].
    pub async fn create_instance_with_ids(
        &self,
        actor: &Actor,
        new: &NewInstance,
        ids: impl FnMut() -> u128,
    ) -> Result<CommandResult, Failure> {
        self.create_instance_when(actor, new, ids, clock::now()).await
    }

    /// Creates an instance as if at the given time, which must be in the past. Used only for demo data.
    ///
    /// # Errors
    /// Returns the same errors as [`Service::create_instance`].
    pub async fn create_instance_at(
        &self,
        actor: &Actor,
        new: &NewInstance,
        at: Timestamp,
    ) -> Result<CommandResult, Failure> {
        self.create_instance_when(actor, new, entropy::random_id, at).await
    }

    async fn create_instance_when(
        &self,
        actor: &Actor,
        new: &NewInstance,
        ids: impl FnMut() -> u128,
        at: Timestamp,
    ) -> Result<CommandResult, Failure> {
        let _lock = self.instance_lock.lock().await;
        let taken = |directory: &Arc<Directory>| match (&directory.settings().alias, &new.alias) {
            (Some(taken), Some(wanted)) => taken.eq_ignore_ascii_case(wanted),
            _ => false,
        };
        if self.engine.all().iter().any(taken) {
            let name = new.alias.clone().unwrap_or_default();
            return Err(Refusal::Duplicate { kind: EntityKind::Instance, name }.into());
        }
        let planned = floorkey::create_instance(new, actor, at, ids)?;
        self.ensure_signatures_loaded(actor).await?;
        if let Err(failure) = signatures::spend(&self.signatures, actor, clock::now()) {
            return Err(self.wait_for_next_second(actor, failure).await);
        }
        let result = CommandResult { revision: planned.next.revision(), credentials_replaced: 0 };
        let entries = vec![salted_entry(EntryContent::Change(Arc::new(planned.change)))];
        let head = self.store.commit(Batch { instance: new.id, expected: Head::default(), entries }).await?;
        self.engine.publish(planned.next.clone());
        self.start_planner(planned.next, head);
        Ok(result)
    }

    /// Deletes an instance and all of its data except its audit log.
    ///
    /// # Errors
    /// Returns an error if the store can't delete the instance.
    pub async fn delete_instance(&self, actor: Actor, instance: InstanceId) -> Result<(), Failure> {
        let _lock = self.instance_lock.lock().await;
        self.submit(instance, actor, PlannerRequest::DeleteInstance).await?;
        self.planners.lock().unwrap_or_else(PoisonError::into_inner).remove(&instance);
        Ok(())
    }
}
