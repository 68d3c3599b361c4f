//! Check access: whether a user can perform an action on a resource, and searches for users, actions and resources.
//!
//! `typed` has the values of the form and the address; `person`, `meaning` and `thing` resolve them. `question` builds
//! the AuthZEN request, so that the request shown for copying is the one that was evaluated. `reasons` describes
//! grants. `decision` is the page for one decision; `search` and `results` are the search page, `download` is its CSV
//! file, and `suggest` returns suggestions for form fields.

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

use crate::web::current_user::CurrentUser;
use crate::web::routes::{Routes, get};

/// The address of the decision page.
const DECISION: &str = "/connect/check-access";

/// The address of the search page.
const SEARCH: &str = "/connect/check-access/who-can";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(DECISION, get(decision::show))
        .route(SEARCH, get(search::show))
        .route("/connect/check-access/who-can/download", get(download::download))
        .route("/connect/check-access/suggest", get(suggest::suggest))
}

/// Checks that the viewer can open these pages. A viewer with scoped permissions can: results are limited to their
/// scope.
///
/// # Errors
/// The permissions that are missing.
fn allow(viewer: &CurrentUser) -> Result<(), Refusal> {
    match viewer.authorize(Act::CheckAccess, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// Whether the viewer can see the name of a resource.
fn sees(viewer: &CurrentUser, target: &Target<'_>) -> bool {
    viewer.visibility().target(target).shows_name()
}

/// Whether the viewer can see the details of a user.
fn sees_user(viewer: &CurrentUser, user: floorkey::UserId) -> bool {
    viewer.visibility().user(user).shows_details()
}

/// Whether the viewer can see the effective permissions of a user.
fn sees_permissions(viewer: &CurrentUser, user: &User) -> bool {
    viewer.visibility().effective_permissions(user).is_ok()
}

/// Whether the viewer can see the effective permissions of all users, which makes lists complete.
fn sees_everybody(viewer: &CurrentUser) -> bool {
    viewer.visibility().sees_all_permissions()
}
