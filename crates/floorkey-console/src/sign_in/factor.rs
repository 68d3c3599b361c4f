//! MFA after a verified password: an authenticator code, a recovery code, or a passkey.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use floorkey::user::SecondFactorKind;
use floorkey::{Directory, User};
use http::{Response, StatusCode};

use super::arrival::{Arrival, Pending};
use super::check;
use crate::ConsoleState;
use crate::factors;
use crate::factors::passkey::{self, Challenge};
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::layout::{Layout, add_cookie, page_with, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::session;
use floorkey_service::outside;
use floorkey_service::sign_in_log::FailedSignIn;
use floorkey_service::single_use;
use floorkey_service::throttle::Outcome;

/// The number of attempts before the password must be entered again.
const TRIES: u64 = 5;

/// The message for every failed attempt. It is the same for a wrong code, a used code, and throttling.
const WRONG: &str = "That was not right, or it was used already. Wait for the next code and type that one.";

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/factor", get(form).post(answer))
}

#[derive(Template)]
#[template(path = "sign_in_factor.html")]
struct FactorPage {
    layout: Layout,
    username: String,
    has_app: bool,
    has_recovery: bool,
    passkey: Option<Challenge>,
    /// The address where passkeys work, if it is not this one.
    passkey_place: Option<String>,
    error: Option<&'static str>,
}

async fn form(arrival: Arrival) -> Result<Response<Body>, PageError> {
    let Some((directory, user)) = whose(&arrival) else { return Ok(redirect_to("/connect/login")) };
    show(&arrival, &directory, &user, None).await
}

fn whose(arrival: &Arrival) -> Option<(Arc<Directory>, Arc<User>)> {
    arrival.pending.as_ref()?.user(&arrival.context.app, outside::now())
}

async fn show(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    error: Option<&'static str>,
) -> Result<Response<Body>, PageError> {
    let has = |kind| user.second_factors.iter().any(|factor| factor.kind == kind);
    let app = &arrival.context.app;
    let passkey = match has(SecondFactorKind::Passkey) {
        true => passkey::ask(app, directory.instance(), user).await?,
        false => None,
    };
    let page = FactorPage {
        layout: Layout { instance: directory.settings().alias.clone(), ..arrival.context.layout("Second factor") },
        username: user.username.clone(),
        has_app: has(SecondFactorKind::Totp),
        has_recovery: has(SecondFactorKind::RecoveryCodes),
        passkey_place: passkey.as_ref().and_then(|_| passkey::place(&app.public_url)),
        passkey,
        error,
    };
    let status = if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    Ok(page_with(status, &page))
}

async fn answer(arrival: Arrival, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let app = arrival.context.app.clone();
    let (Some((directory, user)), Some(pending)) = (whose(&arrival), &arrival.pending) else {
        let flash = Flash::info("That took too long. Sign in again.");
        return Ok(arrival.context.redirect_with_flash("/connect/login", &flash));
    };
    let instance = directory.instance();
    let (service, bucket) = (&app.service, arrival.factor_bucket(instance, &user));
    let Some(permit) = service.throttle().begin(&bucket, None, outside::moment()) else {
        failed(&arrival, &directory, &user, false);
        return show(&arrival, &directory, &user, Some(WRONG)).await;
    };
    let tries = format!("half:{}", pending.mark);
    let tried = single_use::count(service.store(), instance, user.id, &tries).await?;
    let right = tried <= TRIES && takes(&app, &directory, &user, &fields).await?;
    permit.end(if right { Outcome::Success } else { Outcome::Failure }, outside::moment());
    if right {
        return check::enter(&arrival, &directory, &user, &pending.next).await;
    }
    failed(&arrival, &directory, &user, true);
    if tried >= TRIES {
        let flash = Flash::warn("That was not right five times. Begin again with your password.");
        let mut response = arrival.context.redirect_with_flash("/connect/login", &flash);
        let secure = app.is_secure();
        add_cookie(&mut response, &session::removal_cookie(secure, Pending::cookie_name(secure)));
        return Ok(response);
    }
    show(&arrival, &directory, &user, Some(WRONG)).await
}

/// Records a failed or throttled MFA attempt.
fn failed(arrival: &Arrival, directory: &Directory, user: &User, was_verified: bool) {
    let client = &arrival.context.client;
    let failed = FailedSignIn {
        instance: directory.instance(),
        user: Some(user.id),
        client: client.address,
        agent: client.user_agent.clone(),
    };
    let log = arrival.context.app.service.failed_sign_ins();
    log.add(failed, was_verified, outside::now(), outside::moment());
}

async fn takes(app: &ConsoleState, directory: &Directory, user: &User, fields: &Fields) -> Result<bool, PageError> {
    let instance = directory.instance();
    match fields.text("answer") {
        Some(answer) => passkey::takes(app, instance, user, answer, fields.raw("state")).await,
        None => factors::takes_code(app, instance, user, fields.raw("code"), outside::now()).await,
    }
}
