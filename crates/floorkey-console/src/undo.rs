//! The *Undo* button beside a flash message, which reverts a change.

use axum::body::Body;
use floorkey::{Refusal, Revision, SecurityProfileId, UserId};
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::local_redirect_target;
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, post};
use crate::web::text;
use floorkey_service::failure::Failure;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/undo", post(undo))
}

/// Reverts a revision, unless its records have changed since that revision. The command is authorized and checked in
/// the same way as any other command.
async fn undo(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let revision = fields.raw("revision").parse().map(Revision);
    let revision = revision.map_err(|_| PageError::bad_request("The form names no change to undo."))?;
    let back = local_redirect_target(fields.text("back"));
    let command = viewer.app().service.undo_command(&viewer.principal, viewer.instance(), revision).await?;
    let flash = match viewer.execute(command).await {
        Ok(done) => {
            let mut text = "Undone: everything is as it was before.".to_owned();
            text.push_str(&text::credentials_replaced_note(done.credentials_replaced));
            Flash::good(text).undo(done.revision)
        }
        Err(Failure::Refused(refusal)) if !matches!(refusal.root(), Refusal::NotRecentlyAuthenticated { .. }) => {
            Flash::bad(format!("Not undone. {}", refusal_text(refusal)))
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(viewer.context.redirect_with_flash(&existing_page(&viewer, back), &flash))
}

/// Explains in a sentence why a change can't be undone.
pub(super) fn refusal_text(refusal: Refusal) -> String {
    match refusal {
        Refusal::Invalid(invalid) => floorkey::text::sentence(&invalid.problem),
        refusal => to_sentence(&Failure::Refused(refusal)),
    }
}

/// Returns the page to return to after undoing a change. If the viewer cannot see the page's record, returns the list
/// of users or of security profiles instead. The undo may have removed the record, or the record may be outside the
/// viewer's scope.
fn existing_page(viewer: &CurrentUser, back: &str) -> String {
    let Some(directory) = viewer.app().service.engine().current(viewer.instance()) else { return back.to_owned() };
    let visibility = viewer.visibility_in(&directory);
    let path = back.split('?').next().unwrap_or_default();
    let id_under = |list: &str| path.strip_prefix(list)?.strip_prefix('/')?.split('/').next();
    let is_visible = |list: &str, visibility_of: &dyn Fn(&str) -> Option<bool>| {
        id_under(list).and_then(visibility_of).unwrap_or(true)
    };
    let (profiles, users) = ("/connect/security-profiles", "/connect/users");
    if !is_visible(profiles, &|id| Some(visibility.profile(SecurityProfileId::parse(id)?).shows_name())) {
        return profiles.to_owned();
    }
    if !is_visible(users, &|id| Some(visibility.user(UserId::parse(id)?).shows_name())) {
        return users.to_owned();
    }
    back.to_owned()
}
