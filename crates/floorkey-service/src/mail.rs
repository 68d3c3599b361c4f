//! Email: notifications to users, and links that only the reader of a mailbox can open.
//!
//! Delivery is asynchronous: a message is queued and delivered in the background. With SMTP settings, it is stored in a
//! spool folder and retried, also after restarts, until the mail server accepts it. Without SMTP settings, it is
//! written to a local outbox, a folder of `.eml` files.
//!
//! `letter` has the texts, `link` creates links, and `news` notifies users of changes to their accounts, regardless of
//! the interface. `invite` sends the links that an administrator requests, `forgotten` the links that users request
//! themselves.

mod delivery;
mod forgotten;
mod invite;
mod letter;
mod link;
mod news;
mod spool;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use floorkey::Timestamp;
use lettre::Tokio1Executor;
use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use tokio::sync::{mpsc, oneshot};

use crate::failure::Failure;
use crate::outside;
use crate::service::Service;

pub use delivery::deliver;
pub use forgotten::{Forgotten, ForgottenRoom, forgotten};
pub use invite::{confirmation, invite, link_address};
pub use letter::Letter;
pub use link::{hash_of, is_good};
pub use news::tell;

/// Sends email, and creates the links in it.
pub struct Mailer {
    /// The service.
    pub service: Arc<Service>,
    /// The queue of outgoing messages.
    pub post: Post,
    /// The base URL of links, without a trailing slash.
    pub public_url: String,
    /// Requests for links by users who forgot their password.
    pub forgotten: ForgottenRoom,
    /// How long after a change of an email address no link to choose a password is sent to it.
    pub cooling_off: Duration,
}

/// Maximum number of queued messages. It bounds memory and disk while the mail server is unavailable.
const LETTERS_MAX: usize = 50_000;

/// Number of recent messages that the console of the demo shows.
const SHOWN: usize = 200;

/// How messages are delivered.
enum Way {
    /// Written as files to this folder.
    Folder(PathBuf),
    /// Sent through a mail server, and stored in the `spool` folder until the server accepts them.
    Smtp { transport: Box<AsyncSmtpTransport<Tokio1Executor>>, spool: PathBuf },
}

/// The outgoing mail queue and its transport.
pub struct Post {
    way: Way,
    from: Mailbox,
    queue: mpsc::UnboundedSender<Job>,
    /// The number of messages that are neither delivered nor discarded.
    waiting: AtomicUsize,
    /// The most recent messages, if the demo shows them.
    shown: Option<Mutex<VecDeque<(Timestamp, Letter)>>>,
}

/// A job for the delivery task.
pub enum Job {
    /// Delivers a message.
    Letter {
        /// The message.
        letter: Box<Letter>,
        /// Notified when the message is stored durably.
        kept: Option<oneshot::Sender<()>>,
    },
    /// Ends the delivery task.
    Stop,
}

/// The settings for outgoing email.
pub struct MailSettings {
    /// The URL of the mail server: `smtp://…` or `smtps://…`.
    pub smtp_url: Option<String>,
    /// The sender's address.
    pub from: Mailbox,
}

impl Post {
    /// Creates the mail queue, and the receiver from which [`deliver`] takes its jobs.
    ///
    /// # Errors
    /// If the URL of the mail server is invalid.
    pub fn open(
        settings: &MailSettings,
        data: &Path,
        demo: bool,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Job>), String> {
        let way = match &settings.smtp_url {
            None => Way::Folder(data.join("outbox")),
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|error| format!("FLOORKEY_SMTP_URL is not the URL of a mail server: {error}"))?;
                let transport = transport.timeout(Some(delivery::PATIENCE)).build();
                Way::Smtp { transport: Box::new(transport), spool: data.join("mail") }
            }
        };
        let (queue, jobs) = mpsc::unbounded_channel();
        let shown = (demo && matches!(way, Way::Folder(_))).then(Mutex::default);
        Ok((Self { way, from: settings.from.clone(), queue, waiting: AtomicUsize::new(0), shown }, jobs))
    }

    /// Queues a message without waiting. If the queue is full, the message is discarded and an error is logged.
    pub fn send(&self, letter: Letter) {
        if self.enqueue(letter, None).is_err() {
            tracing::error!(
                waiting = LETTERS_MAX,
                "too many emails are waiting for the mail server; an email was dropped"
            );
        }
    }

    /// Queues a message, and waits until it is stored durably.
    ///
    /// # Errors
    /// [`Failure::MailFull`] if the queue is full; [`Failure::Internal`] if the message can't be written.
    pub async fn send_kept(&self, letter: Letter) -> Result<(), Failure> {
        let (kept, is_kept) = oneshot::channel();
        self.enqueue(letter, Some(kept))?;
        is_kept.await.map_err(|_| Failure::Internal("can't save an email".to_owned()))
    }

    /// Checks that the queue has room for another message.
    ///
    /// # Errors
    /// [`Failure::MailFull`] if it has none.
    pub fn check_room(&self) -> Result<(), Failure> {
        match self.waiting.load(Ordering::Relaxed) < LETTERS_MAX {
            true => Ok(()),
            false => Err(Failure::MailFull),
        }
    }

    fn enqueue(&self, letter: Letter, kept: Option<oneshot::Sender<()>>) -> Result<(), Failure> {
        self.check_room()?;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if let Some(shown) = &self.shown {
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.push_front((outside::now(), letter.clone()));
            shown.truncate(SHOWN);
        }
        // The receiver is dropped only when the server stops.
        let _ = self.queue.send(Job::Letter { letter: Box::new(letter), kept });
        Ok(())
    }

    /// Counts messages that an earlier run left in the spool.
    fn took_over(&self, letters: usize) {
        self.waiting.fetch_add(letters, Ordering::Relaxed);
    }

    /// Counts a message that was sent or discarded.
    fn dealt_with(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Ends the delivery task after the jobs that were queued before.
    pub fn close(&self) {
        let _ = self.queue.send(Job::Stop);
    }

    /// Whether the console shows the most recent messages: in the demo, without a mail server.
    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// The most recent messages, newest first, if the demo shows them.
    pub fn shown(&self) -> Option<Vec<(Timestamp, Letter)>> {
        let shown = self.shown.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(shown.iter().cloned().collect())
    }
}

/// The default sender: `floorkey@` the host of the public URL.
pub fn default_sender(public_url: &str) -> Option<Mailbox> {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host =
        host.split([':', '/']).next().filter(|host| host.contains('.') && host.parse::<std::net::IpAddr>().is_err());
    format!("Floorkey <floorkey@{}>", host.unwrap_or("floorkey.invalid")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let from = "Floorkey <floorkey@example.com>".parse().unwrap();
        let settings = MailSettings { smtp_url: Some("smtp://127.0.0.1:1".to_owned()), from };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _inside = runtime.enter();
        let (post, mut jobs) = Post::open(&settings, folder.path(), false).unwrap();
        let letter = || {
            let text = serde_json::json!({ "to": "a@example.com", "subject": "s", "text": "t", "until": null });
            serde_json::from_value::<Letter>(text).unwrap()
        };
        (0..LETTERS_MAX + 10).for_each(|_| post.send(letter()));
        assert!(matches!(post.check_room(), Err(Failure::MailFull)));
        assert!(matches!(runtime.block_on(post.send_kept(letter())), Err(Failure::MailFull)));
        assert_eq!(std::iter::from_fn(|| jobs.try_recv().ok()).count(), LETTERS_MAX);
        post.dealt_with();
        assert!(post.check_room().is_ok());
    }
}
