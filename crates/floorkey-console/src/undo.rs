//! Reverts a change, with the *Undo* button beside a flash message.

use axum::body::Body;
use floorkey::{Refusal, Revision, SecurityProfileId, UserId};
use http::Response;

use crate::web::current_user::Viewer;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::local;
use crate::web::page_error::{Problem, sentence};
use crate::web::routes::{Routes, post};
use crate::web::text;
use floorkey_service::failure::Failure;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/undo", post(undo))
}

/// Reverts a revision, unless its records have changed since. The command is authorized and checked like any other.
async fn undo(viewer: Viewer, Form(fields): Form) -> Result<Response<Body>, Problem> {
    let revision = fields.raw("revision").parse().map(Revision);
    let revision = revision.map_err(|_| Problem::wrong("The form names no change to undo."))?;
    let back = local(fields.text("back"));
    let command = viewer.app().service.undo(&viewer.principal, viewer.instance(), revision).await?;
    let flash = match viewer.execute(command).await {
        Ok(done) => {
            let mut text = "Undone: everything is as it was before.".to_owned();
            text.push_str(&text::replaced(done.credentials_replaced));
            Flash::good(text).undo(done.revision)
        }
        Err(Failure::Refused(Refusal::Invalid(invalid))) => {
            let mut problem = invalid.problem.chars();
            let first: String = problem.next().into_iter().flat_map(char::to_uppercase).collect();
            Flash::bad(format!("Not undone. {first}{}.", problem.as_str()))
        }
        Err(Failure::Refused(refusal)) if !matches!(refusal.root(), Refusal::NotFresh { .. }) => {
            Flash::bad(format!("Not undone. {}", sentence(&Failure::Refused(refusal))))
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(viewer.visit.lead_to_with(&standing(&viewer, back), &flash))
}

/// Returns the page to go back to, or its list if the viewer cannot see the record: because the undo removed it,
/// because it is outside the viewer's scope, or because the id does not exist.
fn standing(viewer: &Viewer, back: &str) -> String {
    let Some(now) = viewer.app().service.engine().current(viewer.instance()) else { return back.to_owned() };
    let visibility = viewer.visibility_in(&now);
    let path = back.split('?').next().unwrap_or_default();
    let id_under = |list: &str| path.strip_prefix(list)?.strip_prefix('/')?.split('/').next();
    let is_seen = |list: &str, shows: &dyn Fn(&str) -> Option<bool>| id_under(list).and_then(shows).unwrap_or(true);
    let (profiles, users) = ("/connect/security-profiles", "/connect/users");
    if !is_seen(profiles, &|id| Some(visibility.profile(SecurityProfileId::parse(id)?).shows_name())) {
        return profiles.to_owned();
    }
    if !is_seen(users, &|id| Some(visibility.user(UserId::parse(id)?).shows_name())) {
        return users.to_owned();
    }
    back.to_owned()
}
