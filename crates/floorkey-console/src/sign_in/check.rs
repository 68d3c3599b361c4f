//! Verifies passwords and starts sessions.

use std::sync::Arc;

use axum::body::Body;
use floorkey::{Action, Directory, InstanceId, RecordKey, User, UserId};
use floorkey_store::LinkPurpose;
use http::Response;
use zeroize::Zeroizing;

use super::context::{PendingSecondFactor, SignInContext};
use crate::factors;
use crate::web::flash::Flash;
use crate::web::layout::{add_cookie, redirect_to};
use crate::web::page_error::PageError;
use crate::web::session;
use floorkey_service::password_check::PasswordCheck;
use floorkey_service::service::Service;

/// The message for every failed sign-in. The message is the same for a wrong password, an unknown or disabled user, and
/// throttling.
pub(super) const SIGN_IN_FAILED: &str = "The user name or the password is not right. After several failures, wait a \
    few minutes before you try again.";

/// The result of a password check.
pub(super) enum PasswordResult {
    /// The password is correct and belongs to this user.
    Correct(Arc<User>),
    /// The password is wrong, the user must wait because of failed attempts, or the user cannot sign in.
    Incorrect,
}

/// Checks a login name and a password. `is_signed_in` is `true` if a signed-in user is confirming their identity.
///
/// # Errors
/// Returns an error if the store fails, or if too many checks are running.
pub(super) async fn password(
    sign_in: &SignInContext,
    directory: &Directory,
    login: &str,
    password: &str,
    is_signed_in: bool,
) -> Result<PasswordResult, PageError> {
    let context = &sign_in.context;
    let instance = directory.instance();
    let user = directory.user_by_login(login).cloned();
    let known = user.as_ref().and_then(|user| sign_in.known_browsers.browser_id(instance, user));
    let check = PasswordCheck {
        service: context.app.service.clone(),
        instance,
        login: login.to_owned(),
        user: user.clone(),
        password: Zeroizing::new(password.to_owned()),
        known_browser: known.map(str::to_owned),
        is_signed_in,
        client: context.client.address,
        agent: context.client.user_agent.clone(),
    };
    match (user, check.run().await?) {
        (Some(user), true) => Ok(PasswordResult::Correct(user)),
        _ => Ok(PasswordResult::Incorrect),
    }
}

/// Simulates a password check for an alias that no instance has. The simulation takes as long as a check for an unknown
/// login name. Response times therefore don't reveal which aliases exist.
///
/// # Errors
/// Returns an error if the store fails, or if too many checks are running.
pub(super) async fn simulate_check(sign_in: &SignInContext, login: &str, password: &str) -> Result<(), PageError> {
    let context = &sign_in.context;
    let check = PasswordCheck {
        service: context.app.service.clone(),
        // No instance has the ID 0.
        instance: InstanceId::from_bits(0),
        login: login.to_owned(),
        user: None,
        password: Zeroizing::new(password.to_owned()),
        known_browser: None,
        is_signed_in: false,
        client: context.client.address,
        agent: context.client.user_agent.clone(),
    };
    check.run().await?;
    Ok(())
}

/// Returns the current state of a user who has just changed their own password. `epoch` is the security epoch before
/// the change.
///
/// # Errors
/// Returns [`PageError::SignIn`] if another event has ended the user's sessions since the change.
pub(super) fn after_own_change(
    service: &Service,
    instance: InstanceId,
    user: UserId,
    epoch: u64,
) -> Result<(Arc<Directory>, Arc<User>), PageError> {
    let directory = service.engine().current(instance).ok_or(PageError::SignIn)?;
    let user = directory.user(user).filter(|user| user.security_epoch == epoch.saturating_add(1)).cloned();
    Ok((directory, user.ok_or(PageError::SignIn)?))
}

/// Continues the sign-in after the password was verified. If the user has an MFA factor, the next step is MFA.
/// Otherwise, a session starts.
pub(super) async fn after_password(
    sign_in: &SignInContext,
    directory: &Directory,
    user: &User,
    next: &str,
) -> Result<Response<Body>, PageError> {
    if factors::is_mfa_required(user) {
        let cookie = PendingSecondFactor::cookie(&sign_in.context.app, directory, user, next);
        let cookie = cookie.ok_or_else(|| PageError::bad_request("Sign in again."))?;
        let mut response = redirect_to("/connect/factor");
        add_cookie(&mut response, &cookie);
        return Ok(response);
    }
    finish_sign_in(sign_in, directory, user, next).await
}

/// Starts a session and redirects the browser to `next`.
pub(super) async fn finish_sign_in(
    sign_in: &SignInContext,
    directory: &Directory,
    user: &User,
    next: &str,
) -> Result<Response<Body>, PageError> {
    let mut response = start_session(sign_in, directory, user, redirect_to(next)).await?;
    // A flash message that is meant for the sign-in page does not apply after sign-in, so it is removed.
    add_cookie(&mut response, &session::removal_cookie(sign_in.context.app.is_secure(), Flash::COOKIE));
    Ok(response)
}

/// Starts a session and redirects the browser to a page that shows a message.
pub(super) async fn start_session_with_flash(
    sign_in: &SignInContext,
    directory: &Directory,
    user: &User,
    next: &str,
    flash: &Flash,
) -> Result<Response<Body>, PageError> {
    start_session(sign_in, directory, user, sign_in.context.redirect_with_flash(next, flash)).await
}

/// Starts a session, which replaces the browser's current session. Invalidates the links that were sent to the user for
/// choosing a password.
async fn start_session(
    sign_in: &SignInContext,
    directory: &Directory,
    user: &User,
    mut response: Response<Body>,
) -> Result<Response<Body>, PageError> {
    let SignInContext { context, known_browsers, pending } = sign_in;
    let store = context.app.service.store();
    let instance = directory.instance();
    let secure = context.app.is_secure();
    // The user's identity was verified for this security epoch. The user's credentials may have been replaced since
    // then.
    let is_current = context.app.service.engine().current(instance).is_some_and(|directory| {
        directory.user(user.id).is_some_and(|now| now.enabled && now.security_epoch == user.security_epoch)
    });
    if !is_current {
        return Err(PageError::SignIn);
    }
    let (session, value) =
        session::new_session(instance, user, &context.client.address.to_string(), &context.client.user_agent);
    if let Some(old) = context.signed_in_user() {
        store.end_session(&old.session.token_hash).await?;
    }
    if !store.put_session(&session).await? {
        return Err(PageError::SignIn);
    }
    for purpose in [LinkPurpose::Reset, LinkPurpose::Invite] {
        store.delete_links(instance, user.id, Some(purpose)).await?;
    }
    context.app.activity.record_sign_in(store, instance, user.id, session.created_at).await?;
    let actor = context.authenticating_actor(user.id, user.security_epoch);
    context.app.service.record_event(instance, actor, Action::SignIn, vec![RecordKey::User(user.id)]).await?;
    add_cookie(&mut response, &session::cookie(secure, value));
    if let Some(known) = known_browsers.cookie_with(&context.app, instance, user) {
        add_cookie(&mut response, &known);
    }
    if pending.is_some() {
        add_cookie(&mut response, &session::removal_cookie(secure, PendingSecondFactor::cookie_name(secure)));
    }
    Ok(response)
}
