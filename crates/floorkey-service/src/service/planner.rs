//! The planner: one task per instance, the only writer of its history.
//!
//! It plans waiting requests in order, each on the result of the previous one, and passes them to the store as one
//! batch. While that batch is being written it plans the next one, ahead of what is published. Rules that involve many
//! records therefore need no locks, and writes are grouped automatically. If another node has written first, the
//! planner loads that state and plans all unwritten requests again on it.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use floorkey::{
    Act, Actor, AuditEvent, Change, Command, Directory, InstanceId, RecordKey, Reference, Refusal, Timestamp,
};
use floorkey_store::{Happening, Head, PreparedBatch, Store, StoreError};
use tokio::sync::{mpsc, oneshot};

use super::refusal_counts::RefusalCounts;
use super::refusals::{self, Kept, Refusals};
use super::signatures::{self, Signatures};
use super::{Done, News, Published, Trouble, attempts, entry};
use crate::engine::Engine;
use crate::failure::Failure;
use crate::outside;
use crate::throttle::Throttle;

/// Maximum number of requests in a batch.
const BATCH: usize = 256;

/// A request to the planner.
pub(super) enum Wish {
    /// Execute a command.
    Command(Box<Command>),
    /// Record a refusal in the audit log.
    Refused {
        /// The event type of the attempt.
        act: Act,
        /// The records that the attempt was about.
        targets: Vec<RecordKey>,
        /// The reason.
        refusal: Box<Refusal>,
    },
    /// Record an event that changed no record.
    Note {
        /// The event type.
        act: Act,
        /// The records that the event is about.
        targets: Vec<RecordKey>,
    },
    /// Record the number of repeated refusals that have no events of their own.
    Summed(Box<AuditEvent>),
    /// Write the events of pending refusal counts, and answer when everything queued before this is written.
    Settle,
    /// Delete the instance and stop its planner.
    DeleteInstance,
}

/// A request with the channel for its answer.
pub(super) struct Job {
    pub(super) actor: Actor,
    pub(super) wish: Wish,
    pub(super) answer: oneshot::Sender<Result<Done, Failure>>,
    /// How the refusal of this request is recorded, once decided, so that planning the request again doesn't count it
    /// twice.
    kept: Option<Kept>,
}

impl Job {
    pub(super) const fn new(actor: Actor, wish: Wish, answer: oneshot::Sender<Result<Done, Failure>>) -> Self {
        Self { actor, wish, answer, kept: None }
    }
}

/// A request with its outcome.
struct PlannedJob {
    job: Job,
    outcome: Result<Done, Failure>,
}

/// A batch that is planned and waits to be written.
struct PlannedBatch {
    /// The entries to write, encoded while the previous batch is being written.
    prepared: PreparedBatch,
    /// The changes in the batch, for the subscribers.
    changes: Vec<Arc<Change>>,
    jobs: Vec<PlannedJob>,
}

impl PlannedBatch {
    /// Creates a batch without requests, to be written on top of `expected`.
    fn empty(instance: InstanceId, expected: Head) -> Self {
        Self { prepared: PreparedBatch::new(instance, expected), changes: Vec::new(), jobs: Vec::new() }
    }
}

/// A batch that is being written.
struct WrittenBatch {
    changes: Vec<Arc<Change>>,
    jobs: Vec<PlannedJob>,
    /// The directory after the batch.
    next: Directory,
}

type Commit = Pin<Box<dyn Future<Output = Result<Head, StoreError>> + Send>>;

pub(super) struct Planner {
    store: Store,
    engine: Arc<Engine>,
    trouble: Trouble,
    news: News,
    instance: InstanceId,
    /// The head in the database, as far as this node knows.
    head: Head,
    published: Directory,
    /// `published` with all changes that are being written or waiting to be written.
    tip: Directory,
    jobs: mpsc::Receiver<Job>,
    waiting: PlannedBatch,
    writing: Option<(WrittenBatch, Commit)>,
    refusals: Refusals,
    refusal_counts: RefusalCounts,
    signatures: Arc<Signatures>,
    throttle: Arc<Throttle>,
    /// A pending request to delete the instance, executed once everything before it is written.
    ending: Option<(Actor, oneshot::Sender<Result<Done, Failure>>)>,
}

impl Planner {
    pub(super) fn new(
        store: Store,
        engine: Arc<Engine>,
        (trouble, news): (Trouble, News),
        (signatures, throttle): (Arc<Signatures>, Arc<Throttle>),
        directory: Directory,
        head: Head,
        jobs: mpsc::Receiver<Job>,
    ) -> Self {
        Self {
            store,
            engine,
            trouble,
            news,
            instance: directory.instance(),
            waiting: PlannedBatch::empty(directory.instance(), head.clone()),
            head,
            published: directory.clone(),
            tip: directory,
            jobs,
            writing: None,
            refusals: Refusals::default(),
            refusal_counts: RefusalCounts::default(),
            signatures,
            throttle,
            ending: None,
        }
    }

