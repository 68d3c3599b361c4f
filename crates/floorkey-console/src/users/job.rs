//! Background jobs that hash passwords for many users and send invitations. A page shows a job's progress. The job's
//! result is shown once, and only to the user who started the job.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{Command, NewPassword, Timestamp, UserId};

use super::user_slots::{Owner, UserSlots};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::to_sentence;
use crate::web::session::add_duration;
use floorkey_service::clock;
use floorkey_service::failure::Failure;
use floorkey_service::hashing_queue::Party;
use floorkey_service::mail;
use floorkey_service::passwords::Password;

/// How long a result can be shown after the job has ended.
const RESULT_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How long a result can be shown again after it was first shown. The user may print the page or reload it by mistake.
const SHOWN_LIFETIME: Duration = Duration::from_secs(2 * 60);

/// Maximum number of jobs of one user, including finished jobs with a result. Each job can create 10,000 passwords.
const JOBS_PER_USER: usize = 4;
/// Maximum number of jobs of all users of an instance.
const JOBS_PER_INSTANCE: usize = 16;

/// The stages of a job. A job can be canceled until its command starts executing.
const PREPARING: u8 = 0;
const COMMITTING: u8 = 1;
const FINISHED: u8 = 2;
const CANCELED: u8 = 3;

/// A user with a new temporary password.
#[derive(Clone)]
pub(super) struct TemporaryPassword {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) password: Password,
}

/// A background job.
pub(super) struct Job {
    /// The heading, such as `Users added`.
    pub(super) title: String,
    /// The URL of the list to return to.
    pub(super) back: String,
    /// The number of passwords and links.
    pub(super) total: usize,
    /// The number of passwords in `total`. The remaining elements are links.
    pub(super) passwords: usize,
    completed: AtomicUsize,
    stage: AtomicU8,
    state: Mutex<State>,
}

enum State {
    Running,
    Failed { problem: String, until: Timestamp },
    Ready { result: JobResult, until: Timestamp },
}

/// The progress of a job.
pub(super) enum Progress {
    Running(usize),
    Failed(String),
    Ready(JobResult),
}

/// All jobs of the server.
pub(super) struct Jobs(UserSlots<Arc<Job>>);

impl Default for Jobs {
    fn default() -> Self {
        Self(UserSlots::new(JOBS_PER_USER, JOBS_PER_INSTANCE))
    }
}

/// The input of a job: the users with their new passwords, and a function that creates the command from the password
/// hashes.
pub(super) struct JobRequest {
    pub(super) title: String,
    pub(super) back: String,
    pub(super) passwords: Vec<TemporaryPassword>,
    /// The users to whom a link for choosing a password is sent after the command was executed. Each entry contains the
    /// email address that the viewer confirmed.
    pub(super) invite: Vec<(UserId, Option<String>)>,
    /// A sentence about the users who get neither a password nor a link. `None` if there are no such users.
    pub(super) skipped: Option<String>,
    /// Creates the command of the job. `None` if the job only sends links.
    pub(super) command: Option<CommandFactory>,
}

/// Creates a job's command from the password hashes, one hash for each password.
pub(super) type CommandFactory = Box<dyn FnOnce(Vec<NewPassword>) -> Command + Send>;

/// The result of a job.
#[derive(Clone, Default)]
pub(super) struct JobResult {
    pub(super) passwords: Vec<TemporaryPassword>,
    /// Number of links that were sent.
    pub(super) sent: usize,
    /// Sentences about the users to whom no link could be sent. Each sentence states the reason.
    pub(super) unsent: Vec<String>,
}

impl Jobs {
    /// Starts a job and returns the URL of the job's page. If the user has too many jobs, the new job replaces an old
    /// job of the same user. The replaced job is the oldest job that is finished or has not changed anything yet.
    ///
    /// # Errors
    /// Returns [`Failure::Busy`] if there are too many jobs.
    pub(super) fn start(&self, viewer: &CurrentUser, request: JobRequest) -> Result<String, Failure> {
        let JobRequest { title, back, passwords, invite, skipped, command } = request;
        let job = Arc::new(Job {
            title,
            back,
            total: passwords.len() + invite.len(),
            passwords: passwords.len(),
            completed: AtomicUsize::new(0),
            stage: AtomicU8::new(PREPARING),
            state: Mutex::new(State::Running),
        });
        let id = self.0.insert(owner(viewer), job.clone(), |job| job.is_expired(viewer.now), |job| job.cancel())?;
        let viewer = viewer.clone();
        tokio::spawn(async move {
            let completed = job.hash_and_execute(&viewer, &passwords, command).await;
            let completed = match completed {
                Ok(()) => {
                    let result = job.invite(&viewer, passwords, invite).await;
                    Ok(JobResult { unsent: skipped.into_iter().chain(result.unsent).collect(), ..result })
                }
                Err(failure) => Err(failure),
            };
            job.stage.store(FINISHED, Ordering::Release);
            let until = add_duration(clock::now(), RESULT_LIFETIME);
            *lock(&job.state) = match completed {
                Ok(result) => State::Ready { result, until },
                Err(failure) => State::Failed { problem: to_sentence(&failure), until },
            };
        });
        Ok(format!("/connect/users/progress/{id}"))
    }

