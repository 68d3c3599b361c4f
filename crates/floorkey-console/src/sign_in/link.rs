//! Handles the links in emails. Opening a link does not invalidate it, because some email programs open links
//! automatically. The link is invalidated when the user submits the form on the link's page.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Actor, Authentication, Command, Directory, NewPassword, Principal, Refusal, User};
use floorkey_store::{Link, LinkPurpose};
use http::{Response, StatusCode};

use super::context::SignInContext;
use super::{check, password};
use crate::ConsoleState;
use crate::web::current_user::RequestContext;
use crate::web::fields::InvalidInput;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page_with, redirect_to};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get};
use floorkey_service::clock;
use floorkey_service::failure::Failure;
use floorkey_service::mail;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/link/{token}", get(show).post(submit))
}

#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct LinkPage {
    layout: Layout,
    action: String,
    username: String,
    address: String,
    /// Whether the link is for choosing a password. If not, the link is for verifying an email address.
    sets_password: bool,
    invited: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in_link_expired.html")]
struct ExpiredPage {
    layout: Layout,
}

/// A valid link.
struct ValidLink {
    link: Link,
    directory: Arc<Directory>,
    user: Arc<User>,
}

async fn find(app: &ConsoleState, token: &str) -> Result<Option<ValidLink>, PageError> {
    let Some(hash) = mail::link_token_hash(token) else { return Ok(None) };
    let Some(link) = app.service.store().link(&hash).await? else { return Ok(None) };
    let Some(directory) = app.service.engine().current(link.instance) else { return Ok(None) };
    let Some(user) = directory.user(link.user).cloned() else { return Ok(None) };
    let is_valid = mail::is_link_valid(&link, &user, clock::now());
    Ok(is_valid.then_some(ValidLink { link, directory, user }))
}

fn link_expired(context: &RequestContext) -> Response<Body> {
    page_with(StatusCode::GONE, &ExpiredPage { layout: context.layout("This link has expired") })
}

fn link_page(context: &RequestContext, token: &str, valid: &ValidLink, error: Option<String>) -> Response<Body> {
    let sets_password = valid.link.purpose != LinkPurpose::VerifyEmail;
    let title = if sets_password { "Choose a password" } else { "Verify your email address" };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = LinkPage {
        layout: Layout { instance: valid.directory.settings().alias.clone(), ..context.layout(title) },
        action: format!("/connect/link/{token}"),
        username: valid.user.username.clone(),
        address: valid.link.address.clone(),
        sets_password,
        invited: valid.link.purpose == LinkPurpose::Invite,
        error,
    };
    page_with(status, &page)
}

async fn show(context: RequestContext, Path(token): Path<String>) -> Result<Response<Body>, PageError> {
    match find(&context.app, &token).await? {
        Some(valid) => Ok(link_page(&context, &token, &valid, None)),
        None => Ok(link_expired(&context)),
    }
}

async fn submit(
    sign_in: SignInContext,
    Path(token): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let context = &sign_in.context;
    let app = &context.app;
    let Some(valid) = find(app, &token).await? else { return Ok(link_expired(context)) };
    if valid.link.purpose == LinkPurpose::VerifyEmail {
        let actor = match verifying_actor(context, &valid, &token) {
            Ok(actor) => actor,
            Err(response) => return Ok(response),
        };
        let Some(_) = app.service.store().consume_link(&valid.link.token_hash, clock::now()).await? else {
            return Ok(link_expired(context));
        };
        verify_email(context, &valid, actor).await?;
        let flash = Flash::good(format!("{} is confirmed.", valid.link.address));
        let next = if context.signed_in_user().is_some() { "/connect/access/sign-in" } else { "/connect/login" };
        return Ok(context.redirect_with_flash(next, &flash));
    }
    let chosen = match password::parse_new_password(fields.raw("password"), fields.raw("again")) {
        Ok(chosen) => chosen,
        Err(InvalidInput(error)) => return Ok(link_page(context, &token, &valid, Some(error))),
    };
    // If the form is submitted several times at the same time, only one submission succeeds.
    let Some(_) = app.service.store().consume_link(&valid.link.token_hash, clock::now()).await? else {
        return Ok(link_expired(context));
    };
    let user = valid.user.id;
    let command = |password: NewPassword| Command::ChangeOwnPassword { user, password };
    let (service, instance) = (&app.service, valid.directory.instance());
    let actor = context.authenticating_actor(user, valid.link.epoch);
    match service.execute_with_password(instance, actor, &chosen, false, command).await {
        Ok(_) => {}
        Err(Failure::Refused(Refusal::CredentialsEnded)) => return Ok(link_expired(context)),
        Err(failure) => {
            // The password was not set, so the link is restored for another attempt.
            service.store().put_link(&valid.link).await?;
            return match failure {
                Failure::Refused(_) => Ok(link_page(context, &token, &valid, Some(to_sentence(&failure)))),
                failure => Err(failure.into()),
            };
        }
    }
    if valid.link.purpose == LinkPurpose::Invite {
        let epoch = valid.link.epoch.saturating_add(1);
        verify_email(context, &valid, link_actor(context, &valid, epoch)).await?;
    }
    let (directory, user) = check::after_own_change(service, instance, user, valid.link.epoch)?;
    service.throttle().unlock(instance, user.id);
    check::after_password(&sign_in, &directory, &user, crate::ROOT).await
}

/// Returns the actor for a request that was made through an email link. The link proves only that the actor has access
/// to the mailbox. `epoch` is the security epoch for which the link was accepted.
fn link_actor(context: &RequestContext, valid: &ValidLink, epoch: u64) -> Actor {
    let principal = Principal::User {
        id: valid.user.id,
        authentication: Authentication::Session { recently_authenticated: false },
    };
    Actor { principal, security_epoch: Some(epoch), ..context.anonymous_actor() }
}

/// Returns the actor who verifies the email address.
///
/// The address may have been entered by another user who could know earlier credentials of this user. That other user
/// may also be able to read mail sent to this address. Verifying such an address therefore requires that this user has
/// signed in recently.
///
/// # Errors
/// Returns the response that asks the user to sign in if this sign-in is missing.
fn verifying_actor(context: &RequestContext, valid: &ValidLink, token: &str) -> Result<Actor, Response<Body>> {
    if !valid.user.email_unverified {
        return Ok(link_actor(context, valid, valid.link.epoch));
    }
    match context
        .signed_in_user()
        .filter(|viewer| viewer.user.id == valid.user.id && viewer.instance() == valid.link.instance)
    {
        Some(viewer) if viewer.has_recent_sign_in => Ok(viewer.actor()),
        Some(_) => Err(redirect_to(&format!("/connect/prove?next=/connect/link/{token}"))),
        None => {
            let error = format!(
                "Another user entered this address. Sign in as {} in this browser, then open the link again.",
                valid.user.username
            );
            Err(link_page(context, token, valid, Some(error)))
        }
    }
}

async fn verify_email(context: &RequestContext, valid: &ValidLink, actor: Actor) -> Result<(), PageError> {
    let (user, email) = (valid.user.id, valid.link.address.clone());
    context.app.service.execute(valid.directory.instance(), actor, Command::VerifyEmail { user, email }).await?;
    Ok(())
}
