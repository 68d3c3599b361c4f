//! A server that runs in a root folder.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{program, quiet};

/// The maximum time from a server's start until it is ready, and from the signal to stop until it has stopped.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The interval between two questions about the server's state.
const INTERVAL: Duration = Duration::from_millis(50);

/// A running server. Dropping this value kills the server.
pub(super) struct Server {
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server, and waits until the command `health` succeeds.
    pub(super) fn start(mut command: Command, health: impl Fn() -> Command) -> Result<Self, String> {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| format!("can't start the server: {error}"))?;
        let mut server = Self { child };
        let begin = Instant::now();
        loop {
            let Err(problem) = quiet(health()) else { return Ok(server) };
            let ended = server.child.try_wait().map_err(|error| error.to_string())?;
            if ended.is_some() || begin.elapsed() > TIMEOUT {
                return Err(format!("the server is not ready: {problem}\n{}", server.errors()));
            }
            std::thread::sleep(INTERVAL);
        }
    }

    /// Stops the server as systemd and Docker do.
    pub(super) fn stop(mut self) -> Result<(), String> {
        let mut kill = program("kill", ["-TERM"]);
        kill.arg(self.child.id().to_string());
        quiet(kill)?;
        let begin = Instant::now();
        while begin.elapsed() < TIMEOUT {
            match self.child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("the server stopped with {status}:\n{}", self.errors())),
                None => std::thread::sleep(INTERVAL),
            }
        }
        Err(format!("the server did not stop in {} s", TIMEOUT.as_secs()))
    }

    /// Kills the server and returns what it wrote to standard error.
    fn errors(&mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            let _ = std::io::Read::read_to_string(&mut errors, &mut text);
        }
        text
    }
}

/// Returns an address of this machine with a port that is free.
pub(super) fn free_address() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.to_string()).map_err(|error| error.to_string())
}
