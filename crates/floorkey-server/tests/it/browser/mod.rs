//! The console in a real browser: Chromium, driven by chromedriver.
//!
//! A test opens a [`page::Page`] and does what a person does: it names things by the words that are seen. What no
//! test has to ask for is checked when the page goes: nothing in the browser's log, no violation of the content
//! security policy, no request to anybody else.
//!
//! Chromium is looked for on the path, axe in the workspace's tools. Where one is missing, one line says so and the tests
//! pass; `cargo xtask test` installs both, and sets FLOORKEY_TEST_BROWSER=required, so that there it is an error.

/// What a screen reader is told.
mod accessibility;
/// WCAG, as far as axe can tell.
mod axe;
/// The weight of a page.
mod budget;
/// What the browser complains about, and whom it talks to.
mod complaints;
/// A server with people, to look at.
mod demo;
/// chromedriver, and sessions with it.
mod driver;
/// Things by the words that are seen.
mod find;
/// The tests of what stands here.
mod harness;
/// Whole tasks, as people do them.
mod journeys;
/// Keys and focus.
mod keyboard;
/// Size, theme and pictures.
mod look;
/// A page as a person has it in front of them.
mod page;
/// Every page, looked at.
mod pages;
/// Second factors without hardware.
mod passkey;
/// What a page reads.
mod reading;
/// The pictures of the README.
mod screenshots;
/// Journeys: coming in, and going.
mod sign_in;
/// Pages with known faults.
mod site;
