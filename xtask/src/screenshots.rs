//! The pictures of the console in `docs/images`.

use crate::program::{cargo, live};
use crate::tools;
use crate::workspace::root;

/// The test that takes them: `tests/it/browser/screenshots.rs` of the server crate, where their table is.
const TEST: &str = "browser::screenshots::the_main_pages_can_be_pictured";

/// Takes them anew.
///
/// # Errors
/// What is missing for it, or a page that isn't as the table says; that has been printed by then.
pub(crate) fn run() -> Result<(), String> {
    tools::chromium()?;
    let mut test = cargo(["test", "--workspace", "--locked", "--test", "it", "--", "--exact", "--nocapture", TEST]);
    test.env("FLOORKEY_TEST_BROWSER", "required").env("FLOORKEY_SCREENSHOTS", root().join("docs/images"));
    live(test, |_| ())
}
