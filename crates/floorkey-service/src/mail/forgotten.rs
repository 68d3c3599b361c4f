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
use super::invite::{LINKS_FREE, cools};
use super::{letter, link};
use crate::failure::Failure;
use crate::network::Network;
use crate::outside;
use crate::throttle::{Bucket, Start};

/// Requests under way, and those from browsers that are known.
const STRANGERS_MAX: usize = 2_000;
const KNOWN_MAX: usize = 100;

/// Where requests are while they are worked on.
pub struct ForgottenRoom {
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
}

impl Default for ForgottenRoom {
    fn default() -> Self {
        Self { strangers: Arc::new(Semaphore::new(STRANGERS_MAX)), known: Arc::new(Semaphore::new(KNOWN_MAX)) }
    }
}

/// A request for a link.
pub struct Forgotten {
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
    /// When its turn is. A browser that is known counts by itself.
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
        // As it is now: the turn may have come late.
        let Some(directory) = mailer.service.engine().current(instance) else { return Ok(()) };
        let Some(user) = directory.user_by_login(&login).cloned() else { return Ok(()) };
        let Some(to) = user.confirmed_email.clone().filter(|_| user.can_sign_in()) else { return Ok(()) };
        // Requests in a user's name from elsewhere keep the user from no link in their own browser.
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
