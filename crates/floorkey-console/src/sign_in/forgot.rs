//! “Forgot your password?”. The response and its timing are the same whether or not the user exists.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use http::Response;

use super::arrival::Arrival;
use super::{Named, address};
use crate::web::current_user::RequestContext;
use crate::web::form::Form;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
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

async fn form(context: RequestContext) -> Response<Body> {
    show(&context, None, false)
}

async fn form_of(context: RequestContext, Path(alias): Path<String>) -> Response<Body> {
    show(&context, Some(&alias), false)
}

fn show(context: &RequestContext, alias: Option<&str>, asked: bool) -> Response<Body> {
    let named = Named::find(&context.app, alias);
    if let Named::Nothing = named {
        return redirect_to("/connect/login");
    }
    page(&ForgotPage {
        layout: Layout { instance: named.shown(alias), ..context.layout("Forgot your password?") },
        action: address("forgot", alias, None),
        sign_in: address("login", alias, None),
        asked,
    })
}

async fn ask(arrival: Arrival, Form(fields): Form) -> Result<Response<Body>, PageError> {
    begin(arrival, None, fields.raw("username").trim().to_owned())
}

async fn ask_of(arrival: Arrival, Path(alias): Path<String>, Form(fields): Form) -> Result<Response<Body>, PageError> {
    begin(arrival, Some(&alias), fields.raw("username").trim().to_owned())
}

fn begin(arrival: Arrival, alias: Option<&str>, username: String) -> Result<Response<Body>, PageError> {
    let Arrival { context, devices, .. } = arrival;
    // An unknown alias gets the same response as an unknown user.
    let Named::Instance(directory) = Named::find(&context.app, alias) else { return Ok(show(&context, alias, true)) };
    let user = directory.user_by_login(&username);
    let known_browser = user.and_then(|user| devices.mark(directory.instance(), user)).map(str::to_owned);
    let network = Network::from(context.client.address);
    let actor = context.anonymous_actor();
    mail::forgotten(&context.app.mailer, Forgotten { directory, actor, login: username, known_browser, network })?;
    Ok(show(&context, alias, true))
}
