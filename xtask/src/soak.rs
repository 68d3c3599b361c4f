//! The soak run, which runs much longer versions of the ordinary tests. It also checks that a test fails if a rule of
//! the escalation guard is missing.

mod mutants;

use crate::program::{cargo, live, quiet};
use crate::workspace::PEERS;

/// The number of decisions to compare with the naive oracle.
const DECISIONS: &str = "10000000";

/// The number of additional steps in the search of the escalation guard's small test setups. The ordinary tests search
/// without these steps.
const DEEPER: &str = "1";

/// The number of random steps in the escalation guard's small test setups.
const STEPS: &str = "2000000";

/// The number of idle connections that stay open while the server serves other clients.
const IDLE: &str = "10000";

/// A part of the soak run.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    Decisions,
    Engines,
    Searches,
    Mutants,
    Load,
}

/// A function that runs one part of the soak run.
type Run = fn() -> Result<(), String>;

/// Runs the given parts of the soak run with optimized builds. If `only` is empty, runs all parts.
///
/// # Errors
/// Returns an error if a test fails. The details are in the test's output.
pub(crate) fn run(only: &[Part]) -> Result<(), String> {
    let parts: [(Part, Run); 5] = [
        (Part::Decisions, decisions),
        (Part::Engines, other_engines),
        (Part::Searches, searches),
        (Part::Mutants, mutants::run),
        (Part::Load, load),
    ];
    let mut wanted = parts.iter().filter(|(part, _)| only.is_empty() || only.contains(part));
    wanted.try_for_each(|(_, run)| run())
}

/// Compares ten million decisions with the naive oracle.
fn decisions() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--exact", "decide::random_requests_are_decided_as_the_oracle_decides_them"]);
    test.env("FLOORKEY_TEST_DECISIONS", DECISIONS);
    live(test, |_| ())
}

/// Compares Floorkey's decisions with Cedar's decisions. This comparison is part of the soak run, so that ordinary
/// tests don't compile other engines.
fn other_engines() -> Result<(), String> {
    let target = ["--locked", "--quiet", "--target-dir", "target", "--manifest-path", PEERS];
    let mut clippy = cargo(["clippy", "--all-targets"]);
    clippy.args(target).args(["--", "-D", "warnings"]);
    quiet(clippy)?;
    let mut test = cargo(["test"]);
    test.args(target);
    live(test, |_| ())
}

/// Searches the escalation guard's small test setups with more steps than the ordinary tests, and tries two million
/// random steps.
fn searches() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--nocapture", "escalation::"]);
    test.env("FLOORKEY_ESCALATION_DEPTH", DEEPER).env("FLOORKEY_ESCALATION_STEPS", STEPS);
    live(test, |_| ())
}

/// Opens ten thousand connections and floods the server with forms. At the same time, measures the response times of
/// other clients.
fn load() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey-server", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--exact", "--nocapture"]);
    test.arg("hostile::load::other_users_are_served_during_hostile_connections_and_a_flood_of_forms");
    test.env("FLOORKEY_TEST_IDLE", IDLE);
    live(test, |_| ())
}
