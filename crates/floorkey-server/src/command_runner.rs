//! Executes commands that create content, on behalf of the system.

use std::sync::Arc;
use std::task::Poll;

use floorkey::{Actor, Command, InstanceId};
use floorkey_service::failure::Failure;
use floorkey_service::service::Service;

/// Executes commands in one instance on behalf of the system.
pub(crate) struct CommandRunner {
    pub(crate) service: Arc<Service>,
    pub(crate) instance: InstanceId,
}

impl CommandRunner {
    /// Does the same as [`CommandRunner::execute_each`], but returns only the failure.
    ///
    /// # Errors
    /// Returns the failure of a command that failed.
    pub(crate) async fn execute_all(&self, commands: Vec<Command>) -> Result<(), Failure> {
        self.execute_each(commands).await.map_err(|(_, failure)| failure)
    }

    /// Executes commands that don't depend on one another. The commands are submitted in the given order, so that the
    /// history is always the same. They are not awaited one by one, so that several commands can share a transaction.
    ///
    /// # Errors
    /// Returns the failure of a command that failed, and the index of the command.
    pub(crate) async fn execute_each(&self, commands: Vec<Command>) -> Result<(), (usize, Failure)> {
        let execute =
            |(index, command)| (index, Box::pin(self.service.execute(self.instance, Actor::system(), command)));
        let mut executions: Vec<_> = commands.into_iter().enumerate().map(execute).collect();
        std::future::poll_fn(|context| {
            let mut failed = None;
            executions.retain_mut(|(index, execution)| match execution.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(result) => {
                    failed = failed.take().or(result.err().map(|failure| (*index, failure)));
                    false
                }
            });
            match (failed, executions.is_empty()) {
                (Some(failed), _) => Poll::Ready(Err(failed)),
                (None, true) => Poll::Ready(Ok(())),
                (None, false) => Poll::Pending,
            }
        })
        .await
    }
}
