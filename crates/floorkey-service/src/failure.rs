//! The failures that commands and queries can return.

use floorkey::Refusal;
use floorkey_store::StoreError;

use crate::sealing::SealError;

/// The number of seconds that a client should wait before retrying a request that was rejected because the server is
/// busy.
pub const BUSY_SECONDS: u32 = 5;

/// The reason why a command or query failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The rules of the domain refuse the command.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too many requests that need password hashing are in progress. The client can retry after [`BUSY_SECONDS`].
    #[error("too many passwords are being set or checked: try again in a few seconds")]
    Busy,
    /// The server can't remember any more signatures, so it can't accept another signed change at this time.
    #[error("too many signed changes were made in the last minutes: try again in a few minutes")]
    TooManyChanges,
    /// The queue of outgoing email is full.
    #[error("too many emails are waiting for the mail server: try again later")]
    MailFull,
    /// The instance does not exist, or the caller can't see it.
    #[error("there is no instance `{0}`")]
    NoInstance(String),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// An internal error.
    #[error("{0}")]
    Internal(String),
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<floorkey::Invalid> for Failure {
    fn from(invalid: floorkey::Invalid) -> Self {
        Self::Refused(invalid.into())
    }
}
