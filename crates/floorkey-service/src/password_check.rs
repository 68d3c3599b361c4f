//! Verification of a login and a password.
//!
//! For known and unknown logins, the same steps run in the same order, and the store is read the same number of times.
//! Nothing is written before the response is sent. Therefore, neither the timing nor an error from a full disk reveals
//! which logins exist.

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

/// An attempt to sign in with a login and a password.
pub struct PasswordCheck {
    /// The service.
    pub service: Arc<Service>,
    /// The instance.
    pub instance: InstanceId,
    /// The login as entered.
    pub login: String,
    /// The user with this login; `None` if no user has it.
    pub user: Option<Arc<User>>,
    /// The password as entered.
    pub password: Zeroizing<String>,
    /// The browser's ID, if the user has already used this browser to sign in.
    pub known_browser: Option<String>,
    /// Whether the user is already signed in and is only confirming their identity.
    pub is_signed_in: bool,
    /// The client's IP address.
    pub client: IpAddr,
    /// The browser's `User-Agent`.
    pub agent: String,
}

impl PasswordCheck {
    /// Returns whether the user can sign in and the password is correct. Also returns `false` if the attempt is
    /// throttled.
    ///
    /// Runs in a separate task, so that the attempt counts even if the client disconnects before the response.
    ///
    /// # Errors
    /// Returns [`Failure::Busy`] if too many requests are waiting; such an attempt does not count as failed. Returns
    /// another error if the store can't be read.
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
        // The store is read for unknown logins too, so that known and unknown logins have the same timing.
        let user = self.user.as_ref().map_or(UserId::from_bits(0), |user| user.id);
        let stored = self.service.store().password_hash(self.instance, user).await?;
        let stored = stored.filter(|_| self.user.as_ref().is_some_and(|user| user.can_sign_in()));
        let user = self.user.as_ref().map(|user| Party::User(self.instance, user.id));
        let (class, party) = queue_class(user, self.known_browser.is_some(), self.is_signed_in, self.client);
        self.service.hashing().verify(class, party, &self.password, stored).await
    }

    /// Returns the bucket that counts this attempt if it fails.
    fn bucket(&self) -> Bucket {
        match (&self.user, &self.known_browser) {
            (Some(user), Some(browser)) => Bucket::browser(self.instance, user.id, browser),
            (Some(user), None) => Bucket::user(self.instance, user.id),
            (None, _) => Bucket::login(self.instance, &self.login),
        }
    }

    /// Returns the network whose rate limits this attempt. Returns `None` for known browsers, because each known
    /// browser has its own bucket.
    fn network(&self) -> Option<Network> {
        self.known_browser.is_none().then(|| Network::from(self.client))
    }

    /// Adds the failed attempt to the failures that are written to the store later. Returns `false`.
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

/// Returns the class and the party for verifying the password in the hashing queue.
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
    fn unknown_browsers_are_queued_by_network_and_known_ones_by_user() {
        let client = IpAddr::from([192, 0, 2, 7]);
        let (user, network) = (Party::User(InstanceId::from_bits(1), UserId::from_bits(2)), Network::from(client));
        assert_eq!(queue_class(Some(user), false, false, client), (RequestClass::Strangers, Party::Network(network)));
        assert_eq!(queue_class(None, false, false, client), (RequestClass::Strangers, Party::Network(network)));
        assert_eq!(queue_class(Some(user), true, false, client), (RequestClass::KnownBrowsers, user));
        assert_eq!(queue_class(Some(user), true, true, client), (RequestClass::Callers, user));
        assert_eq!(queue_class(Some(user), false, true, client), (RequestClass::Callers, user));
    }
}