    /// Runs until all senders are gone or the instance is deleted.
    pub(super) async fn run(mut self) {
        let mut open = true;
        while open || self.writing.is_some() || !self.waiting.jobs.is_empty() {
            let takes_more = open && self.ending.is_none() && self.waiting.jobs.len() < BATCH;
            tokio::select! {
                biased;
                result = committed(&mut self.writing), if self.writing.is_some() => self.written(result).await,
                job = self.jobs.recv(), if takes_more => match job {
                    Some(job) => self.plan(job),
                    None => {
                        open = false;
                        self.sum_up(Refusals::all);
                    }
                },
                () = tokio::time::sleep(refusals::MINUTE), if takes_more && !self.refusals.is_empty() => {
                    self.sum_up(Refusals::due);
                }
                else => {}
            }
            if self.writing.is_none() {
                self.write();
            }
            if self.writing.is_none()
                && let Some((actor, answer)) = self.ending.take()
                && self.delete(actor, answer).await
            {
                return;
            }
        }
    }

    fn plan(&mut self, mut job: Job) {
        self.sum_up(Refusals::due);
        if let Wish::DeleteInstance = job.wish {
            self.sum_up(Refusals::all);
            self.ending = Some((job.actor, job.answer));
            return;
        }
        if let Wish::Settle = job.wish {
            self.sum_up(Refusals::all);
        }
        let now = outside::now();
        let refused = |act, targets, refusal: Refusal| {
            let refusal = refusal.refer(Reference::from_random(u64::from_le_bytes(outside::random())));
            let event = floorkey::refused(&job.actor, act, targets, &refusal, now);
            (Some(Happening::Event(Box::new(event))), Err(Failure::from(refusal)))
        };
        let (happening, outcome) = match &job.wish {
            Wish::Command(command) => match self.planned(&job.actor, command, now) {
                Ok(Some(change)) => {
                    self.waiting.changes.push(change.clone());
                    let done = Done { credentials_replaced: change.credentials_replaced(), ..self.done() };
                    (Some(Happening::Change(change)), Ok(done))
                }
                Ok(None) => (None, Ok(self.done())),
                Err(Failure::Refused(refusal)) => refused(command.act(), command.targets(&self.tip), refusal),
                Err(failure) => (None, Err(failure)),
            },
            Wish::Refused { act, targets, refusal } => refused(*act, targets.clone(), Refusal::clone(refusal)),
            Wish::Note { act, targets } => {
                match signatures::noted(&self.signatures, &self.tip, (&job.actor, *act), now) {
                    Ok(()) => {
                        let noted = floorkey::noted(&job.actor, *act, targets.clone(), self.tip.revision(), now);
                        (Some(Happening::Event(Box::new(noted))), Ok(self.done()))
                    }
                    Err(Failure::Refused(refusal)) => refused(*act, targets.clone(), refusal),
                    Err(failure) => (None, Err(failure)),
                }
            }
            Wish::Summed(event) => (Some(Happening::Event(event.clone())), Ok(self.done())),
            Wish::Settle => (None, Ok(self.done())),
            Wish::DeleteInstance => return,
        };
        let (happening, outcome) = match (happening, outcome) {
            (Some(Happening::Event(event)), Err(failure)) => {
                let count = || self.refusal_counts.counted(self.instance, &event, self.refusals.count(&event));
                match *job.kept.get_or_insert_with(count) {
                    Kept::Alone => (Some(Happening::Event(event)), Err(failure)),
                    Kept::Together(shared) => (None, Err(refusals::referred(failure, shared))),
                }
            }
            planned => planned,
        };
        if let Some(happening) = happening {
            self.waiting.prepared.push(&entry(happening));
        }
        self.waiting.jobs.push(PlannedJob { job, outcome });
    }

    /// Plans a command on top of `tip` and advances it. Returns `None` if the command repeats a call whose signature
    /// has already been used for a change, and would change nothing.
    fn planned(&mut self, actor: &Actor, command: &Command, now: Timestamp) -> Result<Option<Arc<Change>>, Failure> {
        let planned = floorkey::plan(&self.tip, actor, command, now)?;
        if let Some(signature) = &actor.signature
            && self.signatures.is_spent(signature, &actor.request_id)
            && planned.changes_nothing(&self.tip)
        {
            return Ok(None);
        }
        signatures::spend(&self.signatures, actor, now)?;
        self.tip = planned.next;
        Ok(Some(Arc::new(planned.change)))
    }

    fn done(&self) -> Done {
        Done { revision: self.tip.revision(), credentials_replaced: 0 }
    }

    /// Records the number of repeated refusals that `which` selects.
    fn sum_up(&mut self, which: impl Fn(&mut Refusals, Timestamp) -> Vec<AuditEvent>) {
        for event in which(&mut self.refusals, outside::now()) {
            self.refusal_counts.summed_up(&event);
            // No caller waits for this answer.
            let (answer, _) = oneshot::channel();
            self.plan(Job::new(event.actor.clone(), Wish::Summed(Box::new(event)), answer));
        }
    }

