//! Sessions of signed-in browsers.
//!
//! The cookie contains 256 random bits, and the store contains only a hash of these bits.
//!
//! A session contains the user's security epoch. The epoch is raised when the user gets a new password or login name,
//! is disabled, or signs out everywhere. After such an event, the session ends at the next request. A change of
//! profiles does not end sessions, because permissions are evaluated for each request.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use floorkey::{InstanceId, Timestamp, User};
use floorkey_store::Session;
use http::HeaderMap;
use sha2::{Digest as _, Sha256};

use floorkey_service::{clock, entropy};

/// The maximum lifetime of a session.
pub(crate) const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// The maximum time between two requests of a session.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// How long a sign-in, or a confirmation of identity, counts as recent.
pub(crate) const REAUTHENTICATION_WINDOW: Duration = Duration::from_secs(10 * 60);

/// The minimum interval between updates of the last-used time of a session in the store.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// Creates a session and the session cookie's value. The server does not store the cookie's value.
pub(crate) fn new_session(instance: InstanceId, user: &User, address: &str, agent: &str) -> (Session, String) {
    let token: [u8; 32] = entropy::random_bytes();
    let now = clock::now();
    let session = Session {
        token_hash: hash(&token),
        instance,
        user: user.id,
        epoch: user.security_epoch,
        created_at: now,
        reauthenticated_at: now,
        last_used_at: now,
        expires_at: add_duration(now, LIFETIME),
        address: Some(address.to_owned()),
        user_agent: Some(truncated_agent(agent)),
    };
    (session, URL_SAFE_NO_PAD.encode(token))
}

/// Returns the hash that identifies the session with this cookie value in the store. Returns `None` if the value is not
/// a token.
pub(crate) fn token_hash(value: &str) -> Option<[u8; 32]> {
    let token: [u8; 32] = URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()?;
    Some(hash(&token))
}

/// Whether the session is valid for the user's current state.
pub(crate) fn is_valid(session: &Session, user: &User, now: Timestamp) -> bool {
    user.enabled
        && session.epoch == user.security_epoch
        && now < session.expires_at
        && now < add_duration(session.last_used_at, IDLE_TIMEOUT)
        // Setting the clock back must not extend a session.
        && session.created_at <= add_duration(now, TOUCH_INTERVAL)
}

/// Whether the user signed in or confirmed their identity recently.
pub(crate) fn is_recent(session: &Session, now: Timestamp) -> bool {
    session.reauthenticated_at <= now && now < add_duration(session.reauthenticated_at, REAUTHENTICATION_WINDOW)
}

/// Whether the last-used time of the session must be updated in the store.
pub(crate) fn is_touch_due(session: &Session, now: Timestamp) -> bool {
    now >= add_duration(session.last_used_at, TOUCH_INTERVAL)
}

/// The name of the session cookie. Over TLS, the `__Host-` prefix limits the cookie to this host and to secure
/// connections.
pub(crate) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-floorkey-session" } else { "floorkey-session" }
}

/// Returns the cookie of a session. The cookie expires when the browser is closed.
pub(crate) fn cookie(secure: bool, value: String) -> Cookie<'static> {
    http_only_cookie(secure, cookie_name(secure), value)
}

/// Returns a cookie that scripts cannot read. Browsers send the cookie with cross-site requests only for top-level
/// navigation.
pub(crate) fn http_only_cookie(secure: bool, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).build()
}

/// Returns a cookie that removes the cookie with this name.
pub(crate) fn removal_cookie(secure: bool, name: &'static str) -> Cookie<'static> {
    let mut cookie = http_only_cookie(secure, name, String::new());
    cookie.make_removal();
    cookie
}

/// Returns the value of a cookie in the request.
pub(crate) fn request_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(http::header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = all.flat_map(|value| Cookie::split_parse(value.to_owned()).flatten());
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

fn hash(token: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Adds a duration to a timestamp. The result saturates on overflow.
pub(crate) fn add_duration(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

/// Truncates a user agent string to the length that lists of sessions show.
fn truncated_agent(agent: &str) -> String {
    agent.chars().take(200).collect()
}
