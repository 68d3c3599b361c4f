//! The state of a sign-in that is stored in the browser's cookies. One cookie lists the users who have signed in with
//! this browser. Another cookie contains the user whose password was verified but who must still complete MFA.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use cookie::Cookie;
use floorkey::{Directory, InstanceId, Timestamp, User, UserId};
use http::request::Parts;
use serde::{Deserialize, Serialize};

use crate::ConsoleState;
use crate::web::current_user::RequestContext;
use crate::web::page_error::PageError;
use crate::web::session;

use floorkey_service::throttle::Bucket;
use floorkey_service::{clock, entropy};

/// How long the user has to complete MFA after the password was verified.
const PENDING_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How long after a sign-in a browser is considered known for the user.
const BROWSER_LIFETIME: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// The maximum number of users for whom a browser is considered known.
const BROWSER_USERS_MAX: usize = 5;

/// A request to a sign-in page.
pub(super) struct SignInContext {
    pub(super) context: RequestContext,
    /// The users who have signed in with this browser.
    pub(super) known_browsers: KnownBrowsers,
    /// The user whose password was verified, if MFA is pending.
    pub(super) pending: Option<PendingSecondFactor>,
}

impl FromRequestParts<Arc<ConsoleState>> for SignInContext {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, PageError> {
        let context = RequestContext::from_request_parts(parts, app).await?;
        let secure = app.is_secure();
        let open_cookie = |name, purpose| {
            let sealed = session::request_cookie(&parts.headers, name)?;
            app.sealer.open_text(purpose, &sealed)
        };
        let known_browsers = open_cookie(KnownBrowsers::cookie_name(secure), KnownBrowsers::PURPOSE);
        let pending = open_cookie(PendingSecondFactor::cookie_name(secure), PendingSecondFactor::PURPOSE);
        Ok(Self {
            known_browsers: known_browsers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            pending: pending.and_then(|text| serde_json::from_str(&text).ok()),
            context,
        })
    }
}

impl SignInContext {
    /// Returns the throttle bucket for a user's failed MFA attempts. The bucket is separate from the bucket for
    /// passwords. Otherwise, a person who knows the password could reset the count by entering the password again.
    pub(super) fn factor_bucket(&self, instance: InstanceId, user: &User) -> Bucket {
        let prefix = self.known_browsers.browser_id(instance, user).map(|browser_id| format!("device:{browser_id}:"));
        Bucket::for_user(instance, user.id, &format!("{}factor", prefix.unwrap_or_default()), 10)
    }
}

/// The users who have signed in with this browser. For each user, the browser has its own random ID. A stolen ID allows
/// only a few additional sign-in attempts.
///
/// A browser is known for a user only until the user's password changes. A custodian who signed in with the user's old
/// password therefore no longer has a known browser.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct KnownBrowsers(Vec<KnownUser>);

/// A user who has signed in with this browser.
#[derive(Clone, Serialize, Deserialize)]
struct KnownUser {
    /// Identifies the instance and the user.
    #[serde(rename = "whose")]
    owner_key: String,
    #[serde(rename = "mark")]
    browser_id: String,
    /// The time of the user's last sign-in with this browser, in milliseconds.
    signed_in: i64,
}

impl KnownBrowsers {
    const PURPOSE: &'static str = "console known browser";

    const fn cookie_name(secure: bool) -> &'static str {
        if secure { "__Host-floorkey-browser" } else { "floorkey-browser" }
    }

    /// Returns the browser's ID for the user. Returns `None` if the user has not signed in with this browser since
    /// their current password was set.
    pub(super) fn browser_id(&self, instance: InstanceId, user: &User) -> Option<&str> {
        let owner_key = owner_key(instance, user.id);
        let is_current = |known: &&KnownUser| user.password_set_at.is_none_or(|set| set.as_millis() <= known.signed_in);
        self.0
            .iter()
            .find(|known| known.owner_key == owner_key)
            .filter(is_current)
            .map(|known| known.browser_id.as_str())
    }

    /// Returns the instances that users have signed in to with this browser.
    pub(super) fn instances(&self) -> BTreeSet<InstanceId> {
        let instance = |known: &KnownUser| InstanceId::parse(known.owner_key.split_once(' ')?.0);
        self.0.iter().filter_map(instance).collect()
    }

    /// Returns the cookie that lists the users who have signed in with this browser. Adds the given user to the list.
    pub(super) fn cookie_with(&self, app: &ConsoleState, instance: InstanceId, user: &User) -> Option<Cookie<'static>> {
        let owner_key = owner_key(instance, user.id);
        let browser_id = self.browser_id(instance, user).map_or_else(new_id, str::to_owned);
        let others = self.0.iter().filter(|known| known.owner_key != owner_key).cloned();
        let this = KnownUser { owner_key: owner_key.clone(), browser_id, signed_in: clock::now().as_millis() };
        let all: Vec<_> = std::iter::once(this).chain(others).take(BROWSER_USERS_MAX).collect();
        let sealed = app.sealer.seal_text(Self::PURPOSE, &serde_json::to_string(&Self(all)).ok()?)?;
        let secure = app.is_secure();
        let mut cookie = session::http_only_cookie(secure, Self::cookie_name(secure), sealed);
        cookie.set_max_age(seconds(BROWSER_LIFETIME));
        Some(cookie)
    }
}

