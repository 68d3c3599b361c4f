//! Confirming the identity of a signed-in user, for actions that require a recent sign-in.

use askama::Template;
use axum::body::Body;
use http::{Response, StatusCode};

use super::check::{self, PasswordResult};
use super::context::SignInContext;
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Form, Query};
use crate::web::layout::{Layout, local_redirect_target, page, page_with};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/prove", get(show).post(submit))
}

#[derive(Template)]
#[template(path = "reauthenticate.html")]
struct ReauthenticatePage {
    layout: Layout,
    username: String,
    next: String,
    error: Option<String>,
}

async fn show(viewer: CurrentUser, Query(query): Query) -> Response<Body> {
    page(&reauthenticate_page(&viewer, &query, None))
}

fn reauthenticate_page(viewer: &CurrentUser, fields: &Fields, error: Option<String>) -> ReauthenticatePage {
    ReauthenticatePage {
        layout: Layout { instance: viewer.directory.settings().alias.clone(), ..viewer.context.layout("Is it you?") },
        username: viewer.user.username.clone(),
        next: local_redirect_target(fields.text("next")).to_owned(),
        error,
    }
}

async fn submit(sign_in: SignInContext, viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let result = check::password(&sign_in, &viewer.directory, &viewer.user.username, fields.raw("password"), true);
    match result.await? {
        PasswordResult::Incorrect => {
            let page = reauthenticate_page(&viewer, &fields, Some(check::SIGN_IN_FAILED.to_owned()));
            Ok(page_with(StatusCode::UNAUTHORIZED, &page))
        }
        PasswordResult::Correct(user) => {
            check::after_password(&sign_in, &viewer.directory, &user, local_redirect_target(fields.text("next"))).await
        }
    }
}
