//! Password verification, and the start of a session.

use std::sync::Arc;

use axum::body::Body;
use floorkey::{Act, Directory, InstanceId, RecordKey, User, UserId};
use floorkey_store::LinkPurpose;
use http::Response;
use zeroize::Zeroizing;

use super::arrival::{Arrival, Pending};
use crate::factors;
use crate::web::flash::Flash;
use crate::web::layout::{add_cookie, lead_to};
use crate::web::page_error::Problem;
use crate::web::session;
use floorkey_service::password_check::PasswordCheck;
use floorkey_service::service::Service;

/// The message for every failed sign-in. It is the same for a wrong password, an unknown or disabled user, and
/// throttling.
pub(super) const WRONG: &str = "The user name or the password is not right. After several failures, wait a few \
    minutes before you try again.";

/// The result of a password check.
pub(super) enum Checked {
    /// The password is correct and belongs to this user.
    Right(Arc<User>),
    /// The password is wrong, or the user must wait or cannot sign in.
    Wrong,
}

/// Checks a login and a password. `is_signed_in` is set if a signed-in user confirms their identity.
///
/// # Errors
/// A store failure, or too many concurrent checks.
pub(super) async fn password(
    arrival: &Arrival,
    directory: &Directory,
    login: &str,
    password: &str,
    is_signed_in: bool,
) -> Result<Checked, Problem> {
    let visit = &arrival.visit;
    let instance = directory.instance();
    let user = directory.user_by_login(login).cloned();
    let known = user.as_ref().and_then(|user| arrival.devices.mark(instance, user));
    let check = PasswordCheck {
        service: visit.app.service.clone(),
        instance,
        login: login.to_owned(),
        user: user.clone(),
        password: Zeroizing::new(password.to_owned()),
        known_browser: known.map(str::to_owned),
        is_signed_in,
        client: visit.visitor.client,
        agent: visit.visitor.agent.clone(),
    };
    match (user, check.run().await?) {
        (Some(user), true) => Ok(Checked::Right(user)),
        _ => Ok(Checked::Wrong),
    }
}

/// Simulates a password check for an alias that no instance has. It takes as long as a check for an unknown login, so
/// that aliases can't be discovered by trial.
///
/// # Errors
/// A store failure, or too many concurrent checks.
pub(super) async fn nowhere(arrival: &Arrival, login: &str, password: &str) -> Result<(), Problem> {
    let visit = &arrival.visit;
    let check = PasswordCheck {
        service: visit.app.service.clone(),
        // No instance has this id.
        instance: InstanceId::from_bits(0),
        login: login.to_owned(),
        user: None,
        password: Zeroizing::new(password.to_owned()),
        known_browser: None,
        is_signed_in: false,
        client: visit.visitor.client,
        agent: visit.visitor.agent.clone(),
    };
    check.run().await?;
    Ok(())
}

/// Returns the user after they changed their own password. `epoch` is the security epoch before the change.
///
/// # Errors
/// [`Problem::SignIn`] if another event has ended the user's sessions since.
pub(super) fn after_own_change(
    service: &Service,
    instance: InstanceId,
    user: UserId,
    epoch: u64,
) -> Result<(Arc<Directory>, Arc<User>), Problem> {
    let directory = service.engine().current(instance).ok_or(Problem::SignIn)?;
    let user = directory.user(user).filter(|user| user.security_epoch == epoch.saturating_add(1)).cloned();
    Ok((directory, user.ok_or(Problem::SignIn)?))
}

/// Continues after a verified password: with MFA if the user has a factor, or with a session.
pub(super) async fn after_password(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    next: &str,
) -> Result<Response<Body>, Problem> {
    if factors::are_asked_for(user) {
        let cookie = Pending::cookie(&arrival.visit.app, directory, user, next);
        let cookie = cookie.ok_or_else(|| Problem::wrong("Sign in again."))?;
        let mut response = lead_to("/connect/factor");
        add_cookie(&mut response, &cookie);
        return Ok(response);
    }
    enter(arrival, directory, user, next).await
}

/// Starts a session and redirects to `next`.
pub(super) async fn enter(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    next: &str,
) -> Result<Response<Body>, Problem> {
    let mut response = begin(arrival, directory, user, lead_to(next)).await?;
    // The flash message of the sign-in page is obsolete.
    add_cookie(&mut response, &session::gone(arrival.visit.app.is_secure(), Flash::COOKIE));
    Ok(response)
}

/// Starts a session and redirects with a message.
pub(super) async fn open_session(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    next: &str,
    flash: &Flash,
) -> Result<Response<Body>, Problem> {
    begin(arrival, directory, user, arrival.visit.lead_to_with(next, flash)).await
}

/// Starts a session, which replaces the browser's current one. Voids the user's links for choosing a password.
async fn begin(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    mut response: Response<Body>,
) -> Result<Response<Body>, Problem> {
    let Arrival { visit, devices, pending } = arrival;
    let store = visit.app.service.store();
    let instance = directory.instance();
    let secure = visit.app.is_secure();
    // The proof of identity applies to this epoch. The credentials may have been replaced since.
    let stands = visit.app.service.engine().current(instance).is_some_and(|directory| {
        directory.user(user.id).is_some_and(|now| now.enabled && now.security_epoch == user.security_epoch)
    });
    if !stands {
        return Err(Problem::SignIn);
    }
    let (session, value) = session::begin(instance, user, &visit.visitor.client.to_string(), &visit.visitor.agent);
    if let Some(old) = visit.newcomer() {
        store.end_session(&old.session.token_hash).await?;
    }
    if !store.put_session(&session).await? {
        return Err(Problem::SignIn);
    }
    for purpose in [LinkPurpose::Reset, LinkPurpose::Invite] {
        store.void_links(instance, user.id, Some(purpose)).await?;
    }
    visit.app.activity.signed_in(store, instance, user.id, session.created_at).await?;
    let actor = visit.acting(user.id, user.security_epoch);
    visit.app.service.note(instance, actor, Act::SignIn, vec![RecordKey::User(user.id)]).await?;
    add_cookie(&mut response, &session::cookie(secure, value));
    if let Some(known) = devices.cookie_with(&visit.app, instance, user) {
        add_cookie(&mut response, &known);
    }
    if pending.is_some() {
        add_cookie(&mut response, &session::gone(secure, Pending::cookie_name(secure)));
    }
    Ok(response)
}
