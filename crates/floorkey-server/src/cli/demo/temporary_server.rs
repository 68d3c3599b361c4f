//! A server with its own folder and port. The folder is removed when the server is dropped.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use floorkey_service::entropy;
use floorkey_service::service::credentials;
use zeroize::Zeroizing;

use crate::cli::CliError;
use crate::cli::client::{Client, ClientError};
use crate::cli::error::TemporaryServerError;

/// The region of the server.
const REGION: &str = "us-east-1";

/// An access key with its secret.
pub(super) struct AccessKey {
    pub(super) id: String,
    pub(super) secret: Zeroizing<String>,
}

/// A server that runs until this value is dropped.
pub(super) struct TemporaryServer {
    program: PathBuf,
    process: Child,
    /// The server's standard output, which stays open so that the server can write to it.
    _output: BufReader<ChildStdout>,
    endpoint: String,
    operator: AccessKey,
    api_token: String,
    /// The folder of the server. It is the last field, because the server must have stopped when it is removed.
    _folder: tempfile::TempDir,
}

impl TemporaryServer {
    /// Starts this program as a server, and waits until it is ready.
    ///
    /// # Errors
    /// Returns an error if the folder can't be created, or if the server can't start.
    pub(super) fn start() -> Result<Self, TemporaryServerError> {
        let folder = tempfile::tempdir().map_err(TemporaryServerError::Folder)?;
        let program = std::env::current_exe().map_err(TemporaryServerError::Program)?;
        let (id, secret) = credentials::new_access_key();
        let operator = AccessKey { id: id.to_string(), secret };
        let api_token = hex::encode(entropy::random_bytes::<32>());
        let mut process = command(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "error"])
            .current_dir(folder.path())
            .env("FLOORKEY_DATA", folder.path().join("data"))
            .env("FLOORKEY_OPERATOR_ACCESS_KEY_ID", &operator.id)
            .env("FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", operator.secret.as_str())
            .env("FLOORKEY_API_TOKEN", &api_token)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(TemporaryServerError::Program)?;
        let output = process.stdout.take().ok_or(TemporaryServerError::NoOutput)?;
        let mut output = BufReader::new(output);
        match read_endpoint(&mut output) {
            Some(endpoint) => {
                Ok(Self { program, process, _output: output, endpoint, operator, api_token, _folder: folder })
            }
            None => {
                let mut errors = String::new();
                if let Some(mut output) = process.stderr.take() {
                    let _ = output.read_to_string(&mut errors);
                }
                let _ = process.kill();
                let _ = process.wait();
                Err(TemporaryServerError::Ended { errors })
            }
        }
    }

    /// The operator's access key.
    pub(super) const fn operator(&self) -> &AccessKey {
        &self.operator
    }

    /// Returns a client that signs calls with an access key.
    ///
    /// # Errors
    /// Returns an error if the server has printed an invalid address.
    pub(super) fn client(&self, key: &AccessKey) -> Result<Client, ClientError> {
        Client::new(&self.endpoint, REGION.to_owned(), key.id.clone(), key.secret.clone())
    }

    /// Runs a command of this program with an access key. Returns what it prints, whether or not it succeeds.
    ///
    /// # Errors
    /// Returns the operating system's error if the program can't be run.
    pub(super) fn run(&self, key: &AccessKey, arguments: &[&str]) -> Result<String, CliError> {
        let ran = command(&self.program)
            .args(arguments)
            .env("FLOORKEY_ENDPOINT", &self.endpoint)
            .env("FLOORKEY_API_TOKEN", &self.api_token)
            .env("AWS_ACCESS_KEY_ID", &key.id)
            .env("AWS_SECRET_ACCESS_KEY", key.secret.as_str())
            .env("AWS_REGION", REGION)
            .output()?;
        Ok([ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat())
    }
}

impl Drop for TemporaryServer {
    fn drop(&mut self) {
        // The server may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads the first lines of the server's output until the line with its address. Returns `None` if the output ends.
fn read_endpoint(output: &mut impl std::io::BufRead) -> Option<String> {
    output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("export AWS_ENDPOINT_URL_CONNECT=").map(str::to_owned))
}

/// Returns a command that runs this program without the settings of the user's environment.
fn command(program: &std::path::Path) -> Command {
    let mut command = Command::new(program);
    let is_setting = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("FLOORKEY_") || name.starts_with("AWS_")
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}
