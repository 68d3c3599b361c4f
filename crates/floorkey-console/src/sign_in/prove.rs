//! Confirming the identity of a signed-in user, for actions that require a recent sign-in.

use askama::Template;
use axum::body::Body;
use http::{Response, StatusCode};

use super::arrival::Arrival;
use super::check::{self, Checked};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Form, Query};
use crate::web::layout::{Layout, local_redirect_target, page, page_with};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/prove", get(prove_form).post(prove))
}

#[derive(Template)]
#[template(path = "prove.html")]
struct ProvePage {
    layout: Layout,
    username: String,
    next: String,
    error: Option<String>,
}

async fn prove_form(viewer: CurrentUser, Query(query): Query) -> Response<Body> {
    page(&prove_page(&viewer, &query, None))
}

fn prove_page(viewer: &CurrentUser, fields: &Fields, error: Option<String>) -> ProvePage {
    ProvePage {
        layout: Layout { instance: viewer.directory.settings().alias.clone(), ..viewer.context.layout("Is it you?") },
        username: viewer.user.username.clone(),
        next: local_redirect_target(fields.text("next")).to_owned(),
        error,
    }
}

async fn prove(arrival: Arrival, viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let checked = check::password(&arrival, &viewer.directory, &viewer.user.username, fields.raw("password"), true);
    match checked.await? {
        Checked::Wrong => {
            let page = prove_page(&viewer, &fields, Some(check::WRONG.to_owned()));
            Ok(page_with(StatusCode::UNAUTHORIZED, &page))
        }
        Checked::Right(user) => {
            check::after_password(&arrival, &viewer.directory, &user, local_redirect_target(fields.text("next"))).await
        }
    }
}
