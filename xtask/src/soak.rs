//! The soak run. It consists of much longer versions of the ordinary tests, and a check that the tests notice missing
//! rules.

mod mutants;

use crate::program::{cargo, live, quiet};
use crate::workspace::PEERS;

/// The number of decisions that are compared with the naive oracle.
const DECISIONS: &str = "10000000";

/// How many steps deeper than in the ordinary tests the small worlds of the escalation guard are searched.
const DEEPER: &str = "1";

/// The number of random steps in these small worlds.
const STEPS: &str = "2000000";

/// The number of idle connections that stay open while other clients are served.
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

/// The function that runs a part.
type Run = fn() -> Result<(), String>;

/// Runs the given parts, or all of them, with optimized builds.
///
/// # Errors
/// If a test fails. The output of the test has the details.
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

/// Compares ten million decisions with the oracle.
fn decisions() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--exact", "decide::random_requests_are_decided_as_the_oracle_decides_them"]);
    test.env("FLOORKEY_TEST_DECISIONS", DECISIONS);
    live(test, |_| ())
}

/// Compares decisions with Cedar's decisions. This is part of the soak run, because no other test compiles other
/// engines.
fn other_engines() -> Result<(), String> {
    let target = ["--locked", "--quiet", "--target-dir", "target", "--manifest-path", PEERS];
    let mut clippy = cargo(["clippy", "--all-targets"]);
    clippy.args(target).args(["--", "-D", "warnings"]);
    quiet(clippy)?;
    let mut test = cargo(["test"]);
    test.args(target);
    live(test, |_| ())
}

/// Searches the small worlds of the escalation guard deeper, and tries two million random steps in them.
fn searches() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--nocapture", "escalation::"]);
    test.env("FLOORKEY_ESCALATION_DEPTH", DEEPER).env("FLOORKEY_ESCALATION_STEPS", STEPS);
    live(test, |_| ())
}

/// Opens ten thousand connections and floods forms with requests. Measures the response times of other clients
/// meanwhile.
fn load() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey-server", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--exact", "--nocapture"]);
    test.arg("hostile::load::other_users_are_served_during_hostile_connections_and_a_flood_of_forms");
    test.env("FLOORKEY_TEST_IDLE", IDLE);
    live(test, |_| ())
}
