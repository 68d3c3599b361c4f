//! Password links for users who forgot their password.
//!
//! Requests for password links have separate limits, so they can't block sign-ins, and sign-ins can't block them.
//!
//! Only the client's network and the limits determine whether a request is admitted. All other work happens after the
//! response is sent. The response and its timing therefore do not reveal whether a user with the login exists.

use std::sync::Arc;

use floorkey::{Action, Actor, Directory, RecordKey};
use floorkey_store::LinkPurpose;
use tokio::sync::Semaphore;

use super::Mailer;
use super::invite::{LINKS_BEFORE_WAIT, is_cooling_off};
use super::{link, template};
use crate::clock;
use crate::failure::Failure;
use crate::network::Network;
use crate::throttle::{Bucket, StartTime};

/// The maximum numbers of concurrent requests from unknown browsers and from known browsers.
const UNKNOWN_BROWSERS_MAX: usize = 2_000;
const KNOWN_BROWSERS_MAX: usize = 100;

/// The limits on concurrent requests for password links.
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

/// A request for a link to choose a password.
pub struct PasswordLinkRequest {
    /// The directory of the instance.
    pub directory: Arc<Directory>,
    /// The actor for the audit log.
    pub actor: Actor,
    /// The login as entered.
    pub login: String,
    /// The browser's ID, if the user has already used this browser to sign in.
    pub known_browser: Option<String>,
    /// The client's network.
    pub network: Network,
}

/// Admits a request. After the response is sent, sends the link if a user with this login and a verified email address
/// exists.
///
/// # Errors
/// Returns [`Failure::Busy`] if too many requests are in progress, or if too many requests from the client's network
/// are queued.
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
            tracing::warn!(%failure, "can't send a password link");
        }
    });
    Ok(())
}

impl PasswordLinkRequest {
    /// Returns when the request can start. Requests from known browsers are not delayed by other requests from the same
    /// network.
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
        // The current directory is used, because the request may have waited for some time.
        let Some(directory) = mailer.service.engine().current(instance) else { return Ok(()) };
        let Some(user) = directory.user_by_login(&login).cloned() else { return Ok(()) };
        let Some(to) = user.verified_email.clone().filter(|_| user.can_sign_in()) else { return Ok(()) };
        // Each known browser has a separate count. Requests from other browsers therefore don't block the user's own
        // browser.
        let bucket_name =
            known_browser.map_or_else(|| "forgotten".to_owned(), |browser| format!("forgotten:{browser}"));
        let bucket = Bucket::for_user(instance, user.id, &bucket_name, LINKS_BEFORE_WAIT);
        if is_cooling_off(mailer, &directory, &user, &to).await?
            || !mailer.service.throttle().count_use(&bucket, clock::monotonic_now())
        {
            return Ok(());
        }
        let new_link = link::create(mailer, &directory, &user, LinkPurpose::Reset, &to).await?;
        mailer.service.record_event(instance, actor, Action::SendPasswordLink, vec![RecordKey::User(user.id)]).await?;
        mailer.queue.send(template::reset(&directory, &user, &to, &new_link.address, None).until(new_link.until));
        Ok(())
    }
}
