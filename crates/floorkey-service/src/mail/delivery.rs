//! The delivery task: sends one message at a time in the background, and retries while the mail server is unavailable.

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
use super::{Job, Letter, Post, Way, spool};
use crate::outside;

/// The timeout of the SMTP transport.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Delays before retries in seconds: after the first failure, the second, and so on. The last delay repeats.
const AGAIN: [u64; 7] = [2, 10, 30, 60, 300, 900, 3600];

/// Maximum number of retries of a message: about two days.
const TRIES: usize = 50;

/// A message that the mail server has not accepted yet.
struct Waiting {
    letter: Letter,
    file: PathBuf,
    tries: usize,
    due: Timestamp,
}

/// A message that is being sent to the mail server.
struct Sending<'a> {
    one: Waiting,
    sent: Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>,
}

/// Runs the delivery task until it receives [`Job::Stop`] or the queue is closed.
pub async fn deliver(mailer: Arc<Mailer>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let post = &mailer.post;
    let mut waiting = match &post.way {
        Way::Folder(_) => VecDeque::new(),
        Way::Smtp { spool, .. } => read_spool(spool).await,
    };
    post.took_over(waiting.len());
    let mut sending: Option<Sending<'_>> = None;
    loop {
        let next = waiting.iter().map(|one: &Waiting| one.due).min();
        let pause = next.map_or(Duration::from_secs(3600), |due| until(due, outside::now()));
        tokio::select! {
            job = jobs.recv() => match job {
                Some(Job::Letter { letter, kept }) => take(post, &mut waiting, *letter, kept).await,
                Some(Job::Stop) | None => {
                    if let Some(Sending { one, sent }) = sending.take() {
                        let result = sent.await;
                        settle(post, &mut waiting, one, result).await;
                    }
                    return;
                }
            },
            result = on_its_way(&mut sending) => {
                if let Some(Sending { one, .. }) = sending.take() {
                    settle(post, &mut waiting, one, result).await;
                }
            }
            () = tokio::time::sleep(pause), if sending.is_none() => sending = next_due(post, &mut waiting).await,
        }
    }
}

/// Stores a message, and notifies the waiting caller.
async fn take(post: &Post, waiting: &mut VecDeque<Waiting>, letter: Letter, kept: Option<oneshot::Sender<()>>) {
    let now = outside::now();
    let name = format!("{:013}-{:08x}", now.as_millis(), u32::from_be_bytes(outside::random()));
    let written = match &post.way {
        Way::Folder(folder) => {
            let message = letter.message(&post.from, true).map(|message| message.formatted());
            let folder = folder.clone();
            let written = match message {
                Ok(message) => blocking(move || spool::write(&folder, &format!("{name}.eml"), &message)).await,
                Err(problem) => Err(problem),
            };
            post.dealt_with();
            written.map(drop)
        }
        Way::Smtp { spool, .. } => {
            let (spool, of_letter) = (spool.clone(), letter.clone());
            let written = blocking(move || spool::keep(&spool, &name, &of_letter)).await;
            written.map(|file| waiting.push_back(Waiting { letter, file, tries: 0, due: now }))
        }
    };
    match written {
        Ok(()) => {
            // The caller may have stopped waiting.
            let _ = kept.map(|kept| kept.send(()));
        }
        Err(problem) => {
            if let Way::Smtp { .. } = post.way {
                post.dealt_with();
            }
            tracing::error!(problem, "can't save an email; it was dropped");
        }
    }
}

/// Starts sending the next message that is due. Discards a message that has expired or can't be built.
async fn next_due<'a>(post: &'a Post, waiting: &mut VecDeque<Waiting>) -> Option<Sending<'a>> {
    let now = outside::now();
    let Way::Smtp { transport, .. } = &post.way else { return None };
    let at = waiting.iter().position(|one| one.due <= now)?;
    let one = waiting.remove(at)?;
    if !one.letter.is_of_use(now) {
        tracing::warn!(subject = one.letter.subject, "an email expired before it was sent");
        forget(post, one).await;
        return None;
    }
    match one.letter.message(&post.from, false) {
        Ok(message) => {
            let sent = Box::pin(async move { transport.send(message).await.map(drop) });
            Some(Sending { one, sent })
        }
        Err(problem) => {
            tracing::warn!(problem, "an email is invalid and can't be sent");
            forget(post, one).await;
            None
        }
    }
}

/// Waits for the result of sending; forever if no message is being sent.
async fn on_its_way(sending: &mut Option<Sending<'_>>) -> Result<(), Error> {
    match sending {
        Some(Sending { sent, .. }) => sent.await,
        None => std::future::pending().await,
    }
}

/// Handles the result of sending: removes the message, or schedules a retry.
async fn settle(post: &Post, waiting: &mut VecDeque<Waiting>, mut one: Waiting, result: Result<(), Error>) {
    let error = match result {
        Ok(()) => return forget(post, one).await,
        Err(error) => error,
    };
    if error.is_permanent() || one.tries >= TRIES {
        tracing::warn!(%error, subject = one.letter.subject, "the mail server rejected an email; it was dropped");
        return forget(post, one).await;
    }
    let seconds = AGAIN.get(one.tries).or(AGAIN.last()).copied().unwrap_or(3600);
    tracing::warn!(%error, seconds, "can't send an email; will retry");
    let now = outside::now();
    let after = |millis: u64| Timestamp::from_millis(now.as_millis().saturating_add_unsigned(millis));
    one.tries += 1;
    one.due = after(seconds * 1000);
    waiting.push_back(one);
    // Other messages would probably fail now too.
    for other in waiting.iter_mut() {
        other.due = other.due.max(after(1000));
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(due.as_millis().saturating_sub(now.as_millis())).unwrap_or(0))
}

/// Reads the messages that an earlier run left in the spool. Logs each file that can't be read.
async fn read_spool(folder: &Path) -> VecDeque<Waiting> {
    let due = outside::now();
    let path = folder.to_owned();
    let found = blocking(move || spool::read(&path).map_err(|error| error.to_string())).await;
    let found = found.unwrap_or_else(|problem| {
        tracing::error!(problem, folder = %folder.display(), "can't read the emails of an earlier run; they are kept");
        spool::Found::default()
    });
    for (file, problem) in found.corrupt {
        tracing::error!(problem, file = %file.display(), "a file in the mail folder is invalid and was set aside");
    }
    if found.put_aside > 0 {
        tracing::warn!(files = found.put_aside, folder = %folder.display(), "some files in the mail folder are invalid");
    }
    let letters = found.letters.into_iter();
    letters.map(|(file, letter)| Waiting { letter, file, tries: 0, due }).collect()
}

async fn forget(post: &Post, one: Waiting) {
    post.dealt_with();
    let _ = blocking(move || {
        spool::forget(&one.file);
        Ok(())
    })
    .await;
}

/// Runs blocking file operations on a thread where they are allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(error.to_string()))
}
