//! Links for people who forgot their password.
//!
//! Requests have a room of their own: a flood of sign-ins keeps nobody from asking for a link, nor the other way round.
//! Whether a request is admitted depends on the network and the room alone, and everything else is done beside the
//! answer: neither the answer nor its time tells whether a user has the login.

use std::sync::Arc;

use floorkey::{Act, Actor, Directory, RecordKey};
use floorkey_store::LinkPurpose;
use tokio::sync::Semaphore;

use super::Mailer;
use super::invite::{LINKS_BEFORE_WAIT, is_cooling_off};
use super::{link, template};
use crate::clock;
use crate::failure::Failure;
use crate::network::Network;
use crate::throttle::{Bucket, StartTime};

/// Requests under way, and those from browsers that are known.
const UNKNOWN_BROWSERS_MAX: usize = 2_000;
const KNOWN_BROWSERS_MAX: usize = 100;

/// Where requests are while they are worked on.
pub struct PasswordLinkLimits {
    unknown_browsers: Arc<Semaphore>,
    known_browsers: Arc<Semaphore>,
}

impl Default for PasswordLinkLimits {
    fn default() -> Self {
        Self {
            unknown_browsers: Arc::new(Semaphore::new(UNKNOWN_BROWSERS_MAX)),
            known_browsers: Arc::new(Semaphore::new(KNOWN_BROWSERS_MAX)),
        }
    }
}

/// A request for a link.
pub struct PasswordLinkRequest {
    /// The directory of the instance.
    pub directory: Arc<Directory>,
    /// The actor of the events.
    pub actor: Actor,
    /// The login as it was entered.
    pub login: String,
    /// The id of the browser, if the user signed in there before.
    pub known_browser: Option<String>,
    /// The network of the client.
    pub network: Network,
}

/// Admits a request for a link, and sends it later if there is such a user with a confirmed address.
///
/// # Errors
/// [`Failure::Busy`] if too many are under way, or wait in this network.
pub fn request_password_link(mailer: &Arc<Mailer>, request: PasswordLinkRequest) -> Result<(), Failure> {
    let limits = &mailer.password_link_limits;
    let limits = if request.known_browser.is_some() { &limits.known_browsers } else { &limits.unknown_browsers };
    let Ok(permit) = limits.clone().try_acquire_owned() else { return Err(Failure::Busy) };
    let start = request.queue_start(mailer);
    if start == StartTime::Full {
        return Err(Failure::Busy);
    }
    let mailer = mailer.clone();
    tokio::spawn(async move {
        let _permit = permit;
        if let StartTime::At(turn) = start {
            tokio::time::sleep(turn.since(clock::monotonic_now())).await;
        }
        if let Err(failure) = request.send(&mailer).await {
            tracing::warn!(%failure, "a link for a forgotten password was not sent");
        }
    });
    Ok(())
}

impl PasswordLinkRequest {
    /// When its turn is. A browser that is known counts by itself.
    fn queue_start(&self, mailer: &Mailer) -> StartTime {
        let instance = self.directory.instance();
        let bucket = match self.directory.user_by_login(&self.login) {
            Some(_) if self.known_browser.is_some() => return StartTime::Now,
            Some(user) => Bucket::user(instance, user.id),
            None => Bucket::login(instance, &self.login),
        };
        mailer.service.throttle().start_password_link(self.network, &bucket, clock::monotonic_now())
    }

    async fn send(self, mailer: &Mailer) -> Result<(), Failure> {
        let Self { directory, actor, login, known_browser, .. } = self;
        let instance = directory.instance();
        // As it is now: the turn may have come late.
        let Some(directory) = mailer.service.engine().current(instance) else { return Ok(()) };
        let Some(user) = directory.user_by_login(&login).cloned() else { return Ok(()) };
        let Some(to) = user.confirmed_email.clone().filter(|_| user.can_sign_in()) else { return Ok(()) };
        // Requests in a user's name from elsewhere keep the user from no link in their own browser.
        let bucket_name =
            known_browser.map_or_else(|| "forgotten".to_owned(), |browser| format!("forgotten:{browser}"));
        let bucket = Bucket::for_user(instance, user.id, &bucket_name, LINKS_BEFORE_WAIT);
        if is_cooling_off(mailer, &directory, &user, &to).await?
            || !mailer.service.throttle().count_use(&bucket, clock::monotonic_now())
        {
            return Ok(());
        }
        let new_link = link::create(mailer, &directory, &user, LinkPurpose::Reset, &to).await?;
        mailer.service.record_event(instance, actor, Act::SendPasswordLink, vec![RecordKey::User(user.id)]).await?;
        mailer.queue.send(template::reset(&directory, &user, &to, &new_link.address, None).until(new_link.until));
        Ok(())
    }
}
