//! Signing in and out, and choosing a password in place of a one-time one.

pub(super) mod check;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::{get, post};
use floorkey::user::PasswordState;
use floorkey::{Act, Command, Directory, NewPassword};
use http::{Response, StatusCode};

use super::fields::{Fields, Form, Query};
use super::flash::Flash;
use super::layout::{Layout, Theme, add_cookie, lead_to, local, page, page_with};
use super::problem::{Problem, sentence};
use super::session;
use super::viewer::{Newcomer, Viewer, Visit};
use crate::app::App;
use crate::failure::Failure;
use crate::passwords::Password;
use check::Checked;
pub(super) use check::locked_until;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/connect/login", get(form).post(sign_in))
        .route("/connect/login/{alias}", get(form_of).post(sign_in_to))
        .route("/connect/logout", post(sign_out))
        .route("/connect/password", get(password_form).post(choose_password))
        .route("/connect/prove", get(prove_form).post(prove))
        .route("/connect/theme", post(choose_theme))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    layout: Layout,
    action: String,
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
        username: fields.text("username").unwrap_or_default().to_owned(),
        next,
        error,
        instances: if directory.is_none() { all } else { Vec::new() },
    };
    Ok(page_with(status, &page))
}

async fn sign_in(visit: Visit, Form(fields): Form) -> Result<Response<Body>, Problem> {
    enter(&visit, None, &fields).await
}

async fn sign_in_to(visit: Visit, Path(alias): Path<String>, Form(fields): Form) -> Result<Response<Body>, Problem> {
    enter(&visit, Some(&alias), &fields).await
}

async fn enter(visit: &Visit, alias: Option<&str>, fields: &Fields) -> Result<Response<Body>, Problem> {
    let Some(directory) = instance(&visit.app, alias)? else { return show_form(visit, alias, fields, None) };
    let next = local(fields.text("next"));
    match check::password(visit, &directory, fields.raw("username").trim(), fields.raw("password")).await? {
        Checked::Right(user) => check::after_password(visit, &directory, &user, next).await,
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

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    layout: Layout,
    one_time: bool,
    username: String,
    error: Option<String>,
    wrong_present: bool,
}

async fn password_form(Newcomer(viewer): Newcomer) -> Response<Body> {
    page(&password_page(&viewer, None, false))
}

fn password_page(viewer: &Viewer, error: Option<String>, wrong_present: bool) -> PasswordPage {
    PasswordPage {
        layout: Layout {
            instance: viewer.directory.settings().alias.clone(),
            ..viewer.visit.layout("Choose a password")
        },
        one_time: viewer.user.password == PasswordState::OneTime,
        username: viewer.user.username.clone(),
        error,
        wrong_present,
    }
}

/// Sets the viewer's own password. All other sessions end; this browser gets a new one.
async fn choose_password(Newcomer(viewer): Newcomer, Form(fields): Form) -> Result<Response<Body>, Problem> {
    let refuse = |error: String, wrong_present| {
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &password_page(&viewer, Some(error), wrong_present)))
    };
    let one_time = viewer.user.password == PasswordState::OneTime;
    if !one_time {
        let present = check::password(&viewer.visit, &viewer.directory, &viewer.user.username, fields.raw("present"));
        if let Checked::Wrong = present.await? {
            return refuse("This is not your present password, or there were too many attempts.".to_owned(), true);
        }
    }
    let chosen = match Password::parse(fields.raw("password")) {
        Ok(chosen) => chosen,
        Err(invalid) => return refuse(sentence(&invalid.into()), false),
    };
    if fields.raw("password") != fields.raw("again") {
        return refuse("The two new passwords differ.".to_owned(), false);
    }
    let kept = viewer.app().service.store().password_hash(viewer.instance(), viewer.user.id).await?;
    if viewer.app().service.hashing().verify(chosen.reveal(), kept).await? {
        return refuse("This is the password you have now: choose another one.".to_owned(), false);
    }
    let user = viewer.user.id;
    let command = |password: NewPassword| Command::ChangeOwnPassword { user, password };
    let service = &viewer.app().service;
    match service.execute_with_password(viewer.instance(), viewer.actor(), &chosen, false, command).await {
        Ok(_) => {}
        Err(failure @ Failure::Refused(_)) => return refuse(sentence(&failure), false),
        Err(failure) => return Err(failure.into()),
    }
    let Some(directory) = service.engine().current(viewer.instance()) else { return Err(Problem::SignIn) };
    let Some(user) = directory.user(user) else { return Err(Problem::SignIn) };
    check::open_session(&viewer.visit, &directory, user, super::ROOT, &Flash::good("Your password is changed.")).await
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

async fn prove(viewer: Viewer, Form(fields): Form) -> Result<Response<Body>, Problem> {
    let checked = check::password(&viewer.visit, &viewer.directory, &viewer.user.username, fields.raw("password"));
    match checked.await? {
        Checked::Wrong => {
            let page = prove_page(&viewer, &fields, Some(check::WRONG.to_owned()));
            Ok(page_with(StatusCode::UNAUTHORIZED, &page))
        }
        Checked::Right(user) => {
            check::after_password(&viewer.visit, &viewer.directory, &user, local(fields.text("next"))).await
        }
    }
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
