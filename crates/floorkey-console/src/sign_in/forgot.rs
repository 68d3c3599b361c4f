//! The “Forgot your password?” page. The page's response and timing are the same whether or not the user exists.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use http::Response;

use super::context::SignInContext;
use super::{RequestedInstance, address};
use crate::web::current_user::RequestContext;
use crate::web::form::Form;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use floorkey_service::mail::{self, PasswordLinkRequest};
use floorkey_service::network::Network;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/forgot", get(form).post(submit))
        .route("/connect/forgot/{alias}", get(form_for_alias).post(submit_for_alias))
}

#[derive(Template)]
#[template(path = "sign_in_forgot.html")]
struct ForgotPage {
    layout: Layout,
    action: String,
    sign_in: String,
    is_submitted: bool,
}

async fn form(context: RequestContext) -> Response<Body> {
    show(&context, None, false)
}

async fn form_for_alias(context: RequestContext, Path(alias): Path<String>) -> Response<Body> {
    show(&context, Some(&alias), false)
}

fn show(context: &RequestContext, alias: Option<&str>, is_submitted: bool) -> Response<Body> {
    let requested = RequestedInstance::find(&context.app, alias);
    if let RequestedInstance::Unspecified = requested {
        return redirect_to("/connect/login");
    }
    page(&ForgotPage {
        layout: Layout { instance: requested.display_name(alias), ..context.layout("Forgot your password?") },
        action: address("forgot", alias, None),
        sign_in: address("login", alias, None),
        is_submitted,
    })
}

async fn submit(sign_in: SignInContext, Form(fields): Form) -> Result<Response<Body>, PageError> {
    send_link(sign_in, None, fields.raw("username").trim().to_owned())
}

async fn submit_for_alias(
    sign_in: SignInContext,
    Path(alias): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    send_link(sign_in, Some(&alias), fields.raw("username").trim().to_owned())
}

fn send_link(sign_in: SignInContext, alias: Option<&str>, username: String) -> Result<Response<Body>, PageError> {
    let SignInContext { context, known_browsers, .. } = sign_in;
    // An unknown alias gets the same response as an unknown user.
    let RequestedInstance::Instance(directory) = RequestedInstance::find(&context.app, alias) else {
        return Ok(show(&context, alias, true));
    };
    let user = directory.user_by_login(&username);
    let known_browser = user.and_then(|user| known_browsers.browser_id(directory.instance(), user)).map(str::to_owned);
    let network = Network::from(context.client.address);
    let actor = context.anonymous_actor();
    mail::request_password_link(
        &context.app.mailer,
        PasswordLinkRequest { directory, actor, login: username, known_browser, network },
    )?;
    Ok(show(&context, alias, true))
}
