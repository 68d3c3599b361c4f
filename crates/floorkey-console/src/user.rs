//! The pages about a single user: access, details, sign-in, history, password reset, copying access, deletion, and
//! creation.
//!
//! `lookup` looks up the user and checks that the viewer can see the user. `header` is the header above all tabs.
//! `draft` is the content of the form for existing and new users, and `changes` turns a draft into commands. `edit` and
//! `create` save a draft. If a user's access changes, `edit` and `create` first show a `review`. `credentials` and
//! `reset` change how the user signs in.

mod access;
pub(crate) mod changes;
mod conflict;
mod copy_access;
mod create;
mod credentials;
mod delete;
pub(super) mod draft;
mod edit;
pub(crate) mod form;
mod header;
mod history;
mod lookup;
mod reset;
mod review;
mod temporary_password;
mod timeline;
pub(super) mod why_denied;

use crate::web::routes::{Routes, get, post};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/users/new", get(create::show).post(create::send))
        .route("/connect/users/{id}", get(access::show))
        .route("/connect/users/{id}/details", get(edit::show).post(edit::send))
        .route("/connect/users/{id}/sign-in", get(credentials::show))
        .route("/connect/users/{id}/sign-in/{action}", post(credentials::run_action))
        .route("/connect/users/{id}/history", get(history::show))
        .route("/connect/users/{id}/reset", get(reset::show).post(reset::send))
        .route("/connect/users/{id}/same", get(copy_access::show))
        .route("/connect/users/{id}/delete", get(delete::show).post(delete::send))
}
