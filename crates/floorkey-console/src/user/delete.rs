//! The page for deleting a user. A deleted user can be restored for 90 days.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Command, Refusal, User};
use http::{Response, StatusCode};

use super::conflict;
use super::edit::modified;
use super::header::user_path;
use super::lookup::{self, describe_refusal};
use crate::web::current_user::CurrentUser;
use crate::web::edit::if_unchanged;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::failure::Failure;

#[derive(Template)]
#[template(path = "user/delete.html")]
struct DeleteUserPage {
    layout: Layout,
    name: String,
    login: String,
    address: String,
    modified: i64,
    profiles: String,
    keys: usize,
    is_self: bool,
    refused: Option<String>,
    recent_events: Vec<String>,
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let refused = lookup::refusal_text(&viewer, &Command::DeleteUser { user: user.id });
    Ok(delete_page(&viewer, &user, refused, Vec::new(), StatusCode::OK))
}

pub(super) async fn send(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let modified = modified(&fields)?;
    match viewer
        .execute(if_unchanged(floorkey::RecordKey::User(user.id), modified, Command::DeleteUser { user: user.id }))
        .await
    {
        Ok(done) => {
            let text = format!("{} is deleted. For 90 days the user can be brought back.", user.display_name());
            Ok(viewer.context.redirect_with_flash("/connect/users", &Flash::good(text).undo(done.revision)))
        }
        Err(Failure::Refused(Refusal::Stale { .. })) => {
            let recent_events = conflict::recent_events(&viewer, &user, modified).await?;
            Ok(delete_page(&viewer, &user, None, recent_events, StatusCode::CONFLICT))
        }
        Err(Failure::Refused(refusal))
            if matches!(refusal.root(), Refusal::LastAdministrator { .. } | Refusal::Guard(_)) =>
        {
            Ok(delete_page(&viewer, &user, Some(describe_refusal(&viewer, &refusal)), Vec::new(), StatusCode::CONFLICT))
        }
        Err(failure) => Err(failure.into()),
    }
}

fn delete_page(
    viewer: &CurrentUser,
    user: &User,
    refused: Option<String>,
    recent_events: Vec<String>,
    status: StatusCode,
) -> Response<Body> {
    let name = user.display_name();
    let profiles: Vec<String> =
        user.profiles_at(viewer.now).map(|id| text::profile(&viewer.visibility(), id)).collect();
    let page = DeleteUserPage {
        layout: viewer.layout(format!("Delete {name}")),
        name,
        login: user.username.clone(),
        address: user_path(user),
        modified: user.modified.as_millis(),
        profiles: text::join_names(&profiles, 10),
        keys: viewer.directory.access_keys_of(user.id).count(),
        is_self: user.id == viewer.user.id,
        refused,
        recent_events,
    };
    page_with(status, &page)
}
