//! Who has what: a heat map of the permissions of users, teams or combinations of security profiles, by permission
//! group.
//!
//! `params` parses the URL; `combinations` computes the permissions of users; `rows` creates the rows with the share of
//! each permission group; `order` sorts similar rows next to each other; `heat_map` is the template data.

pub(super) mod combinations;
mod heat_map;
mod order;
mod params;
mod rows;
mod show;

use crate::web::routes::{Routes, get};

/// The path of the page.
const PATH: &str = "/connect/who-has-what";

pub(super) fn routes() -> Routes {
    Routes::new().route(PATH, get(show::show))
}
