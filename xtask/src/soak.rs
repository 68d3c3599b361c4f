//! The long run: what the ordinary tests do many times over.

use crate::program::{cargo, live};

/// Decisions that are compared with the naive oracle.
const DECISIONS: &str = "10000000";

/// Compares ten million decisions with the oracle, optimised.
///
/// # Errors
/// A decision that differs; the test says which.
pub(crate) fn run() -> Result<(), String> {
    let mut test = cargo(["test", "--package", "floorkey", "--release", "--locked", "--test", "it", "--"]);
    test.args(["--exact", "decide::a_million_random_questions_are_answered_as_the_oracle_answers_them"]);
    test.env("FLOORKEY_TEST_DECISIONS", DECISIONS);
    live(test, |_| ())
}
