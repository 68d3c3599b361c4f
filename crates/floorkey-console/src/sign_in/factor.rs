//! The MFA step after the password was verified: an authenticator code, a recovery code, or a passkey.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use floorkey::user::MfaMethodKind;
use floorkey::{Directory, User};
use http::{Response, StatusCode};

use super::check;
use super::context::{PendingSecondFactor, SignInContext};
use crate::ConsoleState;
use crate::factors;
use crate::factors::passkey::{self, Challenge};
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::layout::{Layout, add_cookie, page_with, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::session;
use floorkey_service::clock;
use floorkey_service::sign_in_log::FailedSignIn;
use floorkey_service::single_use;
use floorkey_service::throttle::AttemptOutcome;

/// The number of MFA attempts before the user must enter the password again.
const ATTEMPTS_MAX: u64 = 5;

/// The message for every failed attempt. The message is the same for a wrong code, a used code, and throttling.
const VERIFICATION_FAILED: &str =
    "That was not right, or it was used already. Wait for the next code and type that one.";

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/factor", get(form).post(submit))
}

#[derive(Template)]
#[template(path = "sign_in_factor.html")]
struct FactorPage {
    layout: Layout,
    username: String,
    has_totp: bool,
    has_recovery: bool,
    passkey: Option<Challenge>,
    /// The address where passkeys work, if it differs from the address of this page.
    passkey_origin: Option<String>,
    error: Option<&'static str>,
}

async fn form(sign_in: SignInContext) -> Result<Response<Body>, PageError> {
    let Some((directory, user)) = pending_user(&sign_in) else { return Ok(redirect_to("/connect/login")) };
    show(&sign_in, &directory, &user, None).await
}

fn pending_user(sign_in: &SignInContext) -> Option<(Arc<Directory>, Arc<User>)> {
    sign_in.pending.as_ref()?.user(&sign_in.context.app, clock::now())
}

async fn show(
    sign_in: &SignInContext,
    directory: &Directory,
    user: &User,
    error: Option<&'static str>,
) -> Result<Response<Body>, PageError> {
    let has = |kind| user.mfa_methods.iter().any(|factor| factor.kind == kind);
    let app = &sign_in.context.app;
    let passkey = match has(MfaMethodKind::Passkey) {
        true => passkey::start_authentication(app, directory.instance(), user).await?,
        false => None,
    };
    let page = FactorPage {
        layout: Layout { instance: directory.settings().alias.clone(), ..sign_in.context.layout("MFA") },
        username: user.username.clone(),
        has_totp: has(MfaMethodKind::Totp),
        has_recovery: has(MfaMethodKind::RecoveryCodes),
        passkey_origin: passkey.as_ref().and_then(|_| passkey::alternative_origin(&app.public_url)),
        passkey,
        error,
    };
    let status = if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    Ok(page_with(status, &page))
}

async fn submit(sign_in: SignInContext, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let app = sign_in.context.app.clone();
    let (Some((directory, user)), Some(pending)) = (pending_user(&sign_in), &sign_in.pending) else {
        let flash = Flash::info("That took too long. Sign in again.");
        return Ok(sign_in.context.redirect_with_flash("/connect/login", &flash));
    };
    let instance = directory.instance();
    let (service, bucket) = (&app.service, sign_in.factor_bucket(instance, &user));
    let Some(permit) = service.throttle().begin(&bucket, None, clock::monotonic_now()) else {
        record_failure(&sign_in, &directory, &user, false);
        return show(&sign_in, &directory, &user, Some(VERIFICATION_FAILED)).await;
    };
    let counter = format!("half:{}", pending.attempt_id);
    let attempts = single_use::count_use(service.store(), instance, user.id, &counter).await?;
    let is_verified = attempts <= ATTEMPTS_MAX && verify(&app, &directory, &user, &fields).await?;
    permit.end(if is_verified { AttemptOutcome::Success } else { AttemptOutcome::Failure }, clock::monotonic_now());
    if is_verified {
        return check::finish_sign_in(&sign_in, &directory, &user, &pending.next).await;
    }
    record_failure(&sign_in, &directory, &user, true);
    if attempts >= ATTEMPTS_MAX {
        let flash = Flash::warn("That was not right five times. Begin again with your password.");
        let mut response = sign_in.context.redirect_with_flash("/connect/login", &flash);
        let secure = app.is_secure();
        add_cookie(&mut response, &session::removal_cookie(secure, PendingSecondFactor::cookie_name(secure)));
        return Ok(response);
    }
    show(&sign_in, &directory, &user, Some(VERIFICATION_FAILED)).await
}

/// Records a failed or throttled MFA attempt.
fn record_failure(sign_in: &SignInContext, directory: &Directory, user: &User, was_verified: bool) {
    let client = &sign_in.context.client;
    let failed = FailedSignIn {
        instance: directory.instance(),
        user: Some(user.id),
        client: client.address,
        agent: client.user_agent.clone(),
    };
    let log = sign_in.context.app.service.failed_sign_ins();
    log.add(failed, was_verified, clock::now(), clock::monotonic_now());
}

async fn verify(app: &ConsoleState, directory: &Directory, user: &User, fields: &Fields) -> Result<bool, PageError> {
    let instance = directory.instance();
    match fields.text("answer") {
        Some(submit) => passkey::verify_authentication(app, instance, user, submit, fields.raw("state")).await,
        None => factors::verify_code(app, instance, user, fields.raw("code"), clock::now()).await,
    }
}
