//! Commands and events at a given time. A time in the past gives demo data a history.
//!
//! An event belongs after all events of earlier times. Commands and events at past times are therefore submitted in
//! order of time, before any others.

use std::collections::BTreeSet;

use floorkey::{Action, Actor, Command, Directory, InstanceId, RecordKey, ResourceType, Timestamp};

use super::planner_request::PlannerRequest;
use super::{CommandResult, Service};
use crate::failure::Failure;
use crate::{clock, usage};

impl Service {
    /// Executes a command as if at the given time, which must be in the past. Used only for demo data.
    ///
    /// # Errors
    /// Returns the same errors as [`Service::execute`].
    pub async fn execute_at(
        &self,
        instance: InstanceId,
        actor: Actor,
        command: Command,
        at: Timestamp,
    ) -> Result<CommandResult, Failure> {
        self.execute_when(instance, actor, command, Some(at)).await
    }

    /// Records an event as if at the given time, which must be in the past. Used only for demo data.
    ///
    /// # Errors
    /// Returns the same errors as [`Service::record_event`].
    pub async fn record_event_at(
        &self,
        instance: InstanceId,
        actor: Actor,
        action: Action,
        targets: Vec<RecordKey>,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.record_event_when(instance, actor, action, targets, Some(at)).await
    }

    /// Executes a command at the given time. `None` is the time at which the command is planned.
    pub(super) async fn execute_when(
        &self,
        instance: InstanceId,
        actor: Actor,
        command: Command,
        at: Option<Timestamp>,
    ) -> Result<CommandResult, Failure> {
        if let Some(issued_keys) = &self.issued_keys {
            issued_keys.record(&command);
        }
        // The command can remove permissions from the actor. Permission usage is therefore counted based on the
        // directory before the command.
        let before = self.engine.current(instance);
        let mut event_types = BTreeSet::new();
        if let Some(before) = &before {
            collect_event_types(before, &command, &mut event_types);
        }
        let principal = actor.principal.clone();
        let result = self.submit_when(instance, actor, PlannerRequest::Command(Box::new(command)), at).await?;
        if let Some(before) = before {
            let now = at.unwrap_or_else(clock::now);
            event_types
                .into_iter()
                .for_each(|(action, about)| self.usage.count_action(&before, &principal, action, about, now));
        }
        Ok(result)
    }

    /// Records an event at the given time. `None` is the time at which the event is planned.
    pub(super) async fn record_event_when(
        &self,
        instance: InstanceId,
        actor: Actor,
        action: Action,
        targets: Vec<RecordKey>,
        at: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let (directory, principal) = (self.engine.current(instance), actor.principal.clone());
        let about = directory.as_ref().and_then(|directory| usage::resource_type_of(directory, targets.first()?));
        self.submit_when(instance, actor, PlannerRequest::RecordEvent { action, targets }, at).await?;
        if let Some(directory) = directory.filter(|_| !action.is_read()) {
            self.usage.count_action(&directory, &principal, action, about, at.unwrap_or_else(clock::now));
        }
        Ok(())
    }
}

/// Collects the operations that a command performs. Each operation is paired with the type of the resource that it
/// changes.
fn collect_event_types(
    directory: &Directory,
    command: &Command,
    event_types: &mut BTreeSet<(Action, Option<ResourceType>)>,
) {
    match command {
        Command::IfUnchanged { command, .. } => collect_event_types(directory, command, event_types),
        Command::Batch { commands, .. } => {
            event_types.insert((command.action(), None));
            commands.iter().for_each(|command| collect_event_types(directory, command, event_types));
        }
        command => {
            let about = command.main_record().and_then(|key| usage::resource_type_of(directory, &key));
            event_types.insert((command.action(), about));
        }
    }
}
