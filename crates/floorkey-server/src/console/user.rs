//! One user: what they can do and why, the form of what is kept about them, how they sign in, and what changed.
//!
//! `found` decides whether there is such a user for the viewer; `head` is what all tabs begin with. `draft` is what
//! the form holds, for a user who is there and for one to be made; `edit` and `create` save it, over `review` where
//! it changes what somebody can do. `sign_in` and `reset` are the acts on credentials, one small form each.

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
