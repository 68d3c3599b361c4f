//! Work that takes a while: hashing passwords for many users. It goes on by itself while a page tells how far it is,
//! and what came of it is shown once, to the one who asked for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{Command, NewPassword, Timestamp, UserId};

use super::super::problem::sentence;
use super::super::session::after;
use super::super::viewer::Viewer;
use crate::failure::Failure;
use crate::hashing_queue::Party;
use crate::mail;
use crate::outside;
use crate::passwords::Password;

/// How long passwords can be shown after they are ready, and again after they were shown: a page is printed, or
/// reloaded by mistake.
const READY: Duration = Duration::from_secs(30 * 60);
const SHOWN: Duration = Duration::from_secs(2 * 60);

/// Work under way and results kept, at most: each may hold ten thousand passwords.
const KEPT_MAX: usize = 16;

/// A user who gets a password, as the slip has it.
#[derive(Clone)]
pub(super) struct Slip {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) password: Option<Password>,
}

/// What is being done.
pub(super) struct Work {
    /// Whose it is.
    owner: UserId,
    /// What it is, for the heading: `Passwords of 20 users`.
    pub(super) title: String,
    /// The list to go back to.
    pub(super) back: String,
    pub(super) total: usize,
    /// How many of them are slips; the others are links.
    pub(super) slips: usize,
    done: AtomicUsize,
    state: Mutex<State>,
}

enum State {
    Running,
    Failed { problem: String, until: Timestamp },
    Ready { outcome: Outcome, until: Timestamp },
}

/// How far it is.
pub(super) enum Progress {
    Running(usize),
    Failed(String),
    Ready(Outcome),
}

/// All work, by its id.
#[derive(Default)]
pub(super) struct Works(Mutex<HashMap<String, Arc<Work>>>);

/// What is to be done: the users with their new passwords, and the command that takes the hashes in their order.
pub(super) struct Task {
    pub(super) title: String,
    pub(super) back: String,
    pub(super) slips: Vec<Slip>,
    /// Users who are sent a link to choose a password with, once it is done.
    pub(super) invite: Vec<UserId>,
    /// `None` where nothing changes before the links are sent.
    pub(super) command: Option<Made>,
}

/// Makes the command of the hashes, one for each slip.
pub(super) type Made = Box<dyn FnOnce(Vec<Option<NewPassword>>) -> Command + Send>;

/// What came of it.
#[derive(Clone, Default)]
pub(super) struct Outcome {
    pub(super) slips: Vec<Slip>,
    /// How many links are on their way.
    pub(super) sent: usize,
    /// Who could not be sent one, and why, a sentence each.
    pub(super) unsent: Vec<String>,
}

impl Works {
    /// Begins work, and gives the address of the page that shows it.
    ///
    /// # Errors
    /// [`Failure::Busy`] if there is too much of it.
    pub(super) fn begin(&self, viewer: &Viewer, task: Task) -> Result<String, Failure> {
        let Task { title, back, slips, invite, command } = task;
        let work = Arc::new(Work {
            owner: viewer.user.id,
            title,
            back,
            total: slips.len() + invite.len(),
            slips: slips.len(),
            done: AtomicUsize::new(0),
            state: Mutex::new(State::Running),
        });
        let id = uuid::Uuid::from_u128(outside::id()).simple().to_string();
        let mut all = lock(&self.0);
        all.retain(|_, work| !work.is_over(viewer.now));
        if all.len() >= KEPT_MAX {
            return Err(Failure::Busy);
        }
        all.insert(id.clone(), work.clone());
        drop(all);
        let viewer = viewer.clone();
        tokio::spawn(async move {
            let done = work.carry_out(&viewer, &slips, command).await;
            let done = match done {
                Ok(()) => Ok(work.invite(&viewer, slips, invite).await),
                Err(failure) => Err(failure),
            };
            let until = after(outside::now(), READY);
            *lock(&work.state) = match done {
                Ok(outcome) => State::Ready { outcome, until },
                Err(failure) => State::Failed { problem: sentence(&failure), until },
            };
        });
        Ok(format!("/connect/users/progress/{id}"))
    }

    /// The viewer's work of that id.
    pub(super) fn of(&self, viewer: &Viewer, id: &str) -> Option<Arc<Work>> {
        let mut all = lock(&self.0);
        all.retain(|_, work| !work.is_over(viewer.now));
        all.get(id).filter(|work| work.owner == viewer.user.id).cloned()
    }
}

impl Work {
    /// One password after the other, so that others can sign in meanwhile.
    async fn carry_out(&self, viewer: &Viewer, slips: &[Slip], command: Option<Made>) -> Result<(), Failure> {
        let mut hashed = Vec::with_capacity(slips.len());
        for slip in slips {
            hashed.push(match &slip.password {
                Some(password) => Some(hash(viewer, password).await?),
                None => None,
            });
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(command) = command {
            viewer.execute(command(hashed)).await?;
        }
        Ok(())
    }

    /// One link after the other. Whoever can't be sent one is named: the others have theirs already.
    async fn invite(&self, viewer: &Viewer, slips: Vec<Slip>, users: Vec<UserId>) -> Outcome {
        let mut outcome = Outcome { slips, ..Outcome::default() };
        for user in users {
            let Some(directory) = viewer.app().service.engine().current(viewer.instance()) else { break };
            match mail::invite(viewer.app(), &directory, viewer.actor(), user, None).await {
                Ok(_) => outcome.sent += 1,
                Err(failure) => {
                    let name = directory.user(user).map_or_else(|| user.to_string(), |user| user.display_name());
                    outcome.unsent.push(format!("{name}: {}", sentence(&failure)));
                }
            }
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    /// How far it is. What is ready can be seen again for a moment, and then no more.
    pub(super) fn progress(&self, now: Timestamp) -> Progress {
        let mut state = lock(&self.state);
        match &mut *state {
            State::Running => Progress::Running(self.done.load(Ordering::Relaxed)),
            State::Failed { problem, .. } => Progress::Failed(problem.clone()),
            State::Ready { outcome, until } => {
                *until = (*until).min(after(now, SHOWN));
                Progress::Ready(outcome.clone())
            }
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        matches!(&*lock(&self.state), State::Ready { until, .. } | State::Failed { until, .. } if *until <= now)
    }
}

/// Hashes a password, and waits where too many do.
async fn hash(viewer: &Viewer, password: &Password) -> Result<NewPassword, Failure> {
    let party = Party::User(viewer.instance(), viewer.user.id);
    loop {
        match viewer.app().service.hash(party, password, true).await {
            Err(Failure::Busy) => tokio::time::sleep(Duration::from_millis(200)).await,
            other => return other,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
