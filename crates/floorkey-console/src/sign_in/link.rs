//! Links from emails. Opening a link does not consume it, because email programs open links too. Submitting its form
//! does.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Actor, Command, Directory, NewPassword, Principal, Refusal, User, Via};
use floorkey_store::{Link, LinkPurpose};
use http::{Response, StatusCode};

use super::arrival::Arrival;
use super::{check, password};
use crate::ConsoleState;
use crate::web::current_user::RequestContext;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page_with, redirect_to};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get};
use floorkey_service::failure::Failure;
use floorkey_service::mail;
use floorkey_service::outside;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/link/{token}", get(look).post(follow))
}

#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct LinkPage {
    layout: Layout,
    action: String,
    username: String,
    address: String,
    /// Whether the link is for choosing a password; otherwise it verifies an email.
    chooses: bool,
    invited: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in_link_gone.html")]
struct GonePage {
    layout: Layout,
}

/// A valid link.
struct Good {
    link: Link,
    directory: Arc<Directory>,
    user: Arc<User>,
}

async fn find(app: &ConsoleState, token: &str) -> Result<Option<Good>, PageError> {
    let Some(hash) = mail::hash_of(token) else { return Ok(None) };
    let Some(link) = app.service.store().link(&hash).await? else { return Ok(None) };
    let Some(directory) = app.service.engine().current(link.instance) else { return Ok(None) };
    let Some(user) = directory.user(link.user).cloned() else { return Ok(None) };
    let good = mail::is_good(&link, &user, outside::now());
    Ok(good.then_some(Good { link, directory, user }))
}

fn gone(context: &RequestContext) -> Response<Body> {
    page_with(StatusCode::GONE, &GonePage { layout: context.layout("This link is no longer good") })
}

fn show(context: &RequestContext, token: &str, good: &Good, error: Option<String>) -> Response<Body> {
    let chooses = good.link.purpose != LinkPurpose::ConfirmEmail;
    let title = if chooses { "Choose a password" } else { "Confirm your e-mail address" };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = LinkPage {
        layout: Layout { instance: good.directory.settings().alias.clone(), ..context.layout(title) },
        action: format!("/connect/link/{token}"),
        username: good.user.username.clone(),
        address: good.link.detail.clone(),
        chooses,
        invited: good.link.purpose == LinkPurpose::Invite,
        error,
    };
    page_with(status, &page)
}

async fn look(context: RequestContext, Path(token): Path<String>) -> Result<Response<Body>, PageError> {
    match find(&context.app, &token).await? {
        Some(good) => Ok(show(&context, &token, &good, None)),
        None => Ok(gone(&context)),
    }
}

async fn follow(arrival: Arrival, Path(token): Path<String>, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let context = &arrival.context;
    let app = &context.app;
    let Some(good) = find(app, &token).await? else { return Ok(gone(context)) };
    if good.link.purpose == LinkPurpose::ConfirmEmail {
        let actor = match confirming(context, &good, &token) {
            Ok(actor) => actor,
            Err(response) => return Ok(response),
        };
        let Some(_) = app.service.store().consume_link(&good.link.token_hash, outside::now()).await? else {
            return Ok(gone(context));
        };
        confirm(context, &good, actor).await?;
        let flash = Flash::good(format!("{} is confirmed.", good.link.detail));
        let next = if context.signed_in_user().is_some() { "/connect/access/sign-in" } else { "/connect/login" };
        return Ok(context.redirect_with_flash(next, &flash));
    }
    let chosen = match password::chosen(fields.raw("password"), fields.raw("again")) {
        Ok(chosen) => chosen,
        Err(error) => return Ok(show(context, &token, &good, Some(error))),
    };
    // Only one of several concurrent submissions succeeds.
    let Some(_) = app.service.store().consume_link(&good.link.token_hash, outside::now()).await? else {
        return Ok(gone(context));
    };
    let user = good.user.id;
    let command = |password: NewPassword| Command::ChangeOwnPassword { user, password };
    let (service, instance) = (&app.service, good.directory.instance());
    let actor = context.authenticating_actor(user, good.link.epoch);
    match service.execute_with_password(instance, actor, &chosen, false, command).await {
        Ok(_) => {}
        Err(Failure::Refused(Refusal::CredentialsEnded)) => return Ok(gone(context)),
        Err(failure) => {
            // The link was not used, so it is restored for another attempt.
            service.store().put_link(&good.link).await?;
            return match failure {
                Failure::Refused(_) => Ok(show(context, &token, &good, Some(to_sentence(&failure)))),
                failure => Err(failure.into()),
            };
        }
    }
    if good.link.purpose == LinkPurpose::Invite {
        let epoch = good.link.epoch.saturating_add(1);
        confirm(context, &good, by_link(context, &good, epoch)).await?;
    }
    let (directory, user) = check::after_own_change(service, instance, user, good.link.epoch)?;
    service.throttle().unlock(instance, user.id);
    check::after_password(&arrival, &directory, &user, crate::ROOT).await
}

/// The actor authenticated by a link, which proves only access to the mailbox. The link was accepted for this security
/// epoch.
fn by_link(context: &RequestContext, good: &Good, epoch: u64) -> Actor {
    let principal = Principal::User { id: good.user.id, via: Via::Session { fresh: false } };
    Actor { principal, security_epoch: Some(epoch), ..context.anonymous_actor() }
}

/// Returns the actor who verifies the email. If the address was entered by a user who could know this user's earlier
/// credentials, that user could also read its mail. The link then requires a session with a recent sign-in of this
/// user, and the error is the response that asks for it.
fn confirming(context: &RequestContext, good: &Good, token: &str) -> Result<Actor, Response<Body>> {
    if !good.user.email_unverified {
        return Ok(by_link(context, good, good.link.epoch));
    }
    match context
        .signed_in_user()
        .filter(|viewer| viewer.user.id == good.user.id && viewer.instance() == good.link.instance)
    {
        Some(viewer) if viewer.has_recent_sign_in => Ok(viewer.actor()),
        Some(_) => Err(redirect_to(&format!("/connect/prove?next=/connect/link/{token}"))),
        None => {
            let error = format!(
                "Another user entered this address. Sign in as {} in this browser, then open the link again.",
                good.user.username
            );
            Err(show(context, token, good, Some(error)))
        }
    }
}

async fn confirm(context: &RequestContext, good: &Good, actor: Actor) -> Result<(), PageError> {
    let (user, email) = (good.user.id, good.link.detail.clone());
    context.app.service.execute(good.directory.instance(), actor, Command::ConfirmEmail { user, email }).await?;
    Ok(())
}
