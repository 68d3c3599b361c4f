//! The delivery task. It sends one message at a time in the background, and retries while the mail server is
//! unavailable.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use floorkey::Timestamp;
use lettre::AsyncTransport as _;
use lettre::transport::smtp::Error;
use tokio::sync::{mpsc, oneshot};

use super::Mailer;
use super::{MailError, MailMessage, MailQueue, QueueItem, Transport, spool};
use crate::{clock, entropy};

/// The timeout for sending a message over SMTP.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// The delays before retries, in seconds. The first delay follows the first failed attempt. The last delay is used for
/// all remaining retries.
const RETRY_DELAYS_SECONDS: [u64; 7] = [2, 10, 30, 60, 300, 900, 3600];

/// The maximum number of attempts to send a message. The attempts extend over about two days.
const ATTEMPTS_MAX: usize = 50;

/// A message that the mail server has not accepted yet.
struct PendingMessage {
    message: MailMessage,
    file: PathBuf,
    attempts: usize,
    due: Timestamp,
}

/// A message that is being sent to the mail server.
struct Delivery<'a> {
    pending: PendingMessage,
    sent: Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>,
}

/// Runs the delivery task until it receives [`QueueItem::Stop`] or the queue is closed.
pub async fn deliver(mailer: Arc<Mailer>, mut items: mpsc::UnboundedReceiver<QueueItem>) {
    let queue = &mailer.queue;
    let mut waiting = match &queue.transport {
        Transport::Folder(_) | Transport::Memory => VecDeque::new(),
        Transport::Smtp { spool, .. } => load_spool(spool).await,
    };
    queue.add_pending(waiting.len());
    let mut sending: Option<Delivery<'_>> = None;
    loop {
        let next = waiting.iter().map(|pending: &PendingMessage| pending.due).min();
        let pause = next.map_or(Duration::from_secs(3600), |due| until(due, clock::now()));
        tokio::select! {
            item = items.recv() => match item {
                Some(QueueItem::Deliver { message, stored }) => accept(queue, &mut waiting, *message, stored).await,
                Some(QueueItem::Stop) | None => {
                    if let Some(Delivery { pending, sent }) = sending.take() {
                        let result = sent.await;
                        handle_result(queue, &mut waiting, pending, result).await;
                    }
                    return;
                }
            },
            result = poll_delivery(&mut sending) => {
                if let Some(Delivery { pending, .. }) = sending.take() {
                    handle_result(queue, &mut waiting, pending, result).await;
                }
            }
            () = tokio::time::sleep(pause), if sending.is_none() => sending = next_due(queue, &mut waiting).await,
        }
    }
}

/// Stores a message durably, and then notifies the task that is waiting for `stored`.
async fn accept(
    queue: &MailQueue,
    waiting: &mut VecDeque<PendingMessage>,
    message: MailMessage,
    stored: Option<oneshot::Sender<()>>,
) {
    let now = clock::now();
    let name = format!("{:013}-{:08x}", now.as_millis(), u32::from_be_bytes(entropy::random_bytes()));
    let written = match &queue.transport {
        Transport::Folder(folder) => {
            let mime = message.to_mime(&queue.from, true).map(|mime| mime.formatted());
            let folder = folder.clone();
            let written = match mime {
                Ok(mime) => blocking(move || spool::write(&folder, &format!("{name}.eml"), &mime)).await,
                Err(problem) => Err(problem),
            };
            queue.remove_pending();
            written.map(drop)
        }
        Transport::Memory => {
            queue.remove_pending();
            Ok(())
        }
        Transport::Smtp { spool, .. } => {
            let (spool, copy) = (spool.clone(), message.clone());
            let written = blocking(move || spool::store(&spool, &name, &copy)).await;
            written.map(|file| waiting.push_back(PendingMessage { message, file, attempts: 0, due: now }))
        }
    };
    match written {
        Ok(()) => {
            // Sending fails if the caller has stopped waiting; the error is ignored.
            let _ = stored.map(|stored| stored.send(()));
        }
        Err(problem) => {
            if let Transport::Smtp { .. } = queue.transport {
                queue.remove_pending();
            }
            tracing::error!(%problem, "can't save an email; it was dropped");
        }
    }
}

