//! Runs the program `floorkey` as users do, but pinned to the first processor.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use tokio::runtime::Runtime;

use super::process::ServerProcess;
use crate::writes;

/// The environment variable with the path of the program `floorkey`.
const PROGRAM: &str = "FLOORKEY_BENCH_PROGRAM";

/// The number of users in the instance. The users' login names are `agent0`, `agent1`, and so on.
pub(super) const USERS: usize = 1_000;

/// The preset API token.
pub(super) const TOKEN: &str = "fk_bench_0123456789abcdefghijklmnopqrstuvwxyz";

/// The operator's access key.
pub(super) const OPERATOR_ID: &str = "AKIABENCHOPERATOR000";
pub(super) const OPERATOR_SECRET: &str = "bench-operator-secret-0123456789abcdefgh";

/// A running Floorkey server. Dropping this value stops the server.
pub(super) struct Floorkey {
    server: ServerProcess,
    /// The server's standard output. It is kept open because the server prints more lines later.
    _out: Lines<BufReader<ChildStdout>>,
    /// The host and port of the server.
    pub(super) address: String,
}

/// Creates a data folder for the servers, and returns the folder's path. The program creates the key file, because a
/// server does not start on existing data without one.
pub(super) fn prepare(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    Runtime::new().expect("a runtime").block_on(async {
        let (service, ..) = writes::service(&data, USERS).await;
        service.stop().await;
    });
    let created = Command::new(program()).args(["admin", "replace-key", "--data"]).arg(&data).output();
    let created = created.expect("the program");
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    data
}

/// Returns the path of the program `floorkey`.
fn program() -> OsString {
    std::env::var_os(PROGRAM).expect("the program: `cargo xtask bench` builds it")
}

impl Floorkey {
    pub(super) fn start(data: &Path) -> Self {
        let mut child = pinned(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("FLOORKEY_API_TOKEN", TOKEN)
            .env("FLOORKEY_OPERATOR_ACCESS_KEY_ID", OPERATOR_ID)
            .env("FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", OPERATOR_SECRET)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut out = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = out
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("export AWS_ENDPOINT_URL_CONNECT=http://").map(str::to_owned));
        let server = ServerProcess(child);
        Self { server, _out: out, address: address.expect("it says where it answers") }
    }

    pub(super) fn process(&self) -> u32 {
        self.server.id()
    }
}

/// Returns a command that runs a program on the first processor only.
pub(super) fn pinned(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(program);
    command
}
