//! Signing in and out.
//!
//! `check` verifies the password and creates sessions. `factor` handles MFA. `context` contains the state of a sign-in
//! that is stored in the browser's cookies. `password` sets a new password. `reauthenticate` confirms the identity of a
//! signed-in user. `forgot` sends a link for resetting a password, and `link` handles the links in emails.

mod check;
mod context;
mod factor;
mod forgot;
mod link;
mod password;
mod reauthenticate;

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Action, Directory, RecordKey};
use http::{Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::ConsoleState;
use crate::web::current_user::RequestContext;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form, Query};
use crate::web::layout::{Layout, Theme, add_cookie, local_redirect_target, page_with, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get, post};
use crate::web::session;
use check::PasswordResult;
use context::SignInContext;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/login", get(form).post(sign_in))
        .route("/connect/login/{alias}", get(form_for_alias).post(sign_in_for_alias))
        .route("/connect/logout", post(sign_out))
        .route("/connect/theme", post(choose_theme))
        .merge(factor::routes())
        .merge(forgot::routes())
        .merge(link::routes())
        .merge(password::routes())
        .merge(reauthenticate::routes())
}

/// Whether the path is a page for signing in, for confirming the user's identity, or for choosing a password.
pub(super) fn is_sign_in_page(path: &str) -> bool {
    const FORMS: [&str; 6] = ["login", "factor", "forgot", "link", "password", "prove"];
    let first = path.strip_prefix(crate::ROOT).and_then(|rest| rest.split('/').next());
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
}

/// The page that asks the user which instance to sign in to. It is shown if the server has several instances.
#[derive(Template)]
#[template(path = "sign_in_instance.html")]
struct InstancePage {
    layout: Layout,
    next: String,
    /// The aliases and addresses of instances that users signed in to with this browser. The page does not list other
    /// instances.
    known: Vec<(String, String)>,
}

async fn form(sign_in: SignInContext, Query(query): Query) -> Response<Body> {
    if let Some(alias) = query.text("instance") {
        return redirect_to(&address("login", Some(alias), query.text("next")));
    }
    show_form(&sign_in, None, &query, None)
}

async fn form_for_alias(sign_in: SignInContext, Path(alias): Path<String>, Query(query): Query) -> Response<Body> {
    show_form(&sign_in, Some(&alias), &query, None)
}

/// Shows the sign-in form. The form looks the same whether or not an instance with this alias exists.
fn show_form(sign_in: &SignInContext, alias: Option<&str>, fields: &Fields, error: Option<String>) -> Response<Body> {
    let context = &sign_in.context;
    let next = local_redirect_target(fields.text("next")).to_owned();
    if error.is_none() && context.signed_in_user().is_some() {
        return redirect_to(&next);
    }
    let requested = RequestedInstance::find(&context.app, alias);
    if let RequestedInstance::Unspecified = requested {
        return show_instance_form(sign_in, next);
    }
    let status = if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let page = SignInPage {
        layout: Layout { instance: requested.display_name(alias), ..context.layout("Sign in") },
        action: address("login", alias, None),
        forgot: address("forgot", alias, None),
        username: fields.text("username").unwrap_or_default().to_owned(),
        next,
        error,
    };
    page_with(status, &page)
}

/// Shows the form that asks for an instance's alias. Lists only instances that users signed in to with this browser.
fn show_instance_form(sign_in: &SignInContext, next: String) -> Response<Body> {
    let engine = sign_in.context.app.service.engine();
    let alias = |instance| engine.current(instance).and_then(|directory| directory.settings().alias.clone());
    let mut known: Vec<String> = sign_in.known_browsers.instances().into_iter().filter_map(alias).collect();
    known.sort();
    let known = known.into_iter().map(|alias| (address("login", Some(&alias), Some(&next)), alias));
    let page = InstancePage {
        layout: sign_in.context.layout("Sign in"),
        known: known.map(|(to, alias)| (alias, to)).collect(),
        next,
    };
    page_with(StatusCode::OK, &page)
}

/// Returns the address of a page that is shown before sign-in. The address contains the alias as the user entered it.
fn address(page: &str, alias: Option<&str>, next: Option<&str>) -> String {
    let alias: String = alias.map(|alias| alias.trim().chars().take(ALIAS_CHARS_MAX).collect()).unwrap_or_default();
    let mut address = format!("/connect/{page}");
    if !alias.is_empty() {
        address.push('/');
        address.extend(utf8_percent_encode(&alias, IN_PATH));
    }
    if let Some(next) =
        next.map(|next| local_redirect_target(Some(next))).filter(|next| *next != local_redirect_target(None))
    {
        address.push_str("?next=");
        address.extend(form_urlencoded::byte_serialize(next.as_bytes()));
    }
    address
}

