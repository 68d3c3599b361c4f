//! “Forgot your password?”: the answer is the same, and comes as soon, whether or not there is such a user.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use http::Response;

use super::super::fields::Form;
use super::super::layout::{Layout, lead_to, page};
use super::super::problem::Problem;
use super::super::viewer::Visit;
use super::arrival::Arrival;
use super::instance;
use crate::console::routes::{Routes, get};
use crate::mail::{self, Forgotten};
use crate::network::Network;

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

async fn form(visit: Visit) -> Result<Response<Body>, Problem> {
    show(&visit, None, false)
}

async fn form_of(visit: Visit, Path(alias): Path<String>) -> Result<Response<Body>, Problem> {
    show(&visit, Some(&alias), false)
}

fn show(visit: &Visit, alias: Option<&str>, asked: bool) -> Result<Response<Body>, Problem> {
    let Some(directory) = instance(&visit.app, alias)? else { return Ok(lead_to("/connect/login")) };
    let tail = alias.map(|alias| format!("/{alias}")).unwrap_or_default();
    Ok(page(&ForgotPage {
        layout: Layout { instance: directory.settings().alias.clone(), ..visit.layout("Forgot your password?") },
        action: format!("/connect/forgot{tail}"),
        sign_in: format!("/connect/login{tail}"),
        asked,
    }))
}

async fn ask(arrival: Arrival, Form(fields): Form) -> Result<Response<Body>, Problem> {
    begin(arrival, None, fields.raw("username").trim().to_owned())
}

async fn ask_of(arrival: Arrival, Path(alias): Path<String>, Form(fields): Form) -> Result<Response<Body>, Problem> {
    begin(arrival, Some(&alias), fields.raw("username").trim().to_owned())
}

fn begin(arrival: Arrival, alias: Option<&str>, username: String) -> Result<Response<Body>, Problem> {
    let Arrival { visit, devices, .. } = arrival;
    let Some(directory) = instance(&visit.app, alias)? else { return Ok(lead_to("/connect/login")) };
    let user = directory.user_by_login(&username);
    let known_browser = user.and_then(|user| devices.mark(directory.instance(), user.id)).map(str::to_owned);
    let network = Network::from(visit.visitor.client);
    let actor = visit.nobody();
    mail::forgotten(&visit.app, Forgotten { directory, actor, login: username, known_browser, network })?;
    show(&visit, alias, true)
}
