//! Confirming the identity of a signed-in user, for actions that require a recent sign-in.

use askama::Template;
use axum::body::Body;
use http::{Response, StatusCode};

use super::arrival::Arrival;
use super::check::{self, Checked};
use crate::web::current_user::Viewer;
use crate::web::form::{Fields, Form, Query};
use crate::web::layout::{Layout, local, page, page_with};
use crate::web::page_error::Problem;
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

async fn prove_form(viewer: Viewer, Query(query): Query) -> Response<Body> {
    page(&prove_page(&viewer, &query, None))
}

fn prove_page(viewer: &Viewer, fields: &Fields, error: Option<String>) -> ProvePage {
    ProvePage {
        layout: Layout { instance: viewer.directory.settings().alias.clone(), ..viewer.visit.layout("Is it you?") },
        username: viewer.user.username.clone(),
        next: local(fields.text("next")).to_owned(),
        error,
    }
}

async fn prove(arrival: Arrival, viewer: Viewer, Form(fields): Form) -> Result<Response<Body>, Problem> {
    let checked = check::password(&arrival, &viewer.directory, &viewer.user.username, fields.raw("password"), true);
    match checked.await? {
        Checked::Wrong => {
            let page = prove_page(&viewer, &fields, Some(check::WRONG.to_owned()));
            Ok(page_with(StatusCode::UNAUTHORIZED, &page))
        }
        Checked::Right(user) => {
            check::after_password(&arrival, &viewer.directory, &user, local(fields.text("next"))).await
        }
    }
}
