//! The program as operators run it: commands, and a server with its own folder.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::client::{self, Client};
use crate::http;
use crate::server::{OPERATOR_ID, OPERATOR_SECRET};
use crate::sign::Key;

/// The maximum time from a server's start until the server prints its address.
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// The result of running a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The server's response to a call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) error: String,
    pub(crate) body: Value,
}

impl Answer {
    fn of(answer: &http::Answer) -> Self {
        let error = answer.header("x-amzn-errortype").unwrap_or_default().to_owned();
        Self { status: answer.status, error, body: answer.json() }
    }

    /// Returns the string that has the given key in the body. Returns an empty string if the key is missing.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }

    /// Returns the status, the error type and the message of an error response.
    pub(crate) fn refusal(&self) -> (u16, &str, &str) {
        let message = self.body.get("Message").or(self.body.get("message")).and_then(Value::as_str);
        (self.status, self.error.as_str(), message.unwrap_or_default())
    }
}

/// A folder with data and, while the server runs, the server's process.
pub(crate) struct Program {
    folder: TempDir,
    child: Option<Child>,
    pub(crate) endpoint: String,
    pub(crate) operator: Key,
    pub(crate) instance: String,
    /// How long the last start took.
    pub(crate) started_in: Duration,
}

impl Program {
    /// Starts a server in a new folder.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_on(tempfile::tempdir().unwrap(), arguments)
    }

    /// Starts a server with a copy of the given data folder.
    pub(crate) fn start_on_copy_of(data: &Path, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("data");
        std::fs::create_dir(&copy).unwrap();
        for file in std::fs::read_dir(data).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
        Self::start_on(folder, arguments)
    }

    fn start_on(folder: TempDir, arguments: &[&str]) -> Self {
        let operator = Key { id: OPERATOR_ID.to_owned(), secret: OPERATOR_SECRET.to_owned() };
        let mut program = Self {
            folder,
            child: None,
            endpoint: String::new(),
            operator,
            instance: String::new(),
            started_in: Duration::ZERO,
        };
        program.restart(arguments);
        program
    }

    /// Starts the server again in its folder.
    pub(crate) fn restart(&mut self, arguments: &[&str]) {
        let begun = Instant::now();
        let file = |name: &str| File::create(self.folder.path().join(name)).unwrap();
        let child = self
            .command(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
            .env("FLOORKEY_OPERATOR_ACCESS_KEY_ID", &self.operator.id)
            .env("FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", &self.operator.secret)
            .stdout(file("out.txt"))
            .stderr(file("err.txt"))
            .spawn();
        self.child = Some(child.unwrap());
        while !self.printed("out.txt").contains("AWS_DEFAULT_REGION") {
            assert!(begun.elapsed() < READY_TIMEOUT, "no server: {}", self.printed("err.txt"));
            std::thread::sleep(Duration::from_millis(10));
        }
        self.started_in = begun.elapsed();
        let printed = self.printed("out.txt");
        let line = printed.lines().find_map(|line| line.strip_prefix("export AWS_ENDPOINT_URL_CONNECT="));
        self.endpoint = line.unwrap().to_owned();
        let instances = self.call(&self.operator.clone(), "GET", "/instance", None);
        self.instance = instances.body["InstanceSummaryList"][0]["Id"].as_str().unwrap().to_owned();
    }

    /// Stops the server as an operator would, and returns the server's exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        Command::new("kill").arg(child.id().to_string()).status().unwrap();
        child.wait().unwrap().code()
    }

    /// Returns the folder with all files of the test. Its subfolder `data` is the data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the server's output: standard output for `out.txt`, and standard error for `err.txt`.
    pub(crate) fn printed(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Runs a command with the operator's access key.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self
            .command(arguments)
            .env("FLOORKEY_ENDPOINT", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", &self.operator.id)
            .env("AWS_SECRET_ACCESS_KEY", &self.operator.secret))
    }

    /// Returns a command that runs the program in the folder, without the test's environment variables.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command.args(arguments).env("FLOORKEY_DATA", self.folder.path().join("data"));
        command
    }

    /// Calls the server, and checks the rules that apply to all responses. `path` can contain a query.
    pub(crate) fn call(&self, key: &Key, method: &str, path: &str, body: Option<&str>) -> Answer {
        let address = self.endpoint.strip_prefix("http://").unwrap().parse().unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let answer = Client::new(address, key.clone()).send(method, path, query, body.unwrap_or_default().as_bytes());
        client::check(&answer, None);
        Answer::of(&answer)
    }

    /// Calls the server without a signature.
    pub(crate) fn call_unsigned(&self, method: &str, path: &str) -> Answer {
        let address = self.endpoint.strip_prefix("http://").unwrap().parse().unwrap();
        Answer::of(&client::unsigned(address, method, path, "", b""))
    }

    /// Calls an operation of the management API for the instance.
    pub(crate) fn extension(&self, key: &Key, method: &str, path: &str, body: Option<&str>) -> Answer {
        self.call(key, method, &format!("/floorkey/v1/instances/{}{path}", self.instance), body)
    }

    /// Returns the ID of the user with the given login.
    pub(crate) fn user(&self, login: &str) -> String {
        let answer = self.extension(&self.operator, "GET", &format!("/logins/{login}"), None);
        assert_eq!(answer.status, 200, "{login}: {answer:?}");
        answer.text("UserId").to_owned()
    }

    /// Creates an access key for the user with the given login.
    pub(crate) fn key_of(&self, login: &str) -> Key {
        let path = format!("/users/{}/access-keys", self.user(login));
        let answer = self.extension(&self.operator, "POST", &path, None);
        assert_eq!(answer.status, 200, "{login}: {answer:?}");
        Key { id: answer.text("AccessKeyId").to_owned(), secret: answer.text("SecretAccessKey").to_owned() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Returns a command that runs the program in the given folder. `PATH` is the only environment variable that is passed
/// on.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_floorkey")));
    command.current_dir(folder).stdin(Stdio::null()).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Runs a command and waits until the command ends.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}
