//! Updates the screenshots of the console in `docs/images`.

use crate::program::{cargo, live};
use crate::tools;
use crate::workspace::root;

/// The test that takes the screenshots. The test and the list of screenshots are in the server crate's
/// `tests/it/browser/screenshots.rs`.
const TEST: &str = "browser::screenshots::screenshots_of_the_main_pages_can_be_taken";

/// Updates the screenshots.
///
/// # Errors
/// Returns an error if a tool is missing, or if taking the screenshots fails. The details of the error have already
/// been printed.
pub(crate) fn run() -> Result<(), String> {
    tools::chromium()?;
    let mut test = cargo(["test", "--workspace", "--locked", "--test", "it", "--", "--exact", "--nocapture", TEST]);
    test.env("FLOORKEY_TEST_BROWSER", "required").env("FLOORKEY_SCREENSHOTS", root().join("docs/images"));
    live(test, |_| ())
}
