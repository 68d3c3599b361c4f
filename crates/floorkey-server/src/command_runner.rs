//! Executes commands that create content, on behalf of the system.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use floorkey::{Actor, Command, InstanceId, Timestamp};
use floorkey_service::failure::Failure;
use floorkey_service::service::Service;

/// Executes commands in one instance on behalf of the system.
pub(crate) struct CommandRunner {
    pub(crate) service: Arc<Service>,
    pub(crate) instance: InstanceId,
    /// The time of the commands, which must be in the past; `None` for the current time.
    pub(crate) at: Option<Timestamp>,
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
        let execute = |command| {
            Box::pin(async move {
                let Self { service, instance, at } = self;
                let executed = match at {
                    Some(at) => service.execute_at(*instance, Actor::system(), command, *at).await,
                    None => service.execute(*instance, Actor::system(), command).await,
                };
                executed.map(drop)
            })
        };
        wait_for_all(commands.into_iter().map(execute).collect()).await
    }
}

/// Polls futures in the given order until all are complete or one has failed.
///
/// # Errors
/// Returns the first failure, and the index of its future.
pub(crate) async fn wait_for_all<F>(futures: Vec<Pin<Box<F>>>) -> Result<(), (usize, Failure)>
where
    F: Future<Output = Result<(), Failure>>,
{
    let mut futures: Vec<_> = futures.into_iter().enumerate().collect();
    std::future::poll_fn(|context| {
        let mut failed = None;
        futures.retain_mut(|(index, future)| match future.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(result) => {
                failed = failed.take().or(result.err().map(|failure| (*index, failure)));
                false
            }
        });
        match (failed, futures.is_empty()) {
            (Some(failed), _) => Poll::Ready(Err(failed)),
            (None, true) => Poll::Ready(Ok(())),
            (None, false) => Poll::Pending,
        }
    })
    .await
}
