//! Who has what: a heat map of the permissions of users, teams or combinations of security profiles, by permission
//! group.
//!
//! `question` parses the URL; `holdings` computes the permissions of users; `rows` creates the rows with the share of
//! each permission group; `order` sorts similar rows next to each other; `picture` is the template data.

pub(super) mod holdings;
mod order;
mod picture;
mod question;
mod rows;
mod show;

use crate::web::routes::{Routes, get};

/// The path of the page.
const PLACE: &str = "/connect/who-has-what";

pub(super) fn routes() -> Routes {
    Routes::new().route(PLACE, get(show::show))
}
