//! Who has what: a picture of users, of teams or of sets of security profiles, by permission groups.
//!
//! `question` is what the address asks for; `holdings` works out what users hold; `rows` makes rows of them, and how
//! much of each permission group each has; `order` puts like beside like; `picture` is what is drawn of it.

pub(super) mod holdings;
mod order;
mod picture;
mod question;
mod rows;
mod show;

use crate::console::routes::{Routes, get};

/// Where it is.
const PLACE: &str = "/connect/who-has-what";

pub(super) fn routes() -> Routes {
    Routes::new().route(PLACE, get(show::show))
}
