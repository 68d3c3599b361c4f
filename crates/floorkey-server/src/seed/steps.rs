//! The commands that create a seed's content, each with the place in the file that it comes from.

use std::sync::Arc;

use floorkey::{Command, InstanceId};
use floorkey_service::service::Service;
use serde_saphyr::Location;

use super::error::SeedError;
use super::format::Name;
use super::ids::Kind;
use super::names::Names;
use crate::command_runner::CommandRunner;

/// Commands that don't depend on one another.
#[derive(Default)]
pub(super) struct Steps {
    commands: Vec<Command>,
    places: Vec<(Location, String)>,
}

impl Steps {
    /// Adds a command that creates or changes the record with this name.
    pub(super) fn push(&mut self, kind: Kind, name: &Name, command: Command) {
        self.push_about(name, format!("{} `{}`", kind.noun(), name.value), command);
    }

    /// Adds a command. An error about it begins with `subject`.
    pub(super) fn push_about(&mut self, name: &Name, subject: String, command: Command) {
        self.commands.push(command);
        self.places.push((name.referenced, subject));
    }

    /// Executes the commands.
    ///
    /// # Errors
    /// Returns an error that names the place of a command that was refused.
    pub(super) async fn execute(self, target: &Target<'_>) -> Result<(), SeedError> {
        let Self { commands, places } = self;
        target.runner.execute_each(commands).await.map_err(|(index, failure)| match places.get(index) {
            Some((location, subject)) => target.names.error_at(*location, &format!("{subject}: {failure}")),
            None => SeedError::Refused(failure),
        })
    }
}

/// The instance in which a seed's content is created, and the names of the content.
pub(super) struct Target<'a> {
    pub(super) runner: CommandRunner,
    pub(super) names: &'a Names,
}

impl<'a> Target<'a> {
    pub(super) fn new(service: &Arc<Service>, instance: InstanceId, names: &'a Names) -> Self {
        Self { runner: CommandRunner { service: service.clone(), instance, at: None }, names }
    }
}
