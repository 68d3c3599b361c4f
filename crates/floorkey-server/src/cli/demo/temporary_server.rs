//! A server with its own folder and port, which exists while a demonstration is played.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use floorkey_service::entropy;
use floorkey_service::service::credentials;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use zeroize::Zeroizing;

use crate::cli::CliError;
use crate::cli::client::{Client, ClientError};
use crate::cli::error::TemporaryServerError;
use crate::running::stop_signal;

/// The region of the server.
const REGION: &str = "us-east-1";

/// An access key with its secret.
pub(super) struct AccessKey {
    pub(super) id: String,
    pub(super) secret: Zeroizing<String>,
}

/// Plays a demonstration with a new server. Then, or if this process receives a signal to stop, ends the server and
/// removes its folder.
///
/// # Errors
/// Returns an error if the folder can't be created, if the server can't start, or if this process is to stop. Returns
/// the errors of the demonstration.
pub(super) async fn with_server<T: Send + 'static>(
    play: impl FnOnce(&TemporaryServer) -> Result<T, CliError> + Send + 'static,
) -> Result<T, CliError> {
    // The signal is caught before the server exists, so that no signal leaves a server behind.
    let signal = stop_signal()?;
    let folder = tempfile::tempdir().map_err(TemporaryServerError::Folder)?;
    let mut process = Process::spawn(folder.path())?;
    let result = tokio::select! {
        result = process.play(play) => result,
        signaled = signal => signaled.map_err(CliError::from).and(Err(CliError::Stopped)),
    };
    // The folder is removed after the server has ended, because the server writes to it.
    process.stop().await;
    result
}

/// The process of the server.
struct Process {
    process: Child,
    /// The server's standard output, which stays open so that the server can write to it.
    output: Lines<BufReader<ChildStdout>>,
    program: PathBuf,
    operator: AccessKey,
    api_token: String,
}

impl Process {
    /// Starts this program as a server.
    fn spawn(folder: &Path) -> Result<Self, TemporaryServerError> {
        let program = std::env::current_exe().map_err(TemporaryServerError::Program)?;
        let (id, secret) = credentials::new_access_key();
        let operator = AccessKey { id: id.to_string(), secret };
        let api_token = hex::encode(entropy::random_bytes::<32>());
        let mut command = command(&program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "error"])
            .current_dir(folder)
            .env("FLOORKEY_DATA", folder.join("data"))
            .env("FLOORKEY_OPERATOR_ACCESS_KEY_ID", &operator.id)
            .env("FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", operator.secret.as_str())
            .env("FLOORKEY_API_TOKEN", &api_token)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process =
            tokio::process::Command::from(command).kill_on_drop(true).spawn().map_err(TemporaryServerError::Program)?;
        let output = process.stdout.take().ok_or(TemporaryServerError::NoOutput)?;
        Ok(Self { process, output: BufReader::new(output).lines(), program, operator, api_token })
    }

    /// Waits until the server is ready, and plays the demonstration on a thread of its own, because its calls block.
    async fn play<T: Send + 'static>(
        &mut self,
        play: impl FnOnce(&TemporaryServer) -> Result<T, CliError> + Send + 'static,
    ) -> Result<T, CliError> {
        let endpoint = self.endpoint().await?;
        let operator = AccessKey { id: self.operator.id.clone(), secret: self.operator.secret.clone() };
        let (program, api_token) = (self.program.clone(), self.api_token.clone());
        let server = TemporaryServer { program, endpoint, operator, api_token };
        tokio::task::spawn_blocking(move || play(&server)).await.map_err(std::io::Error::from)?
    }

    /// Reads the first lines of the server's output until the line with its address.
    async fn endpoint(&mut self) -> Result<String, TemporaryServerError> {
        while let Ok(Some(line)) = self.output.next_line().await {
            if let Some(endpoint) = line.strip_prefix("export AWS_ENDPOINT_URL_CONNECT=") {
                return Ok(endpoint.to_owned());
            }
        }
        let mut errors = String::new();
        if let Some(mut output) = self.process.stderr.take() {
            let _ = output.read_to_string(&mut errors).await;
        }
        Err(TemporaryServerError::Ended { errors })
    }

    /// Ends the server, and waits until it has ended.
    async fn stop(mut self) {
        // The server may have ended by itself.
        let _ = self.process.kill().await;
    }
}

/// A running server, and what is needed to call it.
pub(super) struct TemporaryServer {
    program: PathBuf,
    endpoint: String,
    operator: AccessKey,
    api_token: String,
}

impl TemporaryServer {
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

/// Returns a command that runs this program without the settings of the user's environment.
fn command(program: &Path) -> Command {
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
