//! Is it them? The throttle, the password, and what comes after it.
//!
//! Attempts are counted before the password is looked at, so that attempts side by side don't get around the count.
//! From the fifth failure on the next attempt has to wait, twice as long each time; within the wait even the right
//! password is refused, with the same words, so that nobody can tell whether it was right.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use floorkey::{Act, Directory, RecordKey, Timestamp, User};
use floorkey_store::{Attempt, login_bucket, user_bucket};
use http::Response;

use super::super::flash::Flash;
use super::super::layout::{add_cookie, lead_to};
use super::super::problem::Problem;
use super::super::session;
use super::super::viewer::Visit;
use crate::outside;

/// What anybody reads who was not let in: the same for a wrong password, an unknown or disabled user, and a wait.
pub(super) const WRONG: &str = "The user name or the password is not right. After several failures, wait a few \
    minutes before you try again.";

/// Failures are forgotten after this time without one, in milliseconds.
const WINDOW: i64 = 60 * 60 * 1000;

/// Failures of one login name before the next attempt has to wait, and of one network address.
pub(crate) const FAILURES_FREE: u64 = 5;
const SOURCE_FAILURES_FREE: u64 = 50;

/// The first wait, doubled with each failure, and the longest.
const WAIT: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

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
    visit: &Visit,
    directory: &Directory,
    username: &str,
    password: &str,
) -> Result<Checked, Problem> {
    let store = visit.app.service.store();
    let instance = directory.instance();
    let now = outside::now();
    let user = directory.user_by_login(username).cloned();
    let account = match &user {
        Some(user) => user_bucket(instance, user.id),
        None => login_bucket(instance, &floorkey::text::folded(username)),
    };
    let buckets = [account, format!("source:{}", network(&visit.visitor.address))];
    let counted = store.count_attempt(&buckets, now, WINDOW).await?;
    let free = [FAILURES_FREE, SOURCE_FAILURES_FREE];
    let waits =
        counted.iter().zip(free).any(|(counted, free)| counted.before.is_some_and(|it| must_wait(&it, free, now)));
    let kept = match &user {
        Some(user) if user.can_sign_in() && !waits => store.password_hash(instance, user.id).await?,
        _ => None,
    };
    let right = visit.app.service.hashing().verify(password, kept).await?;
    match (user, right) {
        (Some(user), true) => {
            store.clear_attempts(&buckets).await?;
            Ok(Checked::Right(user))
        }
        (user, _) => {
            if let Some(user) = user {
                visit.app.activity.failed(store, instance, user.id, now).await?;
                if is_worth_an_event(counted.iter().map(|counted| counted.after.failures).min().unwrap_or(1)) {
                    let target = vec![RecordKey::User(user.id)];
                    visit.app.service.note(instance, visit.nobody(), Act::FailedSignIn, target).await?;
                }
            }
            Ok(Checked::Wrong)
        }
    }
}

/// What follows a right password: the second factor where there is one, else the session.
pub(super) async fn after_password(
    visit: &Visit,
    directory: &Directory,
    user: &User,
    next: &str,
) -> Result<Response<Body>, Problem> {
    let mut response = begin(visit, directory, user, lead_to(next)).await?;
    add_cookie(&mut response, &session::gone(visit.app.is_secure(), Flash::COOKIE));
    Ok(response)
}

/// Begins a session and leads on with something to say.
pub(super) async fn open_session(
    visit: &Visit,
    directory: &Directory,
    user: &User,
    next: &str,
    flash: &Flash,
) -> Result<Response<Body>, Problem> {
    begin(visit, directory, user, visit.lead_to_with(next, flash)).await
}

/// Begins a session in place of the one this browser may have.
async fn begin(
    visit: &Visit,
    directory: &Directory,
    user: &User,
    mut response: Response<Body>,
) -> Result<Response<Body>, Problem> {
    let store = visit.app.service.store();
    let instance = directory.instance();
    let (session, value) = session::begin(instance, user, &visit.visitor.address, &visit.visitor.agent);
    if let Some(old) = visit.newcomer() {
        store.end_session(&old.session.token_hash).await?;
    }
    if !store.put_session(&session).await? {
        return Err(Problem::SignIn);
    }
    visit.app.activity.signed_in(store, instance, user.id, session.created_at).await?;
    let actor = visit.acting(user.id);
    visit.app.service.note(instance, actor, Act::SignIn, vec![RecordKey::User(user.id)]).await?;
    add_cookie(&mut response, &session::cookie(visit.app.is_secure(), value));
    Ok(response)
}

/// Whether the next attempt has to wait still.
pub(crate) fn must_wait(attempt: &Attempt, free: u64, now: Timestamp) -> bool {
    let Some(over) = attempt.failures.checked_sub(free) else { return false };
    let doubled = WAIT.saturating_mul(1_u32.checked_shl(u32::try_from(over).unwrap_or(31).min(20)).unwrap_or(u32::MAX));
    now < session::after(attempt.last_at, doubled.min(WAIT_MAX))
}

/// When a user who failed to sign in may try again; `None` where they may at once.
pub(crate) fn locked_until(attempt: &Attempt, now: Timestamp) -> Option<Timestamp> {
    let waits = |seconds: &u64| must_wait(attempt, FAILURES_FREE, session::after(now, Duration::from_secs(*seconds)));
    let longest = WAIT_MAX.as_secs();
    let more = (0..=longest).step_by(5).take_while(waits).last()?;
    Some(session::after(now, Duration::from_secs(more + 5)))
}

/// Whether the audit gets an event of its own for a failure: a flood of them must not fill the disk.
fn is_worth_an_event(failures: u64) -> bool {
    failures <= 10 || failures.is_power_of_two()
}

/// The network that an address belongs to: the first 24 bits of an IPv4 address, the first 64 of an IPv6 one.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}")
        }
        Ok(std::net::IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_fifth_failure_on_one_waits_twice_as_long_each_time() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let waits = |failures, seconds| must_wait(&Attempt { failures, last_at: at(0) }, FAILURES_FREE, at(seconds));
        assert!(!waits(4, 0));
        assert!(waits(5, 4) && !waits(5, 5));
        assert!(waits(6, 9) && !waits(6, 10));
        assert!(waits(1000, 899) && !waits(1000, 900));
    }

    #[test]
    fn neighbours_share_a_count() {
        assert_eq!(network("192.0.2.7"), network("192.0.2.9"));
        assert_ne!(network("192.0.2.7"), network("192.0.3.7"));
        assert_eq!(network("2001:db8::1"), network("2001:db8::2:1"));
    }
}
