//! Check access: may this user do this to that, and the reverse: who can, what can somebody, and on what.
//!
//! `typed` is what stands in the form and in the address; `person`, `meaning` and `thing` find out what its words mean;
//! `question` is what comes of it, in the standard's words, so that what a page shows to copy is what it asked.
//! `reasons` puts grants into words. `decision` is the page that tries a decision; `search` and `results` the one with
//! the sentence to fill in, `download` its file, `suggest` what fields offer while somebody types.

mod decision;
mod download;
mod meaning;
mod person;
mod question;
mod reasons;
mod results;
mod search;
mod suggest;
mod thing;
mod typed;

use floorkey::{Act, Refusal, Target, User};

use super::viewer::Viewer;
use crate::console::routes::{Routes, get};

/// Where a decision is tried.
const DECISION: &str = "/connect/check-access";

/// Where the sentences are.
const SEARCH: &str = "/connect/check-access/who-can";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(DECISION, get(decision::show))
        .route(SEARCH, get(search::show))
        .route("/connect/check-access/who-can/download", get(download::download))
        .route("/connect/check-access/suggest", get(suggest::suggest))
}

/// Whether there is something to see for the viewer: within a scope they see what lies in it.
///
/// # Errors
/// Which permissions they lack.
fn allow(viewer: &Viewer) -> Result<(), Refusal> {
    match viewer.authorize(Act::CheckAccess, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// Whether the viewer may read the name of a thing.
fn sees(viewer: &Viewer, target: &Target<'_>) -> bool {
    viewer.visibility().target(target).shows_name()
}

/// Whether the viewer may see a user.
fn sees_user(viewer: &Viewer, user: floorkey::UserId) -> bool {
    viewer.visibility().user(user).shows_details()
}

/// Whether the viewer may know what a user can do.
fn sees_permissions(viewer: &Viewer, user: &User) -> bool {
    viewer.visibility().effective_permissions(user).is_ok()
}

/// Whether the viewer may know what everybody can do, so that nothing is left out of lists.
fn sees_everybody(viewer: &Viewer) -> bool {
    viewer.visibility().sees_all_permissions()
}
