//! Starts the real program for a test, with a separate data folder.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use floorkey_aws::operation::Operation;
use serde_json::json;
use tempfile::TempDir;

use crate::client::Client;
use crate::sign::Key;

pub(crate) const OPERATOR_ID: &str = "AKIAOPERATOR00000000";
pub(crate) const OPERATOR_SECRET: &str = "operator-secret-for-tests-0123456789";
pub(crate) const ADMIN_PASSWORD: &str = "Adm1nistrator";

/// A running server. Dropping this value stops the server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    folder: TempDir,
}

impl Server {
    /// Starts a server with a new data folder and the given environment variables.
    pub(crate) fn start_with(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, address) = spawn(&folder, &["serve"], variables);
        Self { child, address, folder }
    }

    /// Starts a server with the demo data.
    pub(crate) fn demo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, address) = spawn(&folder, &["serve", "--demo"], &[]);
        Self { child, address, folder }
    }

    /// Kills the server, as in a power failure. The server writes no pending data and does not notify its clients.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Returns the server's process ID.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the server's data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Kills the server, and starts it again with the same data folder.
    pub(crate) fn restart(&mut self) {
        self.restart_with(&[]);
    }

    /// Kills the server, and starts it again with the same data folder and the given environment variables.
    pub(crate) fn restart_with(&mut self, variables: &[(&str, &str)]) {
        self.kill();
        (self.child, self.address) = spawn(&self.folder, &["serve"], variables);
    }

    /// Returns a client with the operator's access key.
    pub(crate) fn operator(&self) -> Client {
        self.client(Key { id: OPERATOR_ID.to_owned(), secret: OPERATOR_SECRET.to_owned() })
    }

    /// Returns a client with the given access key.
    pub(crate) fn client(&self, key: Key) -> Client {
        Client::new(self.address, key)
    }

    /// Returns the first instance's ID.
    pub(crate) fn instance(&self) -> String {
        let list = self.operator().ok(Operation::ListInstances, &json!({}));
        list["InstanceSummaryList"][0]["Id"].as_str().unwrap().to_owned()
    }

    /// Creates an access key for a user as the operator, and returns a client with this key.
    pub(crate) fn as_user(&self, instance: &str, user: &str) -> Client {
        let path = format!("/floorkey/v1/instances/{instance}/users/{user}/access-keys");
        let made = self.operator().send("POST", &path, "", br#"{"Label":"test"}"#);
        assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(&made.body));
        let made = made.json();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        self.client(Key { id: text("AccessKeyId"), secret: text("SecretAccessKey") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a command that runs the program in the given folder and on a free port. The command does not use this
/// machine's settings.
pub(crate) fn floorkey(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_floorkey"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FLOORKEY_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("FLOORKEY_LISTEN", "127.0.0.1:0")
        .env("FLOORKEY_ADMIN_PASSWORD", ADMIN_PASSWORD)
        .env("FLOORKEY_LOG", "error");
    command
}

/// Starts a server, and waits until the server prints its address.
pub(crate) fn answering(mut command: Command) -> (Child, SocketAddr) {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next().expect("the server ended before it said its address").unwrap();
        if let Some((_, url)) = line.split_once(" is listening at http") {
            break url.trim_start_matches('s').trim_start_matches("://").trim().parse().unwrap();
        }
    };
    // All output is read, so that the server never blocks on a full pipe.
    std::thread::spawn(move || for _ in lines {});
    (child, address)
}

fn spawn(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> (Child, SocketAddr) {
    let mut command = floorkey(folder.path());
    command
        .args(arguments)
        .env("FLOORKEY_DATA", folder.path().join("data"))
        .env("FLOORKEY_OPERATOR_ACCESS_KEY_ID", OPERATOR_ID)
        .env("FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", OPERATOR_SECRET)
        .envs(variables.iter().copied());
    answering(command)
}
