//! Background jobs that hash passwords for many users and send invitations. A page shows the progress; the result is
//! shown once, to the user who started the job.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{Command, NewPassword, Timestamp, UserId};

use super::user_slots::{Owner, UserSlots};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::to_sentence;
use crate::web::session::add_duration;
use floorkey_service::failure::Failure;
use floorkey_service::hashing_queue::Party;
use floorkey_service::mail;
use floorkey_service::outside;
use floorkey_service::passwords::Password;

/// How long a result can be shown after the job has ended, and how long again after it was first shown, in case the
/// page is printed or reloaded by mistake.
const READY: Duration = Duration::from_secs(30 * 60);
const SHOWN: Duration = Duration::from_secs(2 * 60);

/// Maximum number of jobs, including results, per user and per instance. Each can have 10,000 passwords.
const A_USER: usize = 4;
const AN_INSTANCE: usize = 16;

/// The stages of a job. It can be canceled until its command is executed.
const PREPARING: u8 = 0;
const COMMITTING: u8 = 1;
const OVER: u8 = 2;
const GIVEN_UP: u8 = 3;

/// The slip of a user with a new password.
#[derive(Clone)]
pub(super) struct Slip {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) password: Password,
}

/// A job.
pub(super) struct Work {
    /// The heading, such as `Users added`.
    pub(super) title: String,
    /// The URL of the list to return to.
    pub(super) back: String,
    /// The number of passwords and links.
    pub(super) total: usize,
    /// The number of passwords in `total`; the others are links.
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

/// The progress of a job.
pub(super) enum Progress {
    Running(usize),
    Failed(String),
    Ready(Outcome),
}

/// All jobs.
pub(super) struct Works(UserSlots<Arc<Work>>);

impl Default for Works {
    fn default() -> Self {
        Self(UserSlots::new(A_USER, AN_INSTANCE))
    }
}

/// The input of a job: the users with their new passwords, and a function that creates the command from the hashes.
pub(super) struct Task {
    pub(super) title: String,
    pub(super) back: String,
    pub(super) slips: Vec<Slip>,
    /// The users who are sent a link to choose a password after the command, with the email address that the viewer
    /// confirmed.
    pub(super) invite: Vec<(UserId, Option<String>)>,
    /// A sentence about the users who get neither a password nor a link; `None` if there are none.
    pub(super) without: Option<String>,
    /// `None` if the job only sends links.
    pub(super) command: Option<Made>,
}

/// Creates the command from the password hashes, one for each slip.
pub(super) type Made = Box<dyn FnOnce(Vec<NewPassword>) -> Command + Send>;

/// The result of a job.
#[derive(Clone, Default)]
pub(super) struct Outcome {
    pub(super) slips: Vec<Slip>,
    /// Number of links that were sent.
    pub(super) sent: usize,
    /// A sentence for each user to whom no link could be sent, with the reason.
    pub(super) unsent: Vec<String>,
}

impl Works {
    /// Starts a job and returns the URL of its page. If the user has too many jobs, it replaces their oldest result, or
    /// their oldest job that has not changed anything yet.
    ///
    /// # Errors
    /// [`Failure::Busy`] if there are too many jobs.
    pub(super) fn begin(&self, viewer: &CurrentUser, task: Task) -> Result<String, Failure> {
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
            let until = add_duration(outside::now(), READY);
            *lock(&work.state) = match done {
                Ok(outcome) => State::Ready { outcome, until },
                Err(failure) => State::Failed { problem: to_sentence(&failure), until },
            };
        });
        Ok(format!("/connect/users/progress/{id}"))
    }

    /// Returns the viewer's job with this id.
    pub(super) fn of(&self, viewer: &CurrentUser, id: &str) -> Option<Arc<Work>> {
        self.0.get(owner(viewer), id, |work| work.is_over(viewer.now))
    }
}

impl Work {
    /// Hashes the passwords one by one, so that other users can sign in meanwhile, and executes the command.
    async fn carry_out(&self, viewer: &CurrentUser, slips: &[Slip], command: Option<Made>) -> Result<(), Failure> {
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

    /// Sends the links one by one. A failure does not stop the others; it is reported with the name of the user.
    async fn invite(&self, viewer: &CurrentUser, slips: Vec<Slip>, users: Vec<(UserId, Option<String>)>) -> Outcome {
        let mut outcome = Outcome { slips, ..Outcome::default() };
        for (user, address) in users {
            let Some(directory) = viewer.app().service.engine().current(viewer.instance()) else { break };
            match mail::invite(&viewer.app().mailer, &directory, viewer.actor(), user, address.as_deref()).await {
                Ok(_) => outcome.sent += 1,
                Err(failure) => {
                    // The form contains ids of users, and a forged form can contain any.
                    let shown =
                        directory.user(user).filter(|_| viewer.visibility_in(&directory).user(user).shows_name());
                    let name = shown.map_or_else(|| user.to_string(), |user| user.display_name());
                    outcome.unsent.push(format!("{name}: {}", to_sentence(&failure)));
                }
            }
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    /// Cancels the job. Returns whether its slot is free; this is not the case while the command is executed.
    fn give_up(&self) -> bool {
        let given_up = self.stage.compare_exchange(PREPARING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire);
        given_up.is_ok() || given_up == Err(OVER)
    }

    /// Returns the progress. After the result was returned once, it expires soon.
    pub(super) fn progress(&self, now: Timestamp) -> Progress {
        let mut state = lock(&self.state);
        match &mut *state {
            State::Running => Progress::Running(self.done.load(Ordering::Relaxed)),
            State::Failed { problem, .. } => Progress::Failed(problem.clone()),
            State::Ready { outcome, until } => {
                *until = (*until).min(add_duration(now, SHOWN));
                Progress::Ready(outcome.clone())
            }
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        matches!(&*lock(&self.state), State::Ready { until, .. } | State::Failed { until, .. } if *until <= now)
    }
}

fn owner(viewer: &CurrentUser) -> Owner {
    Owner { instance: viewer.instance(), user: viewer.user.id }
}

/// Hashes a password, and retries while too many other passwords are hashed.
async fn hash(viewer: &CurrentUser, password: &Password) -> Result<NewPassword, Failure> {
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
    fn give_up_works_only_before_the_command_and_after_the_end() {
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
