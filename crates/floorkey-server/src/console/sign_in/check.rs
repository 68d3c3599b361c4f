//! Is it them? The password, and what comes after it.

use std::sync::Arc;

use axum::body::Body;
use floorkey::{Act, Directory, RecordKey, User};
use floorkey_store::LinkPurpose;
use http::Response;

use super::super::factors;
use super::super::flash::Flash;
use super::super::layout::{add_cookie, lead_to};
use super::super::problem::Problem;
use super::super::session;
use super::arrival::{Arrival, Pending};
use crate::outside;
use crate::throttle::{self, Bucket};

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

/// Checks a user name and a password.
///
/// # Errors
/// What the store can't do; too many checks at once.
pub(super) async fn password(
    arrival: &Arrival,
    directory: &Directory,
    username: &str,
    password: &str,
) -> Result<Checked, Problem> {
    let app = &arrival.visit.app;
    let store = app.service.store();
    let instance = directory.instance();
    let user = directory.user_by_login(username).cloned();
    let buckets = match &user {
        Some(user) => arrival.buckets(instance, user.id),
        None => vec![Bucket::login(instance, username), Bucket::source(&arrival.visit.visitor.address)],
    };
    let counted = throttle::count(store, &buckets, outside::now()).await?;
    let kept = match &user {
        Some(user) if user.can_sign_in() && !counted.waits => store.password_hash(instance, user.id).await?,
        _ => None,
    };
    let right = app.service.hashing().verify(password, kept).await?;
    match (user, right) {
        (Some(user), true) => {
            throttle::clear(store, &buckets).await?;
            Ok(Checked::Right(user))
        }
        (user, _) => {
            if let Some(user) = user {
                note_failure(arrival, directory, &user, counted.failures).await?;
            }
            Ok(Checked::Wrong)
        }
    }
}

/// Keeps that somebody failed to be this user.
pub(super) async fn note_failure(
    arrival: &Arrival,
    directory: &Directory,
    user: &User,
    failures: u64,
) -> Result<(), Problem> {
    let app = &arrival.visit.app;
    let instance = directory.instance();
    app.activity.failed(app.service.store(), instance, user.id, outside::now()).await?;
    if is_worth_an_event(failures) {
        let target = vec![RecordKey::User(user.id)];
        app.service.note(instance, arrival.visit.nobody(), Act::FailedSignIn, target).await?;
    }
    Ok(())
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
    let (session, value) = session::begin(instance, user, &visit.visitor.address, &visit.visitor.agent);
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
    let actor = visit.acting(user.id);
    visit.app.service.note(instance, actor, Act::SignIn, vec![RecordKey::User(user.id)]).await?;
    add_cookie(&mut response, &session::cookie(secure, value));
    if let Some(known) = devices.cookie_with(&visit.app, instance, user.id) {
        add_cookie(&mut response, &known);
    }
    if pending.is_some() {
        add_cookie(&mut response, &session::gone(secure, Pending::cookie_name(secure)));
    }
    Ok(response)
}

/// Whether the audit gets an event of its own for a failure: a flood of them must not fill the disk.
fn is_worth_an_event(failures: u64) -> bool {
    failures <= 10 || failures.is_power_of_two()
}