/// Starts sending the next message that is due. Messages that have expired or can't be built are discarded.
async fn next_due<'a>(queue: &'a MailQueue, waiting: &mut VecDeque<PendingMessage>) -> Option<Delivery<'a>> {
    let now = clock::now();
    let Transport::Smtp { transport, .. } = &queue.transport else { return None };
    let index = waiting.iter().position(|pending| pending.due <= now)?;
    let pending = waiting.remove(index)?;
    if !pending.message.is_current(now) {
        tracing::warn!(subject = pending.message.subject, "an email expired before it was sent");
        discard(queue, pending).await;
        return None;
    }
    match pending.message.to_mime(&queue.from, false) {
        Ok(mime) => {
            let sent = Box::pin(async move { transport.send(mime).await.map(drop) });
            Some(Delivery { pending, sent })
        }
        Err(problem) => {
            tracing::warn!(%problem, "an email is invalid and can't be sent");
            discard(queue, pending).await;
            None
        }
    }
}

/// Waits until the current message has been sent or has failed. If no message is being sent, waits forever.
async fn poll_delivery(sending: &mut Option<Delivery<'_>>) -> Result<(), Error> {
    match sending {
        Some(Delivery { sent, .. }) => sent.await,
        None => std::future::pending().await,
    }
}

/// Handles the result of sending a message. Removes the message, or schedules a retry.
async fn handle_result(
    queue: &MailQueue,
    waiting: &mut VecDeque<PendingMessage>,
    mut pending: PendingMessage,
    result: Result<(), Error>,
) {
    let error = match result {
        Ok(()) => return discard(queue, pending).await,
        Err(error) => error,
    };
    if error.is_permanent() || pending.attempts >= ATTEMPTS_MAX {
        tracing::warn!(%error, subject = pending.message.subject, "the mail server rejected an email; it was dropped");
        return discard(queue, pending).await;
    }
    let seconds = RETRY_DELAYS_SECONDS.get(pending.attempts).or(RETRY_DELAYS_SECONDS.last()).copied().unwrap_or(3600);
    tracing::warn!(%error, seconds, "can't send an email; will retry");
    let now = clock::now();
    let after = |millis: u64| Timestamp::from_millis(now.as_millis().saturating_add_unsigned(millis));
    pending.attempts += 1;
    pending.due = after(seconds * 1000);
    waiting.push_back(pending);
    // Other messages would probably fail as well, so each of them is delayed by at least one second.
    for other in waiting.iter_mut() {
        other.due = other.due.max(after(1000));
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(due.as_millis().saturating_sub(now.as_millis())).unwrap_or(0))
}

/// Reads the messages that an earlier run left in the spool. Logs each file that can't be read.
async fn load_spool(folder: &Path) -> VecDeque<PendingMessage> {
    let due = clock::now();
    let path = folder.to_owned();
    let loaded = blocking(move || Ok(spool::load(&path)?)).await;
    let loaded = loaded.unwrap_or_else(|problem| {
        tracing::error!(%problem, folder = %folder.display(), "can't read the emails of an earlier run; they are kept");
        spool::LoadedSpool::default()
    });
    for (file, problem) in loaded.corrupt {
        tracing::error!(%problem, file = %file.display(), "a file in the mail folder is invalid and was set aside");
    }
    if loaded.put_aside > 0 {
        tracing::warn!(files = loaded.put_aside, folder = %folder.display(), "some files in the mail folder are invalid");
    }
    let messages = loaded.messages.into_iter();
    messages.map(|(file, message)| PendingMessage { message, file, attempts: 0, due }).collect()
}

async fn discard(queue: &MailQueue, pending: PendingMessage) {
    queue.remove_pending();
    let _ = blocking(move || {
        spool::remove(&pending.file);
        Ok(())
    })
    .await;
}

/// Runs file operations on a thread that they are allowed to block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, MailError> + Send + 'static,
) -> Result<T, MailError> {
    tokio::task::spawn_blocking(work).await?
}
