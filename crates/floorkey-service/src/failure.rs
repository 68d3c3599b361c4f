//! Failures: whatever keeps a command or a question from its answer.

use floorkey::Refusal;
use floorkey_store::StoreError;

/// Seconds after which it helps to try again what was turned away for lack of room.
pub const BUSY_SECONDS: u32 = 5;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not keep it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too much of that kind is going on; it helps to try again after `BUSY_SECONDS`.
    #[error("too many passwords are being set or checked: try again in a few seconds")]
    Busy,
    /// More changes were made with signatures that still count than the server can remember.
    #[error("too many signed changes were made in the last minutes: try again in a few minutes")]
    TooManyChanges,
    /// As many letters as there is room for wait for the mail server.
    #[error("too many emails are waiting for the mail server: try again later")]
    MailFull,
    /// There is no such instance, or the caller may not know of it.
    #[error("there is no instance `{0}`")]
    NoInstance(String),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl From<floorkey::Invalid> for Failure {
    fn from(invalid: floorkey::Invalid) -> Self {
        Self::Refused(invalid.into())
    }
}
