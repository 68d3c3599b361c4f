//! The Check access pages. The decision page shows whether a user can perform an action on a resource. The search page
//! shows who can perform an action, which actions a user can perform, or on which resources.
//!
//! `form_input` contains the values of the form, which are also in the URL. `user_input`, `permission_input` and
//! `resource_input` find the records that these values refer to. `question` builds the AuthZEN request. The console
//! evaluates this request, and also shows it so that the user can copy it. `reasons` describes grants. `decision` is
//! the page for one decision. `search` and `results` are the search page, and `download` creates the CSV file of its
//! results. `suggest` returns suggestions for form fields.

mod decision;
mod download;
mod form_input;
mod permission_input;
mod question;
mod reasons;
mod resource_input;
mod results;
mod search;
mod suggest;
mod user_input;

use floorkey::{Action, Refusal, Target, User};

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

/// Checks that the viewer can open the Check access pages. A scoped permission is sufficient, because the pages show
/// only results within the viewer's scope.
///
/// # Errors
/// Returns a refusal that names the missing permissions if the viewer lacks permission.
fn allow(viewer: &CurrentUser) -> Result<(), Refusal> {
    match viewer.authorize(Action::CheckAccess, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// Whether the viewer can see the name of a resource.
fn can_see_name(viewer: &CurrentUser, target: &Target<'_>) -> bool {
    viewer.visibility().target(target).shows_name()
}

/// Whether the viewer can see the details of a user.
fn can_see_user(viewer: &CurrentUser, user: floorkey::UserId) -> bool {
    viewer.visibility().user(user).shows_details()
}

/// Whether the viewer can see the effective permissions of a user.
fn can_see_permissions(viewer: &CurrentUser, user: &User) -> bool {
    viewer.visibility().check_effective_permissions(user).is_ok()
}

/// Whether the viewer can see the effective permissions of all users. If so, lists of users are complete.
fn can_see_all_users(viewer: &CurrentUser) -> bool {
    viewer.visibility().sees_all_permissions()
}
