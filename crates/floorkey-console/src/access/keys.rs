//! The viewer's own access keys.

use askama::Template;
use axum::body::Body;
use floorkey::{AccessKeyId, Action, Command, Refusal, Target, limits};
use http::{Response, StatusCode};

use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get, post};
use crate::web::text;
use floorkey_service::failure::Failure;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/access/keys", get(form).post(create))
        .route("/connect/access/revoke-key", post(revoke))
}

/// An access key in a list.
pub(super) struct AccessKeyRow {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) created: String,
    pub(super) created_iso: String,
}

pub(super) fn for_viewer(viewer: &CurrentUser) -> Vec<AccessKeyRow> {
    let keys = viewer.directory.access_keys_of(viewer.user.id).map(|key| AccessKeyRow {
        id: key.id.to_string(),
        label: key.label.clone(),
        created: viewer.time(key.created),
        created_iso: text::iso_time(key.created),
    });
    keys.collect()
}

/// Whether the viewer can create another access key.
pub(super) fn can_create(viewer: &CurrentUser) -> bool {
    viewer.can(Action::CreateAccessKey, &Target::User(viewer.user.id))
        && viewer.directory.access_keys_of(viewer.user.id).count() < limits::ACCESS_KEYS_A_USER_MAX
}

#[derive(Template)]
#[template(path = "access/key.html")]
struct KeyPage {
    layout: Layout,
    label: String,
    error: Option<String>,
    created: Option<CreatedKey>,
}

/// An access key that was just created.
struct CreatedKey {
    id: String,
    secret: String,
    url: String,
    region: String,
}

fn key_page(viewer: &CurrentUser, label: &str, error: Option<String>, created: Option<CreatedKey>) -> KeyPage {
    let title = if created.is_some() { "Your new access key" } else { "Make an access key" };
    KeyPage { layout: viewer.layout(title), label: label.to_owned(), error, created }
}

async fn form(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    Ok(page(&key_page(&viewer, "", None, None)))
}

/// Creates an access key. The key's secret is shown only in this response.
async fn create(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    let app = viewer.app();
    let label = fields.text("label").unwrap_or_default().to_owned();
    let (id, secret) = floorkey_service::service::credentials::new_access_key();
    let sealed_secret = app.sealer.seal(id.as_str(), &secret).map_err(Failure::from)?;
    let owner = viewer.user.id;
    match viewer.execute(Command::CreateAccessKey { owner, id: id.clone(), label: label.clone(), sealed_secret }).await
    {
        Ok(_) => {}
        Err(failure @ Failure::Refused(_)) => {
            let page = key_page(&viewer, &label, Some(to_sentence(&failure)), None);
            return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        Err(failure) => return Err(failure.into()),
    }
    let created = CreatedKey {
        id: id.to_string(),
        secret: secret.to_string(),
        url: app.public_url.clone(),
        region: app.region.clone(),
    };
    Ok(page(&key_page(&viewer, &label, None, Some(created))))
}

async fn revoke(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let not_found = || PageError::NotFound("access key".to_owned());
    let id = AccessKeyId::parse(fields.raw("key")).ok_or_else(not_found)?;
    let is_own = viewer.directory.access_key(&id).is_some_and(|key| key.owner == viewer.user.id);
    if !is_own {
        return Err(not_found());
    }
    match viewer.execute(Command::RevokeAccessKey { id }).await {
        Ok(_) | Err(Failure::Refused(Refusal::NotFound { .. })) => {}
        Err(failure) => return Err(failure.into()),
    }
    Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &Flash::good("The access key no longer works.")))
}
