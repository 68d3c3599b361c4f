//! The console in a real browser: Chromium, driven by chromedriver.
//!
//! A test opens a [`page::Page`] and does what a user does, naming elements by their visible text. Some checks happen
//! in every test, when the page is dropped: no entries in the browser's log, no violation of the content security
//! policy, no request to another server.
//!
//! Chromium is looked up on the path, and axe in the workspace's tools. If one is missing, a line says so and the tests
//! pass. `cargo xtask test` installs both and sets FLOORKEY_TEST_BROWSER=required, which makes a missing one an error.

/// The accessibility tree.
mod accessibility;
/// WCAG, as far as axe can check it.
mod axe;
/// The size of a page.
mod budget;
/// Problems that the browser logs, and requests to other servers.
mod complaints;
/// A server with the demo's users.
mod demo;
/// chromedriver, and sessions with it.
mod driver;
/// Finds elements by their visible text.
mod find;
/// Tests of this harness.
mod harness;
/// Whole tasks as users perform them.
mod journeys;
/// Keys and focus.
mod keyboard;
/// Size, theme and screenshots.
mod look;
/// A page as a user sees it.
mod page;
/// Checks of every page.
mod pages;
/// MFA without hardware.
mod passkey;
/// Snapshots of the accessibility tree.
mod reading;
/// The screenshots of the README.
mod screenshots;
/// Journeys: signing in and out.
mod sign_in;
/// Pages with known faults.
mod site;
