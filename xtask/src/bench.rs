//! The figures: what `cargo xtask bench` measures.

use std::process::{Command, Stdio};

/// Builds and runs the benches of the server crate, which measure everything against its rival.
///
/// # Errors
/// A bench that can't be built or fails. A bound that doesn't hold is shown and is no error.
pub(crate) fn run(json: bool, figures: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["bench", "--quiet", "--package", "floorkey-server", "--bench", "ratios", "--"]).args(figures);
    if json {
        cargo.arg("--json");
    }
    let status = cargo.stdin(Stdio::null()).status().map_err(|error| format!("cargo can't be run: {error}"))?;
    if status.success() { Ok(()) } else { Err("a bench failed: what it said stands above".to_owned()) }
}
