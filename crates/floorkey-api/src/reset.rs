//! Requests to reset a server that keeps its data in memory.

use floorkey::Revision;
use tokio::sync::{mpsc, oneshot};

/// A request to reset the server, with the channel for its result. The result is the new revision of the first
/// instance, or the reason why the server can't be reset.
pub type ResetRequest = oneshot::Sender<Result<Revision, ResetError>>;

/// The reason why the server can't be reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// The content can't be restored.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Sends requests to reset the server.
#[derive(Clone)]
pub struct Resetter(mpsc::Sender<ResetRequest>);

impl Resetter {
    /// Creates a sender, and the receiver of its requests.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<ResetRequest>) {
        let (sender, requests) = mpsc::channel(16);
        (Self(sender), requests)
    }

    /// Resets the server. Returns the new revision of the first instance.
    ///
    /// # Errors
    /// Returns an error if the server can't be reset, or if it is stopping.
    pub(crate) async fn reset(&self) -> Result<Revision, ResetError> {
        let (response, result) = oneshot::channel();
        self.0.send(response).await.map_err(|_| ResetError::Stopping)?;
        result.await.unwrap_or(Err(ResetError::Stopping))
    }
}
