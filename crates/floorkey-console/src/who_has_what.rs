//! The "Who has what" page. By default, each column is a capability, such as downloading recordings, and each cell is
//! the number of users who have it. Each row is a team, a combination of security profiles, or a user.
//!
//! `params` parses the URL. `combinations` computes the permissions of users. `members` collects the users that the page
//! counts, and groups them by team. `capability_table` is the table of capabilities. `group_table` is the table of
//! permission groups by combination of security profiles, and `order` sorts its similar rows next to each other. `names`
//! names combinations.

mod capability_table;
pub(super) mod combinations;
mod group_table;
mod members;
mod names;
mod order;
mod params;
mod show;

use crate::web::routes::{Routes, get};

/// The path of the "Who has what" page.
const PATH: &str = "/connect/who-has-what";

pub(super) fn routes() -> Routes {
    Routes::new().route(PATH, get(show::show))
}
