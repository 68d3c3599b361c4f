//! The Check access page. It answers four kinds of questions, which are sentences to fill in: whether a user can perform
//! an action, who can perform it, what a user can do, and on which resources.
//!
//! `form_input` contains the values of the form, which are also in the URL. `user_input`, `action_input` and
//! `resource_input` find the records that these values refer to; an action such as `download recordings` refers to all
//! permissions that mean it. `question` builds the AuthZEN requests. The console evaluates these requests, and also
//! shows one so that the user can copy it. `page` is the page with the form. `decision`, `who` and `list` are the
//! answers, `results` and `who_results` find them, and `reasons` describes grants. `download` creates a CSV file of an
//! answer. `suggest` returns suggestions for form fields.

mod action_input;
mod decision;
mod download;
mod form_input;
mod list;
mod page;
mod question;
mod reasons;
mod resource_input;
mod results;
mod suggest;
mod user_input;
mod who;
mod who_results;

use floorkey::{Action, Refusal, Target, User};

use crate::web::current_user::CurrentUser;
use crate::web::routes::{Routes, get};

/// The address of the page.
const PAGE: &str = "/connect/check-access";

/// An older address of the page, which asks who can perform an action unless its query says otherwise.
const SEARCH: &str = "/connect/check-access/who-can";

/// The address of the CSV file of an answer.
const DOWNLOAD: &str = "/connect/check-access/who-can/download";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(PAGE, get(page::show))
        .route(SEARCH, get(page::show_search))
        .route(DOWNLOAD, get(download::download))
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

/// Returns the address of the page with these fields. Leaves out fields with empty values.
fn address(fields: &[(&str, &str)]) -> String {
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    format!("{PAGE}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish())
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
