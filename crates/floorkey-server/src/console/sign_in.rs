//! Signing in and out.
//!
//! `check` looks at the password and begins sessions; `factor` asks for the second factor; `arrival` is what a
//! browser brings along. `password` is choosing one, `prove` is proving once more who one is. `forgot` sends a link by mail, and `link` is
//! where links of mail lead.

mod arrival;
mod check;
mod factor;
mod forgot;
mod link;
mod password;
mod prove;

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Act, Directory};
use http::{Response, StatusCode};

use super::fields::{Fields, Form, Query};
use super::flash::Flash;
use super::layout::{Layout, Theme, add_cookie, lead_to, local, page_with};
use super::problem::Problem;
use super::session;
use super::viewer::Visit;
use crate::app::App;
use crate::console::routes::{Routes, get, post};
use arrival::Arrival;
use check::Checked;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/login", get(form).post(sign_in))
        .route("/connect/login/{alias}", get(form_of).post(sign_in_to))
        .route("/connect/logout", post(sign_out))
        .route("/connect/theme", post(choose_theme))
        .merge(factor::routes())
        .merge(forgot::routes())
        .merge(link::routes())
        .merge(password::routes())
        .merge(prove::routes())
}

/// Whether a path is one where people sign in, confirm who they are, or choose a password.
pub(super) fn is_form(path: &str) -> bool {
    const FORMS: [&str; 6] = ["login", "factor", "forgot", "link", "password", "prove"];
    let first = path.strip_prefix(super::ROOT).and_then(|rest| rest.split('/').next());
    first.is_some_and(|first| FORMS.contains(&first))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    layout: Layout,
    action: String,
    forgot: String,
    username: String,
    next: String,
    error: Option<String>,
    /// Aliases to choose from, where the address names none and there are several.
    instances: Vec<String>,
}

async fn form(visit: Visit, Query(query): Query) -> Result<Response<Body>, Problem> {
    show_form(&visit, None, &query, None)
}

async fn form_of(visit: Visit, Path(alias): Path<String>, Query(query): Query) -> Result<Response<Body>, Problem> {
    show_form(&visit, Some(&alias), &query, None)
}

fn show_form(
    visit: &Visit,
    alias: Option<&str>,
    fields: &Fields,
    error: Option<String>,
) -> Result<Response<Body>, Problem> {
    let next = local(fields.text("next")).to_owned();
    if error.is_none() && visit.newcomer().is_some() {
        return Ok(lead_to(&next));
    }
    let directory = instance(&visit.app, alias)?;
    let mut all: Vec<_> =
        visit.app.service.engine().all().iter().filter_map(|one| one.settings().alias.clone()).collect();
    all.sort();
    let status = if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let page = SignInPage {
        layout: Layout {
            instance: directory.as_ref().and_then(|directory| directory.settings().alias.clone()),
            ..visit.layout("Sign in")
        },
        action: alias.map_or_else(|| "/connect/login".to_owned(), |alias| format!("/connect/login/{alias}")),
        forgot: alias.map_or_else(|| "/connect/forgot".to_owned(), |alias| format!("/connect/forgot/{alias}")),
        username: fields.text("username").unwrap_or_default().to_owned(),
        next,
        error,
        instances: if directory.is_none() { all } else { Vec::new() },
    };
    Ok(page_with(status, &page))
}

async fn sign_in(arrival: Arrival, Form(fields): Form) -> Result<Response<Body>, Problem> {
    enter(&arrival, None, &fields).await
}

async fn sign_in_to(
    arrival: Arrival,
    Path(alias): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, Problem> {
    enter(&arrival, Some(&alias), &fields).await
}

async fn enter(arrival: &Arrival, alias: Option<&str>, fields: &Fields) -> Result<Response<Body>, Problem> {
    let visit = &arrival.visit;
    let Some(directory) = instance(&visit.app, alias)? else { return show_form(visit, alias, fields, None) };
    let next = local(fields.text("next"));
    match check::password(arrival, &directory, fields.raw("username").trim(), fields.raw("password"), false).await? {
        Checked::Right(user) => check::after_password(arrival, &directory, &user, next).await,
        Checked::Wrong => show_form(visit, alias, fields, Some(check::WRONG.to_owned())),
    }
}

/// The instance that is meant; `None` if the address names none and there are several.
fn instance(app: &App, alias: Option<&str>) -> Result<Option<Arc<Directory>>, Problem> {
    let all = app.service.engine().all();
    match (alias, all.as_slice()) {
        (Some(alias), _) => {
            let named = |one: &&Arc<Directory>| {
                one.settings().alias.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(alias))
            };
            let found = all.iter().find(named).cloned();
            found.map(Some).ok_or_else(|| Problem::NotFound("instance".to_owned()))
        }
        (None, [only]) => Ok(Some(only.clone())),
        (None, _) => Ok(None),
    }
}

async fn sign_out(visit: Visit) -> Result<Response<Body>, Problem> {
    if let Some(viewer) = visit.newcomer() {
        visit.app.service.store().end_session(&viewer.session.token_hash).await?;
        visit.app.service.note(viewer.instance(), viewer.actor(), Act::SignOut, Vec::new()).await?;
    }
    let mut response = visit.lead_to_with("/connect/login", &Flash::info("You are signed out."));
    let secure = visit.app.is_secure();
    add_cookie(&mut response, &session::gone(secure, session::cookie_name(secure)));
    Ok(response)
}

async fn choose_theme(visit: Visit, Form(fields): Form) -> Response<Body> {
    let mut response = lead_to(local(fields.text("back")));
    let cookie = match Theme::parse(fields.raw("theme")) {
        Some(theme) => {
            let mut cookie = session::private(visit.app.is_secure(), Theme::COOKIE, theme.word().to_owned());
            cookie.make_permanent();
            cookie
        }
        None => session::gone(visit.app.is_secure(), Theme::COOKIE),
    };
    add_cookie(&mut response, &cookie);
    response
}
