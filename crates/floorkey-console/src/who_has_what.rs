//! The "Who has what" page: a heat map of permissions by permission group. Each row is a user, a team, or a combination
//! of security profiles.
//!
//! `params` parses the URL. `combinations` computes the permissions of users. `rows` creates the rows, with their share
//! of the permissions in each group. `order` sorts similar rows next to each other. `heat_map` is the template data for
//! the map.

pub(super) mod combinations;
mod heat_map;
mod order;
mod params;
mod rows;
mod show;

use crate::web::routes::{Routes, get};

/// The path of the "Who has what" page.
const PATH: &str = "/connect/who-has-what";

pub(super) fn routes() -> Routes {
    Routes::new().route(PATH, get(show::show))
}
