//! Sessions: how a browser stays signed in.
//!
//! The cookie holds 256 random bits; the store keeps their hash only. A session names the user's security epoch:
//! whatever raises it (another password, a new login name, disabling, "sign out everywhere") ends the session at the
//! next request. What the user's profiles grant is asked anew at each request and needs no end of sessions.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use floorkey::{InstanceId, Timestamp, User};
use floorkey_store::Session;
use http::HeaderMap;
use sha2::{Digest as _, Sha256};

use crate::outside;

/// How long a session lasts at most, and how long without a request.
pub(super) const LASTS: Duration = Duration::from_secs(12 * 60 * 60);
pub(super) const IDLE: Duration = Duration::from_secs(2 * 60 * 60);

/// How long after signing in, or proving it again, an act that needs a fresh sign-in may be done.
pub(super) const FRESH: Duration = Duration::from_secs(10 * 60);

/// How often a session's last request is written down.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A new session and the value of its cookie, which exists nowhere else.
pub(super) fn begin(instance: InstanceId, user: &User, address: &str, agent: &str) -> (Session, String) {
    let token: [u8; 32] = outside::random();
    let now = outside::now();
    let session = Session {
        token_hash: hash(&token),
        instance,
        user: user.id,
        epoch: user.security_epoch,
        created_at: now,
        proved_at: now,
        seen_at: now,
        expires_at: after(now, LASTS),
        address: Some(address.to_owned()),
        agent: Some(shortened(agent)),
    };
    (session, URL_SAFE_NO_PAD.encode(token))
}

/// The hash under which the store keeps the session of this cookie value; `None` for a value that is no token.
pub(super) fn hash_of(value: &str) -> Option<[u8; 32]> {
    let token: [u8; 32] = URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()?;
    Some(hash(&token))
}

/// Whether the session holds for the user as they are now.
pub(super) fn holds(session: &Session, user: &User, now: Timestamp) -> bool {
    user.enabled
        && session.epoch == user.security_epoch
        && now < session.expires_at
        && now < after(session.seen_at, IDLE)
        // A clock that went back makes nothing last longer.
        && session.created_at <= after(now, SEEN_EVERY)
}

/// Whether the user proved who they are within the last minutes.
pub(super) fn is_fresh(session: &Session, now: Timestamp) -> bool {
    session.proved_at <= now && now < after(session.proved_at, FRESH)
}

/// Whether the store should learn that the session is in use.
pub(super) fn is_worth_noting(session: &Session, now: Timestamp) -> bool {
    now >= after(session.seen_at, SEEN_EVERY)
}

/// The name of the cookie: over TLS one that only this host can set, and only over TLS.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-floorkey-session" } else { "floorkey-session" }
}

/// The cookie of a session; it goes when the browser is closed.
pub(super) fn cookie(secure: bool, value: String) -> Cookie<'static> {
    private(secure, cookie_name(secure), value)
}

/// A cookie that no script reads and no other site sends along.
pub(super) fn private(secure: bool, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).build()
}

/// A cookie that takes the one of that name away.
pub(super) fn gone(secure: bool, name: &'static str) -> Cookie<'static> {
    let mut cookie = private(secure, name, String::new());
    cookie.make_removal();
    cookie
}

/// The value of a cookie that came with a request.
pub(super) fn sent(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(http::header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = all.flat_map(|value| Cookie::split_parse(value.to_owned()).flatten());
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

fn hash(token: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// A moment some time after another.
pub(super) fn after(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

/// What a browser calls itself, as far as a list of sessions shows it.
fn shortened(agent: &str) -> String {
    agent.chars().take(200).collect()
}