/// The maximum number of characters of an alias. No instance has a longer alias.
const ALIAS_CHARS_MAX: usize = 64;

/// The characters to percent-encode in an alias, which are all characters that aliases cannot contain.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

async fn sign_in(sign_in: SignInContext, Form(fields): Form) -> Result<Response<Body>, PageError> {
    check_credentials(&sign_in, None, &fields).await
}

async fn sign_in_for_alias(
    sign_in: SignInContext,
    Path(alias): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    check_credentials(&sign_in, Some(&alias), &fields).await
}

async fn check_credentials(
    sign_in: &SignInContext,
    alias: Option<&str>,
    fields: &Fields,
) -> Result<Response<Body>, PageError> {
    let context = &sign_in.context;
    let failed = || show_form(sign_in, alias, fields, Some(check::SIGN_IN_FAILED.to_owned()));
    let directory = match RequestedInstance::find(&context.app, alias) {
        RequestedInstance::Instance(directory) => directory,
        RequestedInstance::Unspecified => return Ok(show_form(sign_in, alias, fields, None)),
        RequestedInstance::Unknown => {
            check::simulate_check(sign_in, fields.raw("username").trim(), fields.raw("password")).await?;
            return Ok(failed());
        }
    };
    let next = local_redirect_target(fields.text("next"));
    match check::password(sign_in, &directory, fields.raw("username").trim(), fields.raw("password"), false).await? {
        PasswordResult::Correct(user) => check::after_password(sign_in, &directory, &user, next).await,
        PasswordResult::Incorrect => Ok(failed()),
    }
}

/// The instance that the address of a sign-in page requests.
enum RequestedInstance {
    /// The instance with the alias in the address, or the server's only instance if the address has no alias.
    Instance(Arc<Directory>),
    /// No instance has this alias. The response must not reveal that the alias is unknown.
    Unknown,
    /// The address has no alias, and the server does not have exactly one instance.
    Unspecified,
}

impl RequestedInstance {
    fn find(app: &ConsoleState, alias: Option<&str>) -> Self {
        let all = app.service.engine().all();
        let Some(alias) = alias else {
            return match all.as_slice() {
                [only] => Self::Instance(only.clone()),
                _ => Self::Unspecified,
            };
        };
        let has_alias =
            |one: &&Arc<Directory>| one.settings().alias.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(alias));
        all.iter().find(has_alias).cloned().map_or(Self::Unknown, Self::Instance)
    }

    /// Returns the name shown above the form. If the address has an alias, the name is the alias as the user entered
    /// it. The name therefore does not reveal whether the instance exists.
    fn display_name(&self, alias: Option<&str>) -> Option<String> {
        match (self, alias) {
            (_, Some(alias)) => Some(alias.chars().take(ALIAS_CHARS_MAX).collect()),
            (Self::Instance(directory), None) => directory.settings().alias.clone(),
            (Self::Unknown | Self::Unspecified, None) => None,
        }
    }
}

async fn sign_out(context: RequestContext) -> Result<Response<Body>, PageError> {
    if let Some(viewer) = context.signed_in_user() {
        context.app.service.store().end_session(&viewer.session.token_hash).await?;
        let target = vec![RecordKey::User(viewer.user.id)];
        context.app.service.record_event(viewer.instance(), viewer.actor(), Action::SignOut, target).await?;
    }
    let mut response = context.redirect_with_flash("/connect/login", &Flash::info("You are signed out."));
    let secure = context.app.is_secure();
    add_cookie(&mut response, &session::removal_cookie(secure, session::cookie_name(secure)));
    Ok(response)
}

async fn choose_theme(context: RequestContext, Form(fields): Form) -> Response<Body> {
    let mut response = redirect_to(local_redirect_target(fields.text("back")));
    let cookie = match Theme::parse(fields.raw("theme")) {
        Some(theme) => {
            let mut cookie =
                session::http_only_cookie(context.app.is_secure(), Theme::COOKIE, theme.as_str().to_owned());
            cookie.make_permanent();
            cookie
        }
        None => session::removal_cookie(context.app.is_secure(), Theme::COOKIE),
    };
    add_cookie(&mut response, &cookie);
    response
}
