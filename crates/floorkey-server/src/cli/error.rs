//! The errors of commands.

use std::path::{Path, PathBuf};

use super::client::ClientError;
use super::input_error::InputError;
use crate::config::ConfigError;
use crate::start_error::StartError;

/// The reason why a command failed. The program prints the message after its own name.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// A setting is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server, or a part of it that a command needs, can't start or failed: the data folder, the service, the key
    /// file.
    #[error(transparent)]
    Start(StartError),
    /// A call to a server failed.
    #[error(transparent)]
    Call(#[from] ClientError),
    /// The temporary server of a demonstration can't start, or lacks data.
    #[error("can't start a temporary server: {0}")]
    TemporaryServer(#[from] TemporaryServerError),
    /// A demonstration was ended by a signal.
    #[error("stopped by a signal")]
    Stopped,
    /// An argument, an input file or an environment variable can't be used.
    #[error(transparent)]
    Input(#[from] InputError),
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
}

/// Converts every error that can prevent a start, so that such errors are not listed twice.
impl<E> From<E> for CliError
where
    StartError: From<E>,
{
    fn from(error: E) -> Self {
        Self::Start(error.into())
    }
}

impl CliError {
    /// Returns a function that adds what was attempted, and with which file, to an error of the operating system.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { action, path, error }
    }
}

/// The reason why the temporary server of a demonstration can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum TemporaryServerError {
    /// The folder of the server can't be created.
    #[error(transparent)]
    Folder(std::io::Error),
    /// The program can't be run.
    #[error(transparent)]
    Program(std::io::Error),
    /// The server's output can't be read.
    #[error("it has no output")]
    NoOutput,
    /// The server ended before it was ready.
    #[error("{}", .errors.trim())]
    Ended {
        /// What the server printed to standard error.
        errors: String,
    },
    /// A list of the server has no row that the demonstration can use.
    #[error("its {list} has no suitable row")]
    NoRow {
        /// The name of the list in the answer.
        list: &'static str,
    },
}

/// An argument that does not have the required form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct InvalidArgument(pub(super) &'static str);
