//! Progress of cargo: one line every few seconds, instead of a line for each crate.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The interval between lines.
const INTERVAL: Duration = Duration::from_secs(15);

/// Whether a line was printed since the last call of [`was_printed`].
static PRINTED: AtomicBool = AtomicBool::new(false);

/// The progress of one command.
pub(crate) struct Progress {
    begun: Instant,
    printed: Instant,
    crates: usize,
}

/// A line of cargo's standard error.
#[derive(Debug, PartialEq)]
enum CargoLine<'a> {
    /// Cargo compiles, checks or documents this crate.
    Crate(&'a str),
    /// Another message about cargo's own work.
    Other,
    /// A warning, an error, or a line that a test wrote.
    Message,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self { begun: now, printed: now, crates: 0 }
    }

    /// Takes a line of cargo's standard error. Returns whether the line is a message, which must be shown.
    pub(crate) fn take(&mut self, line: &str) -> bool {
        let name = match parse(line) {
            CargoLine::Message => return true,
            CargoLine::Other => return false,
            CargoLine::Crate(name) => name,
        };
        self.crates += 1;
        if self.printed.elapsed() >= INTERVAL {
            self.printed = Instant::now();
            before_line();
            let plural = if self.crates == 1 { "" } else { "s" };
            println!("            {} crate{plural} in {} s, now {name}", self.crates, self.begun.elapsed().as_secs());
        }
        false
    }
}

/// Ends the line of the running check, unless it has ended already.
pub(crate) fn before_line() {
    if !PRINTED.swap(true, Ordering::Relaxed) {
        println!();
    }
}

/// Whether a line was printed since the last call.
pub(crate) fn was_printed() -> bool {
    PRINTED.swap(false, Ordering::Relaxed)
}

fn parse(line: &str) -> CargoLine<'_> {
    // Cargo aligns its verbs to the right, in 12 columns.
    let Some((verb, rest)) = line.split_at_checked(12).map(|(verb, rest)| (verb.trim_start(), rest.trim_start()))
    else {
        return CargoLine::Message;
    };
    match verb {
        "Compiling" | "Checking" | "Documenting" => CargoLine::Crate(rest.split(' ').next().unwrap_or_default()),
        "Finished" | "Fresh" | "Blocking" | "Generated" | "Running" | "Doc-tests" | "Downloading" | "Downloaded"
        | "Updating" | "Locking" => CargoLine::Other,
        _ => CargoLine::Message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_are_shown() {
        for (line, expected) in [
            ("   Compiling floorkey-store v0.1.0 (/home/ann/floorkey)", CargoLine::Crate("floorkey-store")),
            ("    Checking serde v1.0.0", CargoLine::Crate("serde")),
            (" Documenting floorkey v0.1.0", CargoLine::Crate("floorkey")),
            ("    Finished `dev` profile [unoptimized + debuginfo] target(s) in 1m 11s", CargoLine::Other),
            ("     Running tests/it/main.rs (target/debug/deps/it-1)", CargoLine::Other),
            ("    Blocking waiting for file lock on build directory", CargoLine::Other),
            ("warning: unused variable: `x`", CargoLine::Message),
            ("  --> crates/floorkey/src/lib.rs:1:1", CargoLine::Message),
            ("", CargoLine::Message),
            ("browser: skipped, there is no Chromium", CargoLine::Message),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
        let mut progress = Progress::new();
        assert!(!progress.take("    Checking serde v1.0.0") && progress.take("error: no"));
        assert_eq!(progress.crates, 1);
    }
}
