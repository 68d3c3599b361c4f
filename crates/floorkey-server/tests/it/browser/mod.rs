//! Tests of the console in a real browser: Chromium, driven by chromedriver.
//!
//! A test opens a [`page::Page`] and does what a user does. It finds elements by their visible text. Every test also
//! checks some rules when the page is dropped: the browser's log is empty, nothing violates the content security
//! policy, and the page sends no request to another server.
//!
//! The tests look for Chromium on the path and for axe in the workspace's tools. If one is missing, the tests print a
//! line and pass. `cargo xtask test` installs both, and sets FLOORKEY_TEST_BROWSER=required, which makes a missing tool
//! an error.

/// The accessibility tree.
mod accessibility;
/// Checks of WCAG with axe.
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
