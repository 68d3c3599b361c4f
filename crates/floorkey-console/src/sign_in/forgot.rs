//! “Forgot your password?”. The response and its timing are the same whether or not the user exists.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use http::Response;

use super::arrival::Arrival;
use super::{Named, address};
use crate::web::current_user::Visit;
use crate::web::form::Form;
use crate::web::layout::{Layout, lead_to, page};
use crate::web::page_error::Problem;
use crate::web::routes::{Routes, get};
use floorkey_service::mail::{self, Forgotten};
use floorkey_service::network::Network;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/forgot", get(form).post(ask))
        .route("/connect/forgot/{alias}", get(form_of).post(ask_of))
}

#[derive(Template)]
#[template(path = "sign_in_forgot.html")]
struct ForgotPage {
    layout: Layout,
    action: String,
    sign_in: String,
    asked: bool,
}

async fn form(visit: Visit) -> Response<Body> {
    show(&visit, None, false)
}

async fn form_of(visit: Visit, Path(alias): Path<String>) -> Response<Body> {
    show(&visit, Some(&alias), false)
}

fn show(visit: &Visit, alias: Option<&str>, asked: bool) -> Response<Body> {
    let named = Named::find(&visit.app, alias);
    if let Named::Nothing = named {
        return lead_to("/connect/login");
    }
    page(&ForgotPage {
        layout: Layout { instance: named.shown(alias), ..visit.layout("Forgot your password?") },
        action: address("forgot", alias, None),
        sign_in: address("login", alias, None),
        asked,
    })
}

async fn ask(arrival: Arrival, Form(fields): Form) -> Result<Response<Body>, Problem> {
    begin(arrival, None, fields.raw("username").trim().to_owned())
}

async fn ask_of(arrival: Arrival, Path(alias): Path<String>, Form(fields): Form) -> Result<Response<Body>, Problem> {
    begin(arrival, Some(&alias), fields.raw("username").trim().to_owned())
}

fn begin(arrival: Arrival, alias: Option<&str>, username: String) -> Result<Response<Body>, Problem> {
    let Arrival { visit, devices, .. } = arrival;
    // An unknown alias gets the same response as an unknown user.
    let Named::Instance(directory) = Named::find(&visit.app, alias) else { return Ok(show(&visit, alias, true)) };
    let user = directory.user_by_login(&username);
    let known_browser = user.and_then(|user| devices.mark(directory.instance(), user)).map(str::to_owned);
    let network = Network::from(visit.visitor.client);
    let actor = visit.nobody();
    mail::forgotten(&visit.app.mailer, Forgotten { directory, actor, login: username, known_browser, network })?;
    Ok(show(&visit, alias, true))
}
