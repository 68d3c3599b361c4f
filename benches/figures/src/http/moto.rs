//! Runs the server of moto, a program that simulates AWS in tests. The server is pinned to the first processor.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use super::floorkey::pinned;

/// The environment variable with the path of moto's server program.
const MOTO: &str = "FLOORKEY_BENCH_MOTO";

/// Starts moto's server on a free port. Returns the server's process, and the server's host and port.
pub(super) fn start() -> (Child, String) {
    let program = std::env::var_os(MOTO).expect("moto's server: `cargo xtask bench` installs it");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let mut child = pinned(program)
        .args(["--host", "127.0.0.1", "--port", &free.port().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("moto's server starts");
    let answers = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        TcpStream::connect(free).is_ok()
    });
    if !answers {
        let _ = child.kill();
        let _ = child.wait();
    }
    assert!(answers, "moto's server does not answer within 30 s");
    (child, free.to_string())
}
