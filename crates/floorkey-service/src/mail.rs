//! Email: notifications to users, and links that only the owner of a mailbox can receive.
//!
//! Messages are queued, and then delivered in the background. With SMTP settings, a message is stored in a spool folder
//! until the mail server accepts it. Failed attempts are retried, even after a restart. Without SMTP settings, each
//! message is written as an `.eml` file to a local folder, the outbox.
//!
//! `template` contains the texts of messages, and `link` creates links. `notifications` notifies users of changes to
//! their accounts, regardless of the interface that was used. `invite` sends links that an administrator requests, and
//! `password_link` sends links that users request for themselves.

mod delivery;
mod error;
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
pub use error::MailError;
pub use invite::{invite, link_address, send_confirmation};
pub use link::{is_link_valid, link_token_hash};
pub use notifications::notify_users;
pub use password_link::{PasswordLinkLimits, PasswordLinkRequest, request_password_link};
pub use template::MailMessage;

/// Sends email and creates the links in messages.
pub struct Mailer {
    /// The service.
    pub service: Arc<Service>,
    /// The queue of outgoing messages.
    pub queue: MailQueue,
    /// The base URL of links, without a trailing slash.
    pub public_url: String,
    /// The limits on the number of password link requests from users who forgot their password.
    pub password_link_limits: PasswordLinkLimits,
    /// The cooling-off period, which starts when a user's email address changes. During this period, no password link
    /// is sent to the new address.
    pub cooling_off: Duration,
}

/// The maximum number of queued messages. This limits memory and disk usage while the mail server is unavailable.
const MESSAGES_MAX: usize = 50_000;

/// The maximum number of recent messages that are kept for the console.
const RECENT_MAX: usize = 200;

/// How to deliver messages.
enum Transport {
    /// Writes messages as files to this folder.
    Folder(PathBuf),
    /// Keeps the most recent messages in memory, and delivers none.
    Memory,
    /// Sends messages through a mail server. Until the server accepts a message, it is stored in the `spool` folder.
    Smtp { transport: Box<AsyncSmtpTransport<Tokio1Executor>>, spool: PathBuf },
}

/// The outgoing mail queue and its transport.
pub struct MailQueue {
    transport: Transport,
    from: Mailbox,
    sender: mpsc::UnboundedSender<QueueItem>,
    /// The number of messages that have been neither delivered nor discarded.
    pending: AtomicUsize,
    /// The most recent messages, which the console displays; `None` if they are not kept.
    recent: Option<Mutex<VecDeque<(Timestamp, MailMessage)>>>,
}

/// An item that the delivery task receives.
pub enum QueueItem {
    /// Delivers a message.
    Deliver {
        /// The message.
        message: Box<MailMessage>,
        /// The channel that receives a notification when the message is stored durably.
        stored: Option<oneshot::Sender<()>>,
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

impl MailQueue {
    /// Creates the mail queue, and the receiver that [`deliver`] reads queued items from.
    ///
    /// # Errors
    /// Returns an error if the mail server's URL is invalid.
    pub fn open(
        settings: &MailSettings,
        data: &Path,
        demo: bool,
    ) -> Result<(Self, mpsc::UnboundedReceiver<QueueItem>), MailError> {
        let transport = match &settings.smtp_url {
            None => Transport::Folder(data.join("outbox")),
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(MailError::SmtpUrl)?;
                let transport = transport.timeout(Some(delivery::TIMEOUT)).build();
                Transport::Smtp { transport: Box::new(transport), spool: data.join("mail") }
            }
        };
        let (sender, items) = mpsc::unbounded_channel();
        let recent = (demo && matches!(transport, Transport::Folder(_))).then(Mutex::default);
        Ok((Self { transport, from: settings.from.clone(), sender, pending: AtomicUsize::new(0), recent }, items))
    }

    /// Creates a queue that only keeps the most recent messages in memory, and the receiver that [`deliver`] reads
    /// queued items from.
    pub fn in_memory(from: Mailbox) -> (Self, mpsc::UnboundedReceiver<QueueItem>) {
        let (sender, items) = mpsc::unbounded_channel();
        let recent = Some(Mutex::default());
        (Self { transport: Transport::Memory, from, sender, pending: AtomicUsize::new(0), recent }, items)
    }

    /// Queues a message without waiting. If the queue is full, the message is discarded and an error is logged.
    pub fn send(&self, message: MailMessage) {
        if self.enqueue(message, None).is_err() {
            tracing::error!(
                waiting = MESSAGES_MAX,
                "too many emails are waiting for the mail server; an email was dropped"
            );
        }
    }

    /// Queues a message, and waits until it is stored durably.
    ///
    /// # Errors
    /// Returns [`Failure::MailFull`] if the queue is full, or [`Failure::Internal`] if the message can't be written.
    pub(crate) async fn send_durably(&self, message: MailMessage) -> Result<(), Failure> {
        let (stored, durable) = oneshot::channel();
        self.enqueue(message, Some(stored))?;
        durable.await.map_err(|_| Failure::Internal("can't save an email".to_owned()))
    }

    /// Checks that the queue is not full.
    ///
    /// # Errors
    /// Returns [`Failure::MailFull`] if the queue is full.
    pub(crate) fn check_capacity(&self) -> Result<(), Failure> {
        match self.pending() < MESSAGES_MAX {
            true => Ok(()),
            false => Err(Failure::MailFull),
        }
    }

    /// Returns the number of messages that have been neither delivered nor discarded.
    pub fn pending(&self) -> usize {
        self.pending.load(Ordering::Relaxed)
    }

    fn enqueue(&self, message: MailMessage, stored: Option<oneshot::Sender<()>>) -> Result<(), Failure> {
        self.check_capacity()?;
        self.pending.fetch_add(1, Ordering::Relaxed);
        if let Some(recent) = &self.recent {
            let mut recent = recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.push_front((clock::now(), message.clone()));
            recent.truncate(RECENT_MAX);
        }
        // The receiver is dropped only when the server stops.
        let _ = self.sender.send(QueueItem::Deliver { message: Box::new(message), stored });
        Ok(())
    }

    /// Increases the number of pending messages by `count`, for messages that an earlier run left in the spool.
    fn add_pending(&self, count: usize) {
        self.pending.fetch_add(count, Ordering::Relaxed);
    }

    /// Decreases the number of pending messages by one, for a message that was sent or discarded.
    fn remove_pending(&self) {
        self.pending.fetch_sub(1, Ordering::Relaxed);
    }

    /// Ends the delivery task after it has handled all queued items.
    pub fn close(&self) {
        let _ = self.sender.send(QueueItem::Stop);
    }

    /// Whether recent messages are kept for the console. They are kept only in a demo without a mail server, and on a
    /// server in memory.
    pub fn keeps_recent(&self) -> bool {
        self.recent.is_some()
    }

    /// Returns the most recent messages, newest first; `None` if they are not kept.
    pub fn recent(&self) -> Option<Vec<(Timestamp, MailMessage)>> {
        let recent = self.recent.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(recent.iter().cloned().collect())
    }
}

/// Returns the default sender: `floorkey@`, followed by the host in the public URL.
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
