//! Links for users who forgot their password.
//!
//! These requests have their own limits: a flood of sign-ins does not block them, and they do not block sign-ins.
//! Admission depends only on the network and these limits, and all other work happens after the response. Neither the
//! response nor its timing reveals whether a user with the login exists.

use std::sync::Arc;

use floorkey::{Act, Actor, Directory, RecordKey};
use floorkey_store::LinkPurpose;
use tokio::sync::Semaphore;

use super::Mailer;
use super::invite::{LINKS_FREE, cools};
use super::{letter, link};
use crate::failure::Failure;
use crate::network::Network;
use crate::outside;
use crate::throttle::{Bucket, Start};

/// Maximum numbers of concurrent requests: from unknown browsers, and from known ones.
const STRANGERS_MAX: usize = 2_000;
const KNOWN_MAX: usize = 100;

/// The concurrency limits of these requests.
pub struct ForgottenRoom {
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
}

impl Default for ForgottenRoom {
    fn default() -> Self {
        Self { strangers: Arc::new(Semaphore::new(STRANGERS_MAX)), known: Arc::new(Semaphore::new(KNOWN_MAX)) }
    }
}

/// A request for a link to choose a password.
pub struct Forgotten {
    /// The directory of the instance.
    pub directory: Arc<Directory>,
    /// The actor of the recorded events.
    pub actor: Actor,
    /// The login as entered.
    pub login: String,
    /// The id of the browser, if the user has signed in with it before.
    pub known_browser: Option<String>,
    /// The network of the client.
    pub network: Network,
}

/// Admits a request, and sends the link later if a user with this login and a verified email exists.
///
/// # Errors
/// [`Failure::Busy`] if too many requests are in progress, or too many wait in the client's network.
pub fn forgotten(mailer: &Arc<Mailer>, forgotten: Forgotten) -> Result<(), Failure> {
    let room = &mailer.forgotten;
    let room = if forgotten.known_browser.is_some() { &room.known } else { &room.strangers };
    let Ok(place) = room.clone().try_acquire_owned() else { return Err(Failure::Busy) };
    let start = forgotten.start(mailer);
    if start == Start::Full {
        return Err(Failure::Busy);
    }
    let mailer = mailer.clone();
    tokio::spawn(async move {
        let _place = place;
        if let Start::At(turn) = start {
            tokio::time::sleep(turn.since(outside::moment())).await;
        }
        if let Err(failure) = forgotten.send(&mailer).await {
            tracing::warn!(%failure, "can't send a password link");
        }
    });
    Ok(())
}

impl Forgotten {
    /// When the request starts. A known browser is not throttled with its network.
    fn start(&self, mailer: &Mailer) -> Start {
        let instance = self.directory.instance();
        let bucket = match self.directory.user_by_login(&self.login) {
            Some(_) if self.known_browser.is_some() => return Start::Now,
            Some(user) => Bucket::user(instance, user.id),
            None => Bucket::login(instance, &self.login),
        };
        mailer.service.throttle().forgotten_from(self.network, &bucket, outside::moment())
    }

    async fn send(self, mailer: &Mailer) -> Result<(), Failure> {
        let Self { directory, actor, login, known_browser, .. } = self;
        let instance = directory.instance();
        // Uses the current state, because the request may have waited.
        let Some(directory) = mailer.service.engine().current(instance) else { return Ok(()) };
        let Some(user) = directory.user_by_login(&login).cloned() else { return Ok(()) };
        let Some(to) = user.confirmed_email.clone().filter(|_| user.can_sign_in()) else { return Ok(()) };
        // Counted per browser, so that requests by others for this user do not block the user's own browser.
        let what = known_browser.map_or_else(|| "forgotten".to_owned(), |browser| format!("forgotten:{browser}"));
        let bucket = Bucket::of_user(instance, user.id, &what, LINKS_FREE);
        if cools(mailer, &directory, &user, &to).await? || !mailer.service.throttle().spend(&bucket, outside::moment())
        {
            return Ok(());
        }
        let made = link::make(mailer, &directory, &user, LinkPurpose::Reset, &to).await?;
        mailer.service.note(instance, actor, Act::SendPasswordLink, vec![RecordKey::User(user.id)]).await?;
        mailer.post.send(letter::reset(&directory, &user, &to, &made.address, None).until(made.until));
        Ok(())
    }
}
