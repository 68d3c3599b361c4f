//! Is it them? The password, and what comes after it.

use std::sync::Arc;

use axum::body::Body;
use floorkey::{Act, Directory, InstanceId, RecordKey, User, UserId};
use floorkey_store::LinkPurpose;
use http::Response;
use zeroize::Zeroizing;

use super::super::factors;
use super::super::flash::Flash;
use super::super::layout::{add_cookie, lead_to};
use super::super::problem::Problem;
use super::super::session;
use super::arrival::{Arrival, Pending};
use crate::password_check::PasswordCheck;
use crate::service::Service;

/// What anybody reads who was not let in: the same for a wrong password, an unknown or disabled user, and a wait.
pub(super) const WRONG: &str = "The user name or the password is not right. After several failures, wait a few \
    minutes before you try again.";

/// What came of a check.
pub(super) enum Checked {
    /// They are this user.
    Right(Arc<User>),
    /// They are not, or have to wait, or may not sign in.
    Wrong,
}

/// Checks a login and a password. `is_signed_in` says that the user proves once more who they are.
///
/// # Errors
/// What the store can't read; too many checks at once.
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

/// The same at an alias that no instance has: it takes what a login takes that no user has, so that aliases can't be
/// told apart by trying them.
///
/// # Errors
/// What the store can't read; too many checks at once.
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

/// The user as their own change of password left them, who had this epoch before it.
///
/// # Errors
/// A sign-in, where something else has ended the user's sessions since.
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

/// What follows a right password: the second factor where there is one, else the session.
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

/// Begins a session and leads on to where they wanted to go.
pub(super) async fn enter(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    next: &str,
) -> Result<Response<Body>, Problem> {
    let mut response = begin(arrival, directory, user, lead_to(next)).await?;
    // What the page of the door had left to say is said.
    add_cookie(&mut response, &session::gone(arrival.visit.app.is_secure(), Flash::COOKIE));
    Ok(response)
}

/// Begins a session and leads on with something to say.
pub(super) async fn open_session(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    next: &str,
    flash: &Flash,
) -> Result<Response<Body>, Problem> {
    begin(arrival, directory, user, arrival.visit.lead_to_with(next, flash)).await
}

/// Begins a session in place of the one this browser may have. Links to choose a password are dead with that.
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
    // What the user proved was proved for this epoch: since then the credentials may have been replaced.
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
