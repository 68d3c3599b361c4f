//! Tests the console in a real browser: Chromium, controlled by chromedriver.
//!
//! A test opens a [`page::Page`] and acts as a user would. It finds elements by their visible text. When the page is
//! dropped, three general rules are checked. The browser's log must be empty. Nothing may violate the content security
//! policy. The page may not send requests to other servers.
//!
//! The tests look for Chromium on the path and for axe in the workspace's tools. If either is missing, the tests print
//! a line and pass. `cargo xtask test` installs both, and sets FLOORKEY_TEST_BROWSER=required, which makes a missing
//! tool an error.

mod accessibility;
/// Checks pages against WCAG with axe.
mod axe;
/// Checks the size of pages.
mod budget;
/// Checks for problems that the browser logs, and for requests to other servers.
mod complaints;
/// A server with the demo's users.
mod demo;
/// Runs chromedriver and opens browser sessions.
mod driver;
/// Finds elements by their visible text.
mod find;
/// Tests the test harness itself.
mod harness;
/// Tests complete tasks as users perform them.
mod journeys;
/// Simulates keys and checks focus.
mod keyboard;
/// Sets the window size and the theme, and takes screenshots.
mod look;
/// A page as a user sees it.
mod page;
/// Checks every page.
mod pages;
/// Provides a virtual authenticator for MFA.
mod passkey;
/// Compares pages with snapshots of their accessibility trees.
mod reading;
/// Takes the screenshots for the README.
mod screenshots;
/// Tests signing in and out.
mod sign_in;
/// Serves pages with known faults.
mod site;
