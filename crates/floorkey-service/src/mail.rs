//! Mail: what people are told, and links that only whoever reads the mail can open.
//!
//! Nobody waits for mail: a message is put into a queue and delivered beside everything else. With SMTP settings it is
//! kept in a folder until the mail server has it, tried again and again, over restarts too. Without, it ends in a
//! local outbox, a folder of `.eml` files.
//!
//! `template` has the texts, `link` creates links, and `notifications` informs users about changes to their accounts
//! through any interface. `invite` sends the link of an administrator, `password_link` the one that users request.

mod delivery;
mod invite;
mod link;
mod notifications;
mod password_link;
mod spool;
mod template;

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

use crate::clock;
use crate::failure::Failure;
use crate::service::Service;

pub use delivery::deliver;
pub use invite::{invite, link_address, send_confirmation};
pub use link::{is_link_valid, link_token_hash};
pub use notifications::notify_users;
pub use password_link::{PasswordLinkLimits, PasswordLinkRequest, request_password_link};
pub use template::MailMessage;

/// Sends mail, and makes the links in it.
pub struct Mailer {
    /// The service.
    pub service: Arc<Service>,
    /// The queue of messages.
    pub queue: MailQueue,
    /// The address in links, without a slash at the end.
    pub public_url: String,
    /// The limits on requests for links by users who forgot their password.
    pub password_link_limits: PasswordLinkLimits,
    /// How long after a change of an email no link to choose a password is sent to it.
    pub cooling_off: Duration,
}

/// Maximum number of messages that wait, so that neither memory nor disk fills up while a mail server is away.
const MESSAGES_MAX: usize = 50_000;

/// Messages that the demo's console shows.
const RECENT_MAX: usize = 200;

/// How messages are delivered.
enum Transport {
    /// As files in this folder.
    Folder(PathBuf),
    /// Over a mail server; until it has them they are kept in this folder.
    Smtp { transport: Box<AsyncSmtpTransport<Tokio1Executor>>, spool: PathBuf },
}

/// The queue of messages, with the transport that delivers them.
pub struct MailQueue {
    transport: Transport,
    from: Mailbox,
    sender: mpsc::UnboundedSender<QueueItem>,
    /// Messages that are not dealt with yet.
    pending: AtomicUsize,
    /// The last messages, where the demo shows them.
    recent: Option<Mutex<VecDeque<(Timestamp, MailMessage)>>>,
}

/// An item of the queue.
pub enum QueueItem {
    /// Deliver this.
    Deliver {
        /// The message.
        message: Box<MailMessage>,
        /// Notified when it is stored durably.
        stored: Option<oneshot::Sender<()>>,
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

impl MailQueue {
    /// Creates a queue, and the receiver that [`deliver`] processes.
    ///
    /// # Errors
    /// An address of a mail server that can't be one.
    pub fn open(
        settings: &MailSettings,
        data: &Path,
        demo: bool,
    ) -> Result<(Self, mpsc::UnboundedReceiver<QueueItem>), String> {
        let transport = match &settings.smtp_url {
            None => Transport::Folder(data.join("outbox")),
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|error| format!("FLOORKEY_SMTP_URL is no address of a mail server: {error}"))?;
                let transport = transport.timeout(Some(delivery::TIMEOUT)).build();
                Transport::Smtp { transport: Box::new(transport), spool: data.join("mail") }
            }
        };
        let (sender, items) = mpsc::unbounded_channel();
        let recent = (demo && matches!(transport, Transport::Folder(_))).then(Mutex::default);
        Ok((Self { transport, from: settings.from.clone(), sender, pending: AtomicUsize::new(0), recent }, items))
    }

    /// Has a message delivered that nobody waits for. Where too many wait already it is lost, and the log says so.
    pub fn send(&self, message: MailMessage) {
        if self.enqueue(message, None).is_err() {
            tracing::error!(waiting = MESSAGES_MAX, "too many letters wait for the mail server: one more is lost");
        }
    }

    /// Has a message delivered, and waits until it is kept over a restart.
    ///
    /// # Errors
    /// [`Failure::MailFull`]; [`Failure::Internal`] if it can't be written.
    pub async fn send_durably(&self, message: MailMessage) -> Result<(), Failure> {
        let (stored, durable) = oneshot::channel();
        self.enqueue(message, Some(stored))?;
        durable.await.map_err(|_| Failure::Internal("a letter could not be kept".to_owned()))
    }

    /// Whether another message can wait.
    ///
    /// # Errors
    /// [`Failure::MailFull`].
    pub fn check_capacity(&self) -> Result<(), Failure> {
        match self.pending.load(Ordering::Relaxed) < MESSAGES_MAX {
            true => Ok(()),
            false => Err(Failure::MailFull),
        }
    }

    fn enqueue(&self, message: MailMessage, stored: Option<oneshot::Sender<()>>) -> Result<(), Failure> {
        self.check_capacity()?;
        self.pending.fetch_add(1, Ordering::Relaxed);
        if let Some(recent) = &self.recent {
            let mut recent = recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.push_front((clock::now(), message.clone()));
            recent.truncate(RECENT_MAX);
        }
        // Whoever delivers is gone only when the server stops.
        let _ = self.sender.send(QueueItem::Deliver { message: Box::new(message), stored });
        Ok(())
    }

    /// Counts messages of an earlier run.
    fn add_pending(&self, count: usize) {
        self.pending.fetch_add(count, Ordering::Relaxed);
    }

    /// Counts that a message was sent, or given up.
    fn remove_pending(&self) {
        self.pending.fetch_sub(1, Ordering::Relaxed);
    }

    /// Lets whoever delivers end, once everything that was sent so far is dealt with.
    pub fn close(&self) {
        let _ = self.sender.send(QueueItem::Stop);
    }

    /// Whether the console shows the last messages: in the demo, without a mail server.
    pub fn keeps_recent(&self) -> bool {
        self.recent.is_some()
    }

    /// The last messages, newest first, where the demo shows them.
    pub fn recent(&self) -> Option<Vec<(Timestamp, MailMessage)>> {
        let recent = self.recent.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(recent.iter().cloned().collect())
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
    fn no_more_messages_wait_than_there_is_room_for() {
        let folder = tempfile::tempdir().unwrap();
        let from = "Floorkey <floorkey@example.com>".parse().unwrap();
        let settings = MailSettings { smtp_url: Some("smtp://127.0.0.1:1".to_owned()), from };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _guard = runtime.enter();
        let (queue, mut items) = MailQueue::open(&settings, folder.path(), false).unwrap();
        let message = || {
            let text = serde_json::json!({ "to": "a@example.com", "subject": "s", "text": "t", "until": null });
            serde_json::from_value::<MailMessage>(text).unwrap()
        };
        (0..MESSAGES_MAX + 10).for_each(|_| queue.send(message()));
        assert!(matches!(queue.check_capacity(), Err(Failure::MailFull)));
        assert!(matches!(runtime.block_on(queue.send_durably(message())), Err(Failure::MailFull)));
        assert_eq!(std::iter::from_fn(|| items.try_recv().ok()).count(), MESSAGES_MAX);
        queue.remove_pending();
        assert!(queue.check_capacity().is_ok());
    }
}
