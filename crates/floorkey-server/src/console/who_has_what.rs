//! Who has what: a chart of users, teams or combinations of security profiles, by permission group.
//!
//! `question` parses the query; `holdings` computes what users have; `rows` builds rows with the share of each
//! permission group; `order` sorts similar rows next to each other; `picture` prepares the chart.

pub(super) mod holdings;
mod order;
mod picture;
mod question;
mod rows;
mod show;

use crate::console::routes::{Routes, get};

/// The address of the page.
const PLACE: &str = "/connect/who-has-what";

pub(super) fn routes() -> Routes {
    Routes::new().route(PLACE, get(show::show))
}
