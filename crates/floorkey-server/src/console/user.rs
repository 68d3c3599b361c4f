//! The pages of one user: access and its reasons, details, sign-in, and history.
//!
//! `found` resolves the user if they are visible to the viewer; `head` is the header of all tabs. `draft` has the
//! values of the form for existing and new users; `edit` and `create` save it, after a `review` if access changes.
//! `credentials` and `reset` are the actions on credentials, one small form each.

mod access;
mod changes;
mod choices;
mod create;
mod credentials;
pub(super) mod draft;
mod edit;
mod form;
mod found;
mod head;
mod history;
mod remove;
mod reset;
mod review;
mod same;
mod slip;
mod stale;
mod timeline;
pub(super) mod why;

use crate::console::routes::{Routes, get, post};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/users/new", get(create::show).post(create::send))
        .route("/connect/users/{id}", get(access::show))
        .route("/connect/users/{id}/details", get(edit::show).post(edit::send))
        .route("/connect/users/{id}/sign-in", get(credentials::show))
        .route("/connect/users/{id}/sign-in/{act}", post(credentials::act))
        .route("/connect/users/{id}/history", get(history::show))
        .route("/connect/users/{id}/reset", get(reset::show).post(reset::send))
        .route("/connect/users/{id}/same", get(same::show))
        .route("/connect/users/{id}/delete", get(remove::show).post(remove::send))
}
