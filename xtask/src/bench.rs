//! The figures: what `cargo xtask bench` measures.

use std::process::{Command, Stdio};

use crate::tools;

/// What measures: package and bench. Memory is measured apart from time, because to count it costs time.
const BENCHES: [(&str, &str); 2] = [("floorkey-server", "ratios"), ("floorkey", "memory")];

/// Builds and runs the benches, which measure everything against its rival.
///
/// # Errors
/// A bench that can't be built or fails. A bound that doesn't hold is shown and is no error.
pub(crate) fn run(json: bool, figures: &[String]) -> Result<(), String> {
    if figures.is_empty() || figures.iter().any(|figure| figure.starts_with("http")) {
        tools::wrk()?;
    }
    let of_memory = |figure: &String| figure.starts_with("memory");
    for (package, bench) in BENCHES {
        // Each takes minutes to build: not for figures of the other alone.
        if !figures.is_empty() && figures.iter().all(|figure| of_memory(figure) != (bench == "memory")) {
            continue;
        }
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["bench", "--quiet", "--package", package, "--bench", bench, "--"]).args(figures);
        if json {
            cargo.arg("--json");
        }
        let status = cargo.stdin(Stdio::null()).status().map_err(|error| format!("cargo can't be run: {error}"))?;
        if !status.success() {
            return Err("a bench failed: what it said stands above".to_owned());
        }
    }
    Ok(())
}