    /// Passes the waiting batch to the store.
    fn write(&mut self) {
        if self.waiting.jobs.is_empty() {
            return;
        }
        let following = PlannedBatch::empty(self.instance, self.waiting.prepared.next().clone());
        let PlannedBatch { prepared, changes, jobs } = std::mem::replace(&mut self.waiting, following);
        let counts = self.refusal_counts.take();
        if prepared.is_empty() && counts.is_empty() {
            return answer(jobs);
        }
        let batch = WrittenBatch { changes, jobs, next: self.tip.clone() };
        self.writing = Some((batch, Box::pin(counts.commit_with(self.store.clone(), prepared))));
    }

    /// Publishes the written batch and answers its requests. On a conflict, plans them again; on any other error, fails
    /// them.
    async fn written(&mut self, result: Result<Head, StoreError>) {
        let Some((batch, _)) = self.writing.take() else { return };
        match result {
            Ok(head) => {
                self.head = head;
                self.trouble.store(None);
                self.published = batch.next;
                self.engine.publish(self.published.clone());
                self.tell(batch.changes);
                answer(batch.jobs);
            }
            Err(StoreError::Conflict { .. }) => self.plan_again(batch).await,
            Err(error) => {
                tracing::error!(instance = %self.instance, %error, "can't write a batch");
                let problem = error.to_string();
                self.trouble.store(Some(Arc::new(problem.clone())));
                self.refusal_counts.keep_rows();
                self.tip = self.published.clone();
                let waiting = self.begin_anew();
                for PlannedJob { job, .. } in batch.jobs.into_iter().chain(waiting) {
                    let _ = job.answer.send(Err(StoreError::Unavailable { problem: problem.clone() }.into()));
                }
            }
        }
    }

    /// Sends published changes to the subscriber, and resets the counters of failed attempts that they reset.
    fn tell(&self, changes: Vec<Arc<Change>>) {
        attempts::forget(&self.throttle, self.instance, &changes);
        let news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(news) = news.as_ref().filter(|_| !changes.is_empty()) {
            // The subscriber can be gone.
            let _ = news.send(Published { changes, after: Arc::new(self.published.clone()) });
        }
    }

    /// Starts a new batch on top of what is published, and returns the requests of the batch that was waiting.
    fn begin_anew(&mut self) -> Vec<PlannedJob> {
        let empty = PlannedBatch::empty(self.instance, self.head.clone());
        std::mem::replace(&mut self.waiting, empty).jobs
    }

    /// Handles a conflict with another writer: loads the current state, and plans all unwritten requests again in the
    /// same order.
    async fn plan_again(&mut self, batch: WrittenBatch) {
        let caught_up = self.store.load(self.instance).await.map(|loaded| {
            self.published = Directory::from_records(self.instance, loaded.head.revision(), loaded.records);
            self.head = loaded.head;
            self.engine.publish(self.published.clone());
        });
        self.tip = self.published.clone();
        let waiting = self.begin_anew();
        let unwritten = batch.jobs.into_iter().chain(waiting).map(|planned| planned.job);
        match caught_up {
            Ok(()) => unwritten.for_each(|job| self.plan(job)),
            Err(error) => {
                tracing::error!(instance = %self.instance, %error, "can't load the changes of other processes");
                let problem = error.to_string();
                for job in unwritten {
                    let _ = job.answer.send(Err(StoreError::Unavailable { problem: problem.clone() }.into()));
                }
            }
        }
    }

    /// Deletes the instance. Returns whether it was deleted.
    async fn delete(&mut self, actor: Actor, answer: oneshot::Sender<Result<Done, Failure>>) -> bool {
        if let Err(failure) = signatures::spend(&self.signatures, &actor, outside::now()) {
            let _ = answer.send(Err(failure));
            return false;
        }
        let event = AuditEvent {
            act: Act::DeleteInstance,
            actor,
            at: outside::now(),
            outcome: floorkey::audit::Outcome::Done { revision: self.tip.revision().next() },
            targets: vec![RecordKey::Settings],
            changes: Vec::new(),
            flags: Vec::new(),
        };
        let result = self.store.delete_instance(self.instance, &self.head, &event, outside::random()).await;
        let gone = result.is_ok();
        if gone {
            self.engine.withdraw(self.instance);
        }
        let done = Done { revision: self.tip.revision().next(), credentials_replaced: 0 };
        let _ = answer.send(result.map(|_| done).map_err(Failure::from));
        gone
    }
}

/// Answers requests whose batch is written, or that needed no event of their own.
fn answer(jobs: Vec<PlannedJob>) {
    for PlannedJob { job, outcome } in jobs {
        // The caller can be gone; the change remains.
        let _ = job.answer.send(outcome);
    }
}

async fn committed(writing: &mut Option<(WrittenBatch, Commit)>) -> Result<Head, StoreError> {
    match writing {
        Some((_, commit)) => commit.await,
        None => std::future::pending().await,
    }
}