    /// Returns the viewer's job with this ID.
    pub(super) fn get(&self, viewer: &CurrentUser, id: &str) -> Option<Arc<Job>> {
        self.0.get(owner(viewer), id, |job| job.is_expired(viewer.now))
    }
}

impl Job {
    /// Hashes the passwords, and then executes the command. Only one password is hashed at a time, so that other users
    /// can still sign in.
    async fn hash_and_execute(
        &self,
        viewer: &CurrentUser,
        passwords: &[TemporaryPassword],
        command: Option<CommandFactory>,
    ) -> Result<(), Failure> {
        let mut hashed = Vec::with_capacity(passwords.len());
        for temporary in passwords {
            if self.stage.load(Ordering::Acquire) == CANCELED {
                return Err(Failure::Busy);
            }
            hashed.push(hash(viewer, &temporary.password).await?);
            self.completed.fetch_add(1, Ordering::Relaxed);
        }
        if self.stage.compare_exchange(PREPARING, COMMITTING, Ordering::AcqRel, Ordering::Acquire).is_err() {
            return Err(Failure::Busy);
        }
        if let Some(command) = command {
            viewer.execute(command(hashed)).await?;
        }
        Ok(())
    }

    /// Sends the links one by one. If sending a link fails, reports the failure with the user's name and still sends
    /// the remaining links.
    async fn invite(
        &self,
        viewer: &CurrentUser,
        passwords: Vec<TemporaryPassword>,
        users: Vec<(UserId, Option<String>)>,
    ) -> JobResult {
        let mut result = JobResult { passwords, ..JobResult::default() };
        for (user, address) in users {
            let Some(directory) = viewer.app().service.engine().current(viewer.instance()) else { break };
            match mail::invite(&viewer.app().mailer, &directory, viewer.actor(), user, address.as_deref()).await {
                Ok(_) => result.sent += 1,
                Err(failure) => {
                    // The IDs of the users come from a form, and a forged form can contain any ID.
                    let visible_user =
                        directory.user(user).filter(|_| viewer.visibility_in(&directory).user(user).shows_name());
                    let name = visible_user.map_or_else(|| user.to_string(), |user| user.display_name());
                    result.unsent.push(format!("{name}: {}", to_sentence(&failure)));
                }
            }
            self.completed.fetch_add(1, Ordering::Relaxed);
        }
        result
    }

    /// Cancels the job. Returns whether the job's slot is free. The slot is not free while the command is executing.
    fn cancel(&self) -> bool {
        let canceled = self.stage.compare_exchange(PREPARING, CANCELED, Ordering::AcqRel, Ordering::Acquire);
        canceled.is_ok() || canceled == Err(FINISHED)
    }

    /// Returns the progress of the job. Once the result has been returned, the result expires after a short time.
    pub(super) fn progress(&self, now: Timestamp) -> Progress {
        let mut state = lock(&self.state);
        match &mut *state {
            State::Running => Progress::Running(self.completed.load(Ordering::Relaxed)),
            State::Failed { problem, .. } => Progress::Failed(problem.clone()),
            State::Ready { result, until } => {
                *until = (*until).min(add_duration(now, SHOWN_LIFETIME));
                Progress::Ready(result.clone())
            }
        }
    }

    fn is_expired(&self, now: Timestamp) -> bool {
        matches!(&*lock(&self.state), State::Ready { until, .. } | State::Failed { until, .. } if *until <= now)
    }
}

fn owner(viewer: &CurrentUser) -> Owner {
    Owner { instance: viewer.instance(), user: viewer.user.id }
}

/// Hashes a password. Retries while too many other passwords are being hashed.
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
    fn cancel_works_only_before_the_command_and_after_the_end() {
        let job = Job {
            title: String::new(),
            back: String::new(),
            total: 0,
            passwords: 0,
            completed: AtomicUsize::new(0),
            stage: AtomicU8::new(PREPARING),
            state: Mutex::new(State::Running),
        };
        assert!(job.cancel());
        assert!(!job.cancel(), "once");
        job.stage.store(COMMITTING, Ordering::Release);
        assert!(!job.cancel());
        job.stage.store(FINISHED, Ordering::Release);
        assert!(job.cancel());
    }
}
