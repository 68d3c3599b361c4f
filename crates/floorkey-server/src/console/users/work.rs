//! Work that takes a while: hashing passwords for many users. It goes on by itself while a page tells how far it is,
//! and what came of it is shown once, to the one who asked for it.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{Command, NewPassword, Timestamp, UserId};

use super::super::problem::sentence;
use super::super::session::after;
use super::super::viewer::Viewer;
use super::user_slots::{Owner, UserSlots};
use crate::failure::Failure;
use crate::hashing_queue::Party;
use crate::mail;
use crate::outside;
use crate::passwords::Password;

/// How long passwords can be shown after they are ready, and again after they were shown: a page is printed, or
/// reloaded by mistake.
const READY: Duration = Duration::from_secs(30 * 60);
const SHOWN: Duration = Duration::from_secs(2 * 60);

/// Work under way and results kept, of a user and of an instance: each may hold ten thousand passwords.
const A_USER: usize = 4;
const AN_INSTANCE: usize = 16;

/// How far work is: it can be given up until its command is carried out.
const PREPARING: u8 = 0;
const COMMITTING: u8 = 1;
const OVER: u8 = 2;
const GIVEN_UP: u8 = 3;

/// A user who gets a password, as the slip has it.
#[derive(Clone)]
pub(super) struct Slip {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) password: Password,
}

/// What is being done.
pub(super) struct Work {
    /// What it is, for the heading: `Passwords of 20 users`.
    pub(super) title: String,
    /// The list to go back to.
    pub(super) back: String,
    pub(super) total: usize,
    /// How many of them are slips; the others are links.
    pub(super) slips: usize,
    done: AtomicUsize,
    stage: AtomicU8,
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

/// All work.
pub(super) struct Works(UserSlots<Arc<Work>>);

impl Default for Works {
    fn default() -> Self {
        Self(UserSlots::new(A_USER, AN_INSTANCE))
    }
}

/// What is to be done: the users with their new passwords, and the command that takes the hashes in their order.
pub(super) struct Task {
    pub(super) title: String,
    pub(super) back: String,
    pub(super) slips: Vec<Slip>,
    /// Users who are sent a link to choose a password with, once it is done, with the address that the viewer confirmed.
    pub(super) invite: Vec<(UserId, Option<String>)>,
    /// Who gets neither, in a sentence; `None` where everybody gets one.
    pub(super) without: Option<String>,
    /// `None` where nothing changes before the links are sent.
    pub(super) command: Option<Made>,
}

/// Makes the command of the hashes, one for each slip.
pub(super) type Made = Box<dyn FnOnce(Vec<NewPassword>) -> Command + Send>;

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
    /// Begins work, and gives the address of the page that shows it. It takes the place of the user's oldest result, or
    /// of their oldest work that has changed nothing yet.
    ///
    /// # Errors
    /// [`Failure::Busy`] if there is too much of it.
    pub(super) fn begin(&self, viewer: &Viewer, task: Task) -> Result<String, Failure> {
        let Task { title, back, slips, invite, without, command } = task;
        let work = Arc::new(Work {
            title,
            back,
            total: slips.len() + invite.len(),
            slips: slips.len(),
            done: AtomicUsize::new(0),
            stage: AtomicU8::new(PREPARING),
            state: Mutex::new(State::Running),
        });
        let id = self.0.insert(owner(viewer), work.clone(), |work| work.is_over(viewer.now), |work| work.give_up())?;
        let viewer = viewer.clone();
        tokio::spawn(async move {
            let done = work.carry_out(&viewer, &slips, command).await;
            let done = match done {
                Ok(()) => {
                    let outcome = work.invite(&viewer, slips, invite).await;
                    Ok(Outcome { unsent: without.into_iter().chain(outcome.unsent).collect(), ..outcome })
                }
                Err(failure) => Err(failure),
            };
            work.stage.store(OVER, Ordering::Release);
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
        self.0.get(owner(viewer), id, |work| work.is_over(viewer.now))
    }
}

impl Work {
    /// One password after the other, so that others can sign in meanwhile.
    async fn carry_out(&self, viewer: &Viewer, slips: &[Slip], command: Option<Made>) -> Result<(), Failure> {
        let mut hashed = Vec::with_capacity(slips.len());
        for slip in slips {
            if self.stage.load(Ordering::Acquire) == GIVEN_UP {
                return Err(Failure::Busy);
            }
            hashed.push(hash(viewer, &slip.password).await?);
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        if self.stage.compare_exchange(PREPARING, COMMITTING, Ordering::AcqRel, Ordering::Acquire).is_err() {
            return Err(Failure::Busy);
        }
        if let Some(command) = command {
            viewer.execute(command(hashed)).await?;
        }
        Ok(())
    }

    /// One link after the other. Whoever can't be sent one is named: the others have theirs already.
    async fn invite(&self, viewer: &Viewer, slips: Vec<Slip>, users: Vec<(UserId, Option<String>)>) -> Outcome {
        let mut outcome = Outcome { slips, ..Outcome::default() };
        for (user, address) in users {
            let Some(directory) = viewer.app().service.engine().current(viewer.instance()) else { break };
            match mail::invite(viewer.app(), &directory, viewer.actor(), user, address.as_deref()).await {
                Ok(_) => outcome.sent += 1,
                Err(failure) => {
                    // The form names users by id, and could name any.
                    let shown =
                        directory.user(user).filter(|_| viewer.visibility_in(&directory).user(user).shows_name());
                    let name = shown.map_or_else(|| user.to_string(), |user| user.display_name());
                    outcome.unsent.push(format!("{name}: {}", sentence(&failure)));
                }
            }
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    /// Gives it up; false if it is being carried out, which can't be stopped.
    fn give_up(&self) -> bool {
        let given_up = self.stage.compare_exchange(PREPARING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire);
        given_up.is_ok() || given_up == Err(OVER)
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

fn owner(viewer: &Viewer) -> Owner {
    Owner { instance: viewer.instance(), user: viewer.user.id }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_given_up_before_it_changes_anything_and_after_it_is_over() {
        let work = Work {
            title: String::new(),
            back: String::new(),
            total: 0,
            slips: 0,
            done: AtomicUsize::new(0),
            stage: AtomicU8::new(PREPARING),
            state: Mutex::new(State::Running),
        };
        assert!(work.give_up());
        assert!(!work.give_up(), "once");
        work.stage.store(COMMITTING, Ordering::Release);
        assert!(!work.give_up());
        work.stage.store(OVER, Ordering::Release);
        assert!(work.give_up());
    }
}
