//! The errors of the mail queue.

use std::path::PathBuf;

/// The reason why an email can't be built or stored, or why the mail settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The URL in the settings does not identify a mail server.
    #[error("FLOORKEY_SMTP_URL is not the URL of a mail server: {0}")]
    SmtpUrl(lettre::transport::smtp::Error),
    /// The recipient is not an email address.
    #[error("`{0}` is not an email address")]
    Recipient(String),
    /// The text can't be written without an encoding, which the files in the outbox don't use.
    #[error("the email can't be written without encoding")]
    Encoding,
    /// The message can't be built from its parts.
    #[error(transparent)]
    Build(#[from] lettre::error::Error),
    /// A file in the spool does not contain a valid message, or a message can't be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The spool can't be read.
    #[error(transparent)]
    Unreadable(#[from] std::io::Error),
    /// A file can't be written.
    #[error("can't write {}: {error}", path.display())]
    NotWritten {
        /// The path of the file.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The thread for file operations failed.
    #[error(transparent)]
    Task(#[from] tokio::task::JoinError),
}
