//! Runs a rival server, with which Floorkey is compared. It runs in a separate process that is pinned to the first
//! processor.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::bare_hyper::{self, Question, decide};
use super::process::ServerProcess;
use super::{moto, signed_hyper};

/// If this command-line argument is given, this program runs as the rival server for single evaluations.
pub(crate) const ARGUMENT: &str = "--bare-hyper";

/// The environment variable with the path of the program in `benches/peers`. That program is the rival server for
/// batches.
const PEERS: &str = "FLOORKEY_BENCH_PEERS";

/// A running rival server. Dropping this value stops the server.
pub(super) struct Rival {
    server: ServerProcess,
    pub(super) address: String,
}

impl Rival {
    pub(super) fn start(batch: bool) -> Self {
        let (program, argument) = match batch {
            false => (std::env::current_exe().expect("this program"), ARGUMENT),
            true => {
                let peers =
                    std::env::var_os(PEERS).expect("the program of benches/peers: `cargo xtask bench` builds it");
                (peers.into(), "--serve-batches")
            }
        };
        let mut command = super::floorkey::pinned(program);
        Self::spawn(command.arg(argument))
    }

    /// Starts a rival server that verifies signatures and returns responses from a file.
    pub(super) fn signed(answers: &Path) -> Self {
        let mut command = super::floorkey::pinned(std::env::current_exe().expect("this program"));
        Self::spawn(command.arg(signed_hyper::ARGUMENT).env(signed_hyper::ANSWERS, answers))
    }

    /// Starts moto's server.
    pub(super) fn moto() -> Self {
        let (child, address) = moto::start();
        Self { server: ServerProcess(child), address }
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the rival starts");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut address).expect("its address");
        Self { server: ServerProcess(child), address: address.trim().to_owned() }
    }

    pub(super) fn process(&self) -> u32 {
        self.server.id()
    }
}

/// Responds to single evaluations until the process is killed.
pub(crate) fn serve() {
    bare_hyper::serve(|body| {
        let question: Question<'_> = serde_json::from_slice(body).expect("a question");
        serde_json::to_vec(&decide(&question)).expect("an answer")
    });
}
