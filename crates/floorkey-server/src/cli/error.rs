//! The errors of commands.

use std::path::{Path, PathBuf};

use floorkey_service::failure::Failure;
use floorkey_store::StoreError;

use super::client::ClientError;
use crate::config::ConfigError;
use crate::key_file::KeyFileFailure;
use crate::start_error::StartError;

/// The reason why a command failed. The program prints the message after its own name.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// A setting is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server can't start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The data folder can't be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The service can't start, or refused a change.
    #[error(transparent)]
    Service(#[from] Failure),
    /// The key file can't be replaced.
    #[error(transparent)]
    KeyFile(#[from] KeyFileFailure),
    /// A call to a server failed.
    #[error(transparent)]
    Call(#[from] ClientError),
    /// The temporary server of a demonstration can't start, or lacks data.
    #[error("can't start a temporary server: {0}")]
    TemporaryServer(String),
    /// An argument, an input file or an environment variable is missing or invalid, or names something that does not
    /// exist. The message says which one, and what would be right.
    #[error("{0}")]
    Input(String),
    /// A file or a folder can't be read or written.
    #[error("can't {action} {}: {error}", path.display())]
    File {
        /// What was attempted, as a verb: `write`.
        action: &'static str,
        /// The path of the file or the folder.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// A result can't be printed.
    #[error("can't write to standard output: {0}")]
    Output(std::io::Error),
    /// A result can't be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A certificate can't be created.
    #[error(transparent)]
    Certificate(#[from] rcgen::Error),
    /// The operating system refused a call, such as starting a thread.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

impl CliError {
    /// Returns a function that adds what was attempted, and with which file, to an error of the operating system.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { action, path, error }
    }
}

/// An argument that does not have the required form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct InvalidArgument(pub(super) &'static str);
