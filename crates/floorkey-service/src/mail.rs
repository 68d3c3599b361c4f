//! Mail: what people are told, and links that only whoever reads the mail can open.
//!
//! Nobody waits for mail: a letter is put into a queue and delivered beside everything else. With SMTP settings it is
//! kept in a folder until the mail server has it, tried again and again, over restarts too. Without, it ends in a
//! local outbox, a folder of `.eml` files.
//!
//! `letter` has the words, `link` makes links, `news` tells people what was done to their accounts, whichever door it
//! was done through; `invite` is the link that an administrator sends, `forgotten` the one that people ask for.

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

/// Sends mail, and makes the links in it.
pub struct Mailer {
    /// The service.
    pub service: Arc<Service>,
    /// The queue of letters.
    pub post: Post,
    /// The address in links, without a slash at the end.
    pub public_url: String,
    /// Requests for links by users who forgot their password.
    pub forgotten: ForgottenRoom,
    /// How long after a change of an email no link to choose a password is sent to it.
    pub cooling_off: Duration,
}

/// Letters that may wait at a time, so that neither memory nor disk fills up while a mail server is away.
const LETTERS_MAX: usize = 50_000;

/// Letters that the demo's console shows.
const SHOWN: usize = 200;

/// How letters leave.
enum Way {
    /// As files in this folder.
    Folder(PathBuf),
    /// Over a mail server; until it has them they are kept in this folder.
    Smtp { transport: Box<AsyncSmtpTransport<Tokio1Executor>>, spool: PathBuf },
}

/// The post office.
pub struct Post {
    way: Way,
    from: Mailbox,
    queue: mpsc::UnboundedSender<Job>,
    /// Letters that are not dealt with yet.
    waiting: AtomicUsize,
    /// The last letters, where the demo shows them.
    shown: Option<Mutex<VecDeque<(Timestamp, Letter)>>>,
}

/// Something for whoever delivers.
pub enum Job {
    /// Deliver this.
    Letter {
        /// The letter.
        letter: Box<Letter>,
        /// Who waits until it is kept.
        kept: Option<oneshot::Sender<()>>,
    },
    /// Everything before this is dealt with; stop.
    Stop,
}

/// What mail is sent with.
pub struct MailSettings {
    /// The mail server, as `smtp://…` or `smtps://…`.
    pub smtp_url: Option<String>,
    /// The sender.
    pub from: Mailbox,
}

impl Post {
    /// A post office, and the queue that [`deliver`] works off.
    ///
    /// # Errors
    /// An address of a mail server that can't be one.
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

    /// Has a letter delivered that nobody waits for. Where too many wait already it is lost, and the log says so.
    pub fn send(&self, letter: Letter) {
        if self.enqueue(letter, None).is_err() {
            tracing::error!(
                waiting = LETTERS_MAX,
                "too many emails are waiting for the mail server; an email was dropped"
            );
        }
    }

    /// Has a letter delivered, and waits until it is kept over a restart.
    ///
    /// # Errors
    /// [`Failure::MailFull`]; [`Failure::Internal`] if it can't be written.
    pub async fn send_kept(&self, letter: Letter) -> Result<(), Failure> {
        let (kept, is_kept) = oneshot::channel();
        self.enqueue(letter, Some(kept))?;
        is_kept.await.map_err(|_| Failure::Internal("can't save an email".to_owned()))
    }

    /// Whether another letter can wait.
    ///
    /// # Errors
    /// [`Failure::MailFull`].
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
        // Whoever delivers is gone only when the server stops.
        let _ = self.queue.send(Job::Letter { letter: Box::new(letter), kept });
        Ok(())
    }

    /// Counts letters of an earlier run.
    fn took_over(&self, letters: usize) {
        self.waiting.fetch_add(letters, Ordering::Relaxed);
    }

    /// Counts that a letter was sent, or given up.
    fn dealt_with(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Lets whoever delivers end, once everything that was sent so far is dealt with.
    pub fn close(&self) {
        let _ = self.queue.send(Job::Stop);
    }

    /// Whether the console shows the last letters: in the demo, without a mail server.
    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// The last letters, newest first, where the demo shows them.
    pub fn shown(&self) -> Option<Vec<(Timestamp, Letter)>> {
        let shown = self.shown.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(shown.iter().cloned().collect())
    }
}

/// The sender of mail where nobody set one.
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
    fn no_more_letters_wait_than_there_is_room_for() {
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
