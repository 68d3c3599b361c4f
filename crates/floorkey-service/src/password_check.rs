//! Checking a login and a password.
//!
//! The steps are the same, in the same order and with the same reads, whether or not a user has the login, and nothing
//! is written before the answer: neither the time that it takes nor a full disk tells which logins exist.

use std::net::IpAddr;
use std::sync::Arc;

use floorkey::{InstanceId, User, UserId};
use zeroize::Zeroizing;

use crate::clock;
use crate::failure::Failure;
use crate::hashing_queue::{Party, RequestClass};
use crate::network::Network;
use crate::service::Service;
use crate::sign_in_log::FailedSignIn;
use crate::throttle::{AttemptOutcome, Bucket, StartTime};

/// An attempt to prove a login with a password.
pub struct PasswordCheck {
    /// The service.
    pub service: Arc<Service>,
    /// The instance.
    pub instance: InstanceId,
    /// The login as it was entered.
    pub login: String,
    /// The user who has this login.
    pub user: Option<Arc<User>>,
    /// The password as it was entered.
    pub password: Zeroizing<String>,
    /// The id of the browser, if the user signed in there before.
    pub known_browser: Option<String>,
    /// Whether the user is signed in already, and proves it once more.
    pub is_signed_in: bool,
    /// The address of the client.
    pub client: IpAddr,
    /// What the browser calls itself.
    pub agent: String,
}

impl PasswordCheck {
    /// Whether the user may sign in and has this password. `false` also where the attempt has to wait.
    ///
    /// It runs in a task of its own: an attempt counts even if the client hangs up before the answer.
    ///
    /// # Errors
    /// [`Failure::Busy`] if there is no room; that is not a failed attempt. What the store can't read.
    pub async fn run(self) -> Result<bool, Failure> {
        tokio::spawn(self.check()).await.map_err(|error| Failure::Internal(error.to_string()))?
    }

    async fn check(self) -> Result<bool, Failure> {
        let throttle = self.service.throttle();
        let (bucket, network) = (self.bucket(), self.network());
        if throttle.has_to_wait(&bucket, network, clock::monotonic_now()) {
            return Ok(self.record_failure(false));
        }
        if let Some(network) = network {
            match throttle.start_sign_in(network, clock::monotonic_now()) {
                StartTime::Now => {}
                StartTime::At(turn) => tokio::time::sleep(turn.since(clock::monotonic_now())).await,
                StartTime::Full => return Err(Failure::Busy),
            }
        }
        let Some(permit) = throttle.begin(&bucket, network, clock::monotonic_now()) else {
            return Ok(self.record_failure(false));
        };
        let is_correct = self.verify().await?;
        let now = clock::monotonic_now();
        permit.end(if is_correct { AttemptOutcome::Success } else { AttemptOutcome::Failure }, now);
        if let Some(network) = network {
            throttle.record_attempt(network, &bucket, is_correct, now);
        }
        if let (true, Some(user)) = (is_correct, &self.user) {
            throttle.reset(&Bucket::user(self.instance, user.id));
        }
        Ok(is_correct || self.record_failure(true))
    }

    async fn verify(&self) -> Result<bool, Failure> {
        // A login that no user has is looked up too.
        let user = self.user.as_ref().map_or(UserId::from_bits(0), |user| user.id);
        let stored = self.service.store().password_hash(self.instance, user).await?;
        let stored = stored.filter(|_| self.user.as_ref().is_some_and(|user| user.can_sign_in()));
        let user = self.user.as_ref().map(|user| Party::User(self.instance, user.id));
        let (class, party) = queue_class(user, self.known_browser.is_some(), self.is_signed_in, self.client);
        self.service.hashing().verify(class, party, &self.password, stored).await
    }

    /// What failures are counted in.
    fn bucket(&self) -> Bucket {
        match (&self.user, &self.known_browser) {
            (Some(user), Some(browser)) => Bucket::browser(self.instance, user.id, browser),
            (Some(user), None) => Bucket::user(self.instance, user.id),
            (None, _) => Bucket::login(self.instance, &self.login),
        }
    }

    /// The network that counts; a known browser counts by itself.
    fn network(&self) -> Option<Network> {
        self.known_browser.is_none().then(|| Network::from(self.client))
    }

    /// Notes that the attempt failed, to be written later; gives `false`.
    fn record_failure(&self, was_verified: bool) -> bool {
        let failed = FailedSignIn {
            instance: self.instance,
            user: self.user.as_ref().map(|user| user.id),
            client: self.client,
            agent: self.agent.clone(),
        };
        self.service.failed_sign_ins().add(failed, was_verified, clock::now(), clock::monotonic_now());
        false
    }
}

/// Where a password waits to be verified, and with whom it shares the turns.
fn queue_class(
    user: Option<Party>,
    is_known_browser: bool,
    is_signed_in: bool,
    client: IpAddr,
) -> (RequestClass, Party) {
    match user {
        Some(user) if is_signed_in => (RequestClass::Callers, user),
        Some(user) if is_known_browser => (RequestClass::KnownBrowsers, user),
        _ => (RequestClass::Strangers, Party::Network(Network::from(client))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_share_places_with_their_network_and_all_others_have_their_own() {
        let client = IpAddr::from([192, 0, 2, 7]);
        let (user, network) = (Party::User(InstanceId::from_bits(1), UserId::from_bits(2)), Network::from(client));
        assert_eq!(queue_class(Some(user), false, false, client), (RequestClass::Strangers, Party::Network(network)));
        assert_eq!(queue_class(None, false, false, client), (RequestClass::Strangers, Party::Network(network)));
        assert_eq!(queue_class(Some(user), true, false, client), (RequestClass::KnownBrowsers, user));
        assert_eq!(queue_class(Some(user), true, true, client), (RequestClass::Callers, user));
        assert_eq!(queue_class(Some(user), false, true, client), (RequestClass::Callers, user));
    }
}
