//! Starts one Floorkey for each test, which takes some milliseconds. The tests run at the same time and share nothing.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use floorkey_testing_example::can_refund;
use serde_json::Value;

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../seed.yaml");

/// A server. Dropping this value stops it.
struct Floorkey {
    child: Child,
    /// The JSON object that the server prints when it is ready.
    ready: Value,
}

impl Floorkey {
    fn start() -> Self {
        let mut command = Command::new("floorkey");
        command.args(["serve", "--ephemeral", "--seed", SEED]).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program floorkey is in the PATH");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { ready: serde_json::from_str(&line).expect("the server starts"), child }
    }

    fn url(&self) -> &str {
        self.ready["Url"].as_str().unwrap()
    }
}

impl Drop for Floorkey {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_booking_is_refunded_by_its_owner_only() {
    let floorkey = Floorkey::start();
    let can_refund = |username| can_refund(floorkey.url(), "token-for-tests", username, "NS-1");
    assert!(can_refund("ann"));
    assert!(!can_refund("ben"));
}

#[test]
fn a_wrong_token_allows_nothing() {
    let floorkey = Floorkey::start();
    assert!(!can_refund(floorkey.url(), "wrong", "ann", "NS-1"));
}
