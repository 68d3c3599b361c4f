//! What a browser brings to the door beside what is typed: who signed in there before, and a sign-in half done.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use cookie::Cookie;
use floorkey::{Directory, InstanceId, Timestamp, User, UserId};
use http::request::Parts;
use serde::{Deserialize, Serialize};

use super::super::problem::Problem;
use super::super::session;
use super::super::viewer::Visit;
use crate::app::App;
use crate::outside;
use crate::throttle::Bucket;

/// How long the second factor may take after the password.
const PENDING_LASTS: Duration = Duration::from_secs(5 * 60);

/// How long a browser stays known after a sign-in, and how many users one browser is known for.
const DEVICE_LASTS: Duration = Duration::from_secs(180 * 24 * 60 * 60);
const DEVICE_USERS: usize = 5;

/// A visit at the door.
pub(super) struct Arrival {
    pub(super) visit: Visit,
    /// Who signed in here before.
    pub(super) devices: Devices,
    /// Whose password was right a moment ago.
    pub(super) pending: Option<Pending>,
}

impl FromRequestParts<Arc<App>> for Arrival {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, app).await?;
        let secure = app.is_secure();
        let sent = |name, purpose| {
            let sealed = session::sent(&parts.headers, name)?;
            app.sealer.open_text(purpose, &sealed)
        };
        let devices = sent(Devices::cookie_name(secure), Devices::PURPOSE);
        let pending = sent(Pending::cookie_name(secure), Pending::PURPOSE);
        Ok(Self {
            devices: devices.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            pending: pending.and_then(|text| serde_json::from_str(&text).ok()),
            visit,
        })
    }
}

impl Arrival {
    /// What wrong second factors of a user are counted in: apart from passwords, since whoever knows the password
    /// must not be able to start over with it.
    pub(super) fn factor_bucket(&self, instance: InstanceId, user: &User) -> Bucket {
        let place = self.devices.mark(instance, user).map(|mark| format!("device:{mark}:"));
        Bucket::of_user(instance, user.id, &format!("{}factor", place.unwrap_or_default()), 10)
    }
}

/// The users who signed in in this browser, each with a mark that only this browser has. Whoever steals it may guess
/// a few times more, and nothing else. A browser is known until the user's password is another one: a browser in which
/// a custodian of the user's credentials signed in is forgotten with the password that the custodian knew.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Devices(Vec<Known>);

/// A user who signed in in this browser.
#[derive(Clone, Serialize, Deserialize)]
struct Known {
    /// The instance and the user.
    whose: String,
    mark: String,
    /// When the user signed in here last, in milliseconds.
    signed_in: i64,
}

impl Devices {
    const PURPOSE: &'static str = "console known browser";

    const fn cookie_name(secure: bool) -> &'static str {
        if secure { "__Host-floorkey-browser" } else { "floorkey-browser" }
    }

    /// The mark of this browser for the user; `None` if it is not known for the user's present password.
    pub(super) fn mark(&self, instance: InstanceId, user: &User) -> Option<&str> {
        let whose = whose(instance, user.id);
        let is_present = |known: &&Known| user.password_set_at.is_none_or(|set| set.as_millis() <= known.signed_in);
        self.0.iter().find(|known| known.whose == whose).filter(is_present).map(|known| known.mark.as_str())
    }

    /// The instances that users signed in to in this browser, each once.
    pub(super) fn instances(&self) -> BTreeSet<InstanceId> {
        let instance = |known: &Known| InstanceId::parse(known.whose.split_once(' ')?.0);
        self.0.iter().filter_map(instance).collect()
    }

    /// The cookie with which this browser is known for the user too.
    pub(super) fn cookie_with(&self, app: &App, instance: InstanceId, user: &User) -> Option<Cookie<'static>> {
        let whose = whose(instance, user.id);
        let mark = self.mark(instance, user).map_or_else(fresh_mark, str::to_owned);
        let others = self.0.iter().filter(|known| known.whose != whose).cloned();
        let this = Known { whose: whose.clone(), mark, signed_in: outside::now().as_millis() };
        let all: Vec<_> = std::iter::once(this).chain(others).take(DEVICE_USERS).collect();
        let sealed = app.sealer.seal_text(Self::PURPOSE, &serde_json::to_string(&Self(all)).ok()?)?;
        let secure = app.is_secure();
        let mut cookie = session::private(secure, Self::cookie_name(secure), sealed);
        cookie.set_max_age(seconds(DEVICE_LASTS));
        Some(cookie)
    }
}

/// Somebody whose password was right, and whose second factor is still to come.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    instance: String,
    user: String,
    epoch: u64,
    /// What the tries are counted under.
    pub(super) mark: String,
    /// Where they wanted to go.
    pub(super) next: String,
    /// Good until then, in milliseconds.
    until: i64,
}

impl Pending {
    const PURPOSE: &'static str = "console sign-in half done";

    pub(super) const fn cookie_name(secure: bool) -> &'static str {
        if secure { "__Host-floorkey-half" } else { "floorkey-half" }
    }

    /// The cookie that keeps for a few minutes whose password was right.
    pub(super) fn cookie(app: &App, directory: &Directory, user: &User, next: &str) -> Option<Cookie<'static>> {
        let pending = Self {
            instance: directory.instance().to_string(),
            user: user.id.to_string(),
            epoch: user.security_epoch,
            mark: fresh_mark(),
            next: next.to_owned(),
            until: session::after(outside::now(), PENDING_LASTS).as_millis(),
        };
        let sealed = app.sealer.seal_text(Self::PURPOSE, &serde_json::to_string(&pending).ok()?)?;
        let secure = app.is_secure();
        let mut cookie = session::private(secure, Self::cookie_name(secure), sealed);
        cookie.set_max_age(seconds(PENDING_LASTS));
        Some(cookie)
    }

    /// Who it is, if they still are as they were when the password was right.
    pub(super) fn user(&self, app: &App, now: Timestamp) -> Option<(Arc<Directory>, Arc<User>)> {
        if now.as_millis() >= self.until {
            return None;
        }
        let directory = app.service.engine().current(InstanceId::parse(&self.instance)?)?;
        let user = directory.user(UserId::parse(&self.user)?)?.clone();
        (user.can_sign_in() && user.security_epoch == self.epoch).then_some((directory, user))
    }
}

fn whose(instance: InstanceId, user: UserId) -> String {
    format!("{instance} {user}")
}

fn fresh_mark() -> String {
    format!("{:032x}", outside::id())
}

fn seconds(time: Duration) -> cookie::time::Duration {
    cookie::time::Duration::seconds(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use floorkey::ResourceId;

    use super::*;

    #[test]
    fn a_browser_is_known_for_the_password_with_which_somebody_signed_in_there() {
        let (instance, at) = (InstanceId::from_bits(1), Timestamp::from_millis);
        let user = User::new(UserId::from_bits(2), "ann", ResourceId::from_bits(3), at(0));
        let known = Known { whose: whose(instance, user.id), mark: "mark".to_owned(), signed_in: 1_000 };
        let devices = Devices(vec![known]);
        let mark = |set| devices.mark(instance, &User { password_set_at: set, ..user.clone() });
        assert_eq!(mark(None), Some("mark"));
        assert_eq!(mark(Some(at(1_000))), Some("mark"));
        // Replaced, and chosen anew.
        assert_eq!(mark(Some(at(1_001))), None);
        assert_eq!(devices.instances(), BTreeSet::from([instance]));
    }
}
