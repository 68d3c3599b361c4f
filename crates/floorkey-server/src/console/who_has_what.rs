//! Who has what: a picture of users, or of teams, by permission groups.
//!
//! `holdings` works out what users hold; `rows` makes them users, teams or sets of profiles, and how much of each group
//! each has; `order` puts like beside like; `picture` is what the template draws.

pub(super) mod holdings;

use std::sync::Arc;

use axum::Router;

use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
}
