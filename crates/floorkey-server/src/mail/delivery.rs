//! Delivery: beside everything else, one letter at a time, tried again while the mail server does not answer.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use floorkey::Timestamp;
use lettre::AsyncTransport as _;
use tokio::sync::mpsc;

use super::{Job, Letter, Post, Way};
use crate::app::App;
use crate::outside;

/// How long a mail server may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How long until a letter is tried again, after the first failure, the second, and so on; the last one stays.
const AGAIN: [u64; 7] = [2, 10, 30, 60, 300, 900, 3600];

/// Tries of one letter at most: two days or so.
const TRIES: usize = 50;

/// A letter that the mail server does not have yet.
struct Waiting {
    letter: Letter,
    file: PathBuf,
    tries: usize,
    due: Timestamp,
}

/// Delivers what comes until it is told to stop.
pub(crate) async fn deliver(app: Arc<App>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let post = &app.post;
    let mut waiting = match &post.way {
        Way::Folder(_) => VecDeque::new(),
        Way::Smtp { spool, .. } => read_spool(spool),
    };
    loop {
        let next = waiting.iter().map(|one: &Waiting| one.due).min();
        let pause = next.map_or(Duration::from_secs(3600), |due| until(due, outside::now()));
        tokio::select! {
            job = jobs.recv() => match job {
                Some(Job::Letter(letter)) => take(post, &mut waiting, *letter),
                Some(Job::Stop) | None => return,
            },
            () = tokio::time::sleep(pause) => try_one(post, &mut waiting).await,
        }
    }
}

fn take(post: &Post, waiting: &mut VecDeque<Waiting>, letter: Letter) {
    let now = outside::now();
    let name = format!("{:013}-{:08x}", now.as_millis(), u32::from_be_bytes(outside::random()));
    let kept = match &post.way {
        Way::Folder(folder) => {
            let message = letter.message(&post.from, true).map(|message| message.formatted());
            message.and_then(|message| write(folder, &format!("{name}.eml"), &message).map(drop))
        }
        Way::Smtp { spool, .. } => {
            let text = serde_json::to_vec(&letter).map_err(|error| error.to_string());
            text.and_then(|text| write(spool, &format!("{name}.json"), &text)).map(|file| {
                waiting.push_back(Waiting { letter, file, tries: 0, due: now });
            })
        }
    };
    if let Err(problem) = kept {
        tracing::error!(problem, "a letter could not be kept, and is lost");
    }
}

/// Hands the letter that is due to the mail server.
async fn try_one(post: &Post, waiting: &mut VecDeque<Waiting>) {
    let now = outside::now();
    let Way::Smtp { transport, .. } = &post.way else { return };
    let Some(at) = waiting.iter().position(|one| one.due <= now) else { return };
    let Some(mut one) = waiting.remove(at) else { return };
    if !one.letter.is_of_use(now) {
        tracing::warn!(subject = one.letter.subject, "a letter came too late to be of use, and was not sent");
        return forget(&one.file);
    }
    let message = match one.letter.message(&post.from, false) {
        Ok(message) => message,
        Err(problem) => {
            tracing::warn!(problem, "a letter can't be sent");
            return forget(&one.file);
        }
    };
    match transport.send(message).await {
        Ok(_) => forget(&one.file),
        Err(error) if error.is_permanent() || one.tries >= TRIES => {
            tracing::warn!(%error, subject = one.letter.subject, "the mail server refuses a letter; it is given up");
            forget(&one.file);
        }
        Err(error) => {
            let seconds = AGAIN.get(one.tries).or(AGAIN.last()).copied().unwrap_or(3600);
            tracing::warn!(%error, seconds, "a letter could not be sent; it is tried again");
            one.tries += 1;
            let later =
                Timestamp::from_millis(now.as_millis().saturating_add(i64::try_from(seconds * 1000).unwrap_or(0)));
            one.due = later;
            waiting.push_back(one);
            // The others would fare no better now.
            let soon = Timestamp::from_millis(now.as_millis().saturating_add(1000));
            for other in waiting.iter_mut() {
                other.due = other.due.max(soon);
            }
        }
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(due.as_millis().saturating_sub(now.as_millis())).unwrap_or(0))
}

/// The letters that an earlier run did not get rid of.
fn read_spool(spool: &Path) -> VecDeque<Waiting> {
    let now = outside::now();
    let files = std::fs::read_dir(spool).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    let read = |file: PathBuf| {
        let letter = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
        Some(Waiting { letter, file, tries: 0, due: now })
    };
    files.into_iter().filter_map(read).collect()
}

/// Writes a file that only its owner reads: letters have links in them.
fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, String> {
    use std::io::Write as _;
    let path = folder.join(name);
    let failed = |error: std::io::Error| format!("can't write {}: {error}", path.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    Ok(path)
}

fn forget(file: &Path) {
    if let Err(error) = std::fs::remove_file(file) {
        tracing::warn!(%error, file = %file.display(), "a letter that was dealt with could not be removed");
    }
}
