//! Mail: what people are told, and links that only whoever reads the mail can open.
//!
//! Nobody waits for mail: a letter is put into a queue and delivered beside everything else. With SMTP settings it is
//! kept in a folder until the mail server has it, tried again and again, over restarts too. Without, it ends in a
//! local outbox, a folder of `.eml` files.
//!
//! `letter` has the words, `link` makes links, `news` tells people what was done to their accounts, whichever door it
//! was done through; `invite` is the link that an administrator sends.

mod delivery;
mod invite;
mod letter;
mod link;
mod news;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use floorkey::Timestamp;
use lettre::Tokio1Executor;
use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use tokio::sync::mpsc;

use crate::outside;

pub(crate) use delivery::deliver;
pub(crate) use invite::{confirmation, forgotten, invite, link_address};
pub(crate) use letter::Letter;
pub(crate) use link::{hash_of, is_good};
pub(crate) use news::tell;

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
pub(crate) struct Post {
    way: Way,
    from: Mailbox,
    queue: mpsc::UnboundedSender<Job>,
    /// The last letters, where the demo shows them.
    shown: Option<Mutex<VecDeque<(Timestamp, Letter)>>>,
}

/// Something for whoever delivers.
pub(crate) enum Job {
    /// Deliver this.
    Letter(Box<Letter>),
    /// Everything before this is dealt with; stop.
    Stop,
}

/// What mail is sent with.
pub(crate) struct MailSettings {
    /// The mail server, as `smtp://…` or `smtps://…`.
    pub(crate) smtp_url: Option<String>,
    /// The sender.
    pub(crate) from: Mailbox,
}

impl Post {
    /// A post office, and the queue that [`deliver`] works off.
    ///
    /// # Errors
    /// An address of a mail server that can't be one.
    pub(crate) fn open(
        settings: &MailSettings,
        data: &Path,
        demo: bool,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Job>), String> {
        let way = match &settings.smtp_url {
            None => Way::Folder(data.join("outbox")),
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|error| format!("FLOORKEY_SMTP_URL is no address of a mail server: {error}"))?;
                let transport = transport.timeout(Some(delivery::PATIENCE)).build();
                Way::Smtp { transport: Box::new(transport), spool: data.join("mail") }
            }
        };
        let (queue, jobs) = mpsc::unbounded_channel();
        let shown = (demo && matches!(way, Way::Folder(_))).then(Mutex::default);
        Ok((Self { way, from: settings.from.clone(), queue, shown }, jobs))
    }

    /// Has a letter delivered.
    pub(crate) fn send(&self, letter: Letter) {
        if let Some(shown) = &self.shown {
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.push_front((outside::now(), letter.clone()));
            shown.truncate(SHOWN);
        }
        // Whoever delivers is gone only when the server stops.
        let _ = self.queue.send(Job::Letter(Box::new(letter)));
    }

    /// Lets whoever delivers end, once everything that was sent so far is dealt with.
    pub(crate) fn close(&self) {
        let _ = self.queue.send(Job::Stop);
    }

    /// Whether the console shows the last letters: in the demo, without a mail server.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// The last letters, newest first, where the demo shows them.
    pub(crate) fn shown(&self) -> Option<Vec<(Timestamp, Letter)>> {
        let shown = self.shown.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(shown.iter().cloned().collect())
    }
}

/// The sender of mail where nobody set one.
pub(crate) fn default_sender(public_url: &str) -> Option<Mailbox> {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host =
        host.split([':', '/']).next().filter(|host| host.contains('.') && host.parse::<std::net::IpAddr>().is_err());
    format!("Floorkey <floorkey@{}>", host.unwrap_or("floorkey.invalid")).parse().ok()
}