/// A user whose password was verified and who must still complete MFA.
#[derive(Serialize, Deserialize)]
pub(super) struct PendingSecondFactor {
    instance: String,
    user: String,
    epoch: u64,
    /// The ID that is used to count MFA attempts.
    #[serde(rename = "mark")]
    pub(super) attempt_id: String,
    /// The address to redirect to after sign-in.
    pub(super) next: String,
    /// The expiry time, in milliseconds.
    until: i64,
}

impl PendingSecondFactor {
    const PURPOSE: &'static str = "console sign-in half done";

    pub(super) const fn cookie_name(secure: bool) -> &'static str {
        if secure { "__Host-floorkey-half" } else { "floorkey-half" }
    }

    /// Returns the cookie that records for a few minutes that the password was verified.
    pub(super) fn cookie(
        app: &ConsoleState,
        directory: &Directory,
        user: &User,
        next: &str,
    ) -> Option<Cookie<'static>> {
        let pending = Self {
            instance: directory.instance().to_string(),
            user: user.id.to_string(),
            epoch: user.security_epoch,
            attempt_id: new_id(),
            next: next.to_owned(),
            until: session::add_duration(clock::now(), PENDING_LIFETIME).as_millis(),
        };
        let sealed = app.sealer.seal_text(Self::PURPOSE, &serde_json::to_string(&pending).ok()?)?;
        let secure = app.is_secure();
        let mut cookie = session::http_only_cookie(secure, Self::cookie_name(secure), sealed);
        cookie.set_max_age(seconds(PENDING_LIFETIME));
        Some(cookie)
    }

    /// Returns the user if they can still sign in, and if their security epoch has not changed since the password was
    /// verified.
    pub(super) fn user(&self, app: &ConsoleState, now: Timestamp) -> Option<(Arc<Directory>, Arc<User>)> {
        if now.as_millis() >= self.until {
            return None;
        }
        let directory = app.service.engine().current(InstanceId::parse(&self.instance)?)?;
        let user = directory.user(UserId::parse(&self.user)?)?.clone();
        (user.can_sign_in() && user.security_epoch == self.epoch).then_some((directory, user))
    }
}

fn owner_key(instance: InstanceId, user: UserId) -> String {
    format!("{instance} {user}")
}

fn new_id() -> String {
    format!("{:032x}", entropy::random_id())
}

fn seconds(time: Duration) -> cookie::time::Duration {
    cookie::time::Duration::seconds(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use floorkey::ResourceId;

    use super::*;

    #[test]
    fn browsers_are_known_until_the_password_changes() {
        let (instance, at) = (InstanceId::from_bits(1), Timestamp::from_millis);
        let user = User::new(UserId::from_bits(2), "ann", ResourceId::from_bits(3), at(0));
        let known =
            KnownUser { owner_key: owner_key(instance, user.id), browser_id: "mark".to_owned(), signed_in: 1_000 };
        let known_browsers = KnownBrowsers(vec![known]);
        let browser_id = |set| known_browsers.browser_id(instance, &User { password_set_at: set, ..user.clone() });
        assert_eq!(browser_id(None), Some("mark"));
        assert_eq!(browser_id(Some(at(1_000))), Some("mark"));
        // The password was set after the user signed in with this browser.
        assert_eq!(browser_id(Some(at(1_001))), None);
        assert_eq!(known_browsers.instances(), BTreeSet::from([instance]));
    }
}
