//! User management: the list of users, and acts on many of them.
//!
//! `roster` and `texts` hold users in the order of the list and what they are searched by; `filter`, `find`, `columns`,
//! `rows` and `list` make the list out of it. `selection` says for whom an act is meant; `edit`, `draft` and `review`
//! change many at once.

mod columns;
mod draft;
mod edit;
mod filter;
mod find;
mod list;
mod offers;
mod review;
mod roster;
mod rows;
mod selection;
mod texts;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::app::App;
use roster::Rosters;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/connect/users", get(list::show))
        .route("/connect/users/columns", post(list::choose_columns))
        .route("/connect/users/edit", get(edit::form).post(edit::submit))
        .layer(Extension(Arc::new(Rosters::default())))
}
