//! The planner: a task that is the only writer of an instance's history. Each instance has its own planner.
//!
//! The planner plans waiting requests in order. Each request is planned based on the result of the previous request.
//! The planned requests are then passed to the store as one batch. While a batch is being written, the planner plans
//! the next batch based on the unpublished result.
//!
//! Requests are planned one at a time, so rules that involve many records need no locks. Writes are grouped
//! automatically. If another node has written to the same instance in the meantime, the planner loads the new state and
//! plans all unwritten requests again.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use floorkey::{
    Action, Actor, AuditEvent, Change, Command, Directory, InstanceId, RecordKey, Reference, Refusal, Timestamp,
};
use floorkey_store::{EntryContent, Head, PreparedBatch, Store, StoreError};
use tokio::sync::{mpsc, oneshot};

use super::planner_request::{PlannerRequest, QueuedRequest};
use super::refusal_counts::RefusalCounts;
use super::refusals::{self, Recording, Refusals};
use super::signatures::{self, Signatures};
use super::{ChangeSubscribers, CommandResult, CommittedChanges, WriteHealth, attempts, salted_entry};
use crate::engine::Engine;
use crate::failure::Failure;
use crate::throttle::Throttle;
use crate::{clock, entropy};

/// The maximum number of requests in a batch.
const BATCH_MAX: usize = 256;

/// A planned request with its outcome.
struct PlannedRequest {
    request: QueuedRequest,
    outcome: Result<CommandResult, Failure>,
}

/// A batch that has been planned but is not being written yet.
struct PlannedBatch {
    /// The entries to write. They are encoded while the previous batch is being written.
    prepared: PreparedBatch,
    /// The batch's changes, for the subscribers.
    changes: Vec<Arc<Change>>,
    requests: Vec<PlannedRequest>,
}

impl PlannedBatch {
    /// Creates a batch without requests. `expected` is the database head that the batch requires.
    fn empty(instance: InstanceId, expected: Head) -> Self {
        Self { prepared: PreparedBatch::new(instance, expected), changes: Vec::new(), requests: Vec::new() }
    }
}

/// A batch that is being written.
struct WrittenBatch {
    changes: Vec<Arc<Change>>,
    requests: Vec<PlannedRequest>,
    /// The directory that contains the batch.
    next: Directory,
}

type Commit = Pin<Box<dyn Future<Output = Result<Head, StoreError>> + Send>>;

pub(super) struct Planner {
    store: Store,
    engine: Arc<Engine>,
    write_health: WriteHealth,
    subscribers: ChangeSubscribers,
    instance: InstanceId,
    /// The latest database head that this node knows.
    head: Head,
    published: Directory,
    /// The `published` directory, together with all changes that are being written or waiting to be written.
    speculative: Directory,
    requests: mpsc::Receiver<QueuedRequest>,
    waiting: PlannedBatch,
    writing: Option<(WrittenBatch, Commit)>,
    refusals: Refusals,
    refusal_counts: RefusalCounts,
    signatures: Arc<Signatures>,
    throttle: Arc<Throttle>,
    /// A request to delete the instance. The request is executed after all earlier requests have been written.
    pending_deletion: Option<(Actor, oneshot::Sender<Result<CommandResult, Failure>>)>,
}

impl Planner {
    pub(super) fn new(
        store: Store,
        engine: Arc<Engine>,
        (write_health, subscribers): (WriteHealth, ChangeSubscribers),
        (signatures, throttle): (Arc<Signatures>, Arc<Throttle>),
        directory: Directory,
        head: Head,
        requests: mpsc::Receiver<QueuedRequest>,
    ) -> Self {
        Self {
            store,
            engine,
            write_health,
            subscribers,
            instance: directory.instance(),
            waiting: PlannedBatch::empty(directory.instance(), head.clone()),
            head,
            published: directory.clone(),
            speculative: directory,
            requests,
            writing: None,
            refusals: Refusals::default(),
            refusal_counts: RefusalCounts::default(),
            signatures,
            throttle,
            pending_deletion: None,
        }
    }

    /// Runs until all senders are dropped or the instance is deleted.
    pub(super) async fn run(mut self) {
        let mut open = true;
        while open || self.writing.is_some() || !self.waiting.requests.is_empty() {
            let takes_more = open && self.pending_deletion.is_none() && self.waiting.requests.len() < BATCH_MAX;
            tokio::select! {
                biased;
                result = poll_commit(&mut self.writing), if self.writing.is_some() => self.handle_commit(result).await,
                request = self.requests.recv(), if takes_more => match request {
                    Some(request) => self.plan(request),
                    None => {
                        open = false;
                        self.write_aggregates(Refusals::take_all);
                    }
                },
                () = tokio::time::sleep(refusals::WINDOW), if takes_more && !self.refusals.is_empty() => {
                    self.write_aggregates(Refusals::take_due);
                }
                else => {}
            }
            if self.writing.is_none() {
                self.write();
            }
            if self.writing.is_none()
                && let Some((actor, response)) = self.pending_deletion.take()
                && self.delete(actor, response).await
            {
                return;
            }
        }
    }

    fn plan(&mut self, mut request: QueuedRequest) {
        self.write_aggregates(Refusals::take_due);
        if let PlannerRequest::DeleteInstance = request.kind {
            self.write_aggregates(Refusals::take_all);
            self.pending_deletion = Some((request.actor, request.response));
            return;
        }
        if let PlannerRequest::Flush = request.kind {
            self.write_aggregates(Refusals::take_all);
        }
        let now = request.at.unwrap_or_else(clock::now);
        let refused = |action, targets, refusal| refused(&request.actor, action, targets, refusal, now);
        let (entry, outcome) = match &request.kind {
            PlannerRequest::Command(command) => match self.plan_command(&request.actor, command, now) {
                Ok(Some(change)) => {
                    self.waiting.changes.push(change.clone());
                    let result = CommandResult { credentials_replaced: change.credentials_replaced(), ..self.result() };
                    (Some(EntryContent::Change(change)), Ok(result))
                }
                Ok(None) => (None, Ok(self.result())),
                Err(Failure::Refused(refusal)) => {
                    refused(command.action(), command.targets(&self.speculative), refusal)
                }
                Err(failure) => (None, Err(failure)),
            },
            PlannerRequest::RecordRefusal { action, targets, refusal } => {
                refused(*action, targets.clone(), Refusal::clone(refusal))
            }
            PlannerRequest::RecordEvent { action, targets } => {
                match signatures::spend_for_event(&self.signatures, &self.speculative, (&request.actor, *action), now) {
                    Ok(()) => {
                        let noted = floorkey::performed_event(
                            &request.actor,
                            *action,
                            targets.clone(),
                            self.speculative.revision(),
                            now,
                        );
                        (Some(EntryContent::Event(Box::new(noted))), Ok(self.result()))
                    }
                    Err(Failure::Refused(refusal)) => refused(*action, targets.clone(), refusal),
                    Err(failure) => (None, Err(failure)),
                }
            }
            PlannerRequest::RecordAggregate(event) => (Some(EntryContent::Event(event.clone())), Ok(self.result())),
            PlannerRequest::Flush => (None, Ok(self.result())),
            PlannerRequest::DeleteInstance => return,
        };
        let (entry, outcome) = match (entry, outcome) {
            (Some(EntryContent::Event(event)), Err(failure)) => {
                let count = || self.refusal_counts.count(self.instance, &event, self.refusals.count(&event));
                match *request.recording.get_or_insert_with(count) {
                    Recording::OwnEvent => (Some(EntryContent::Event(event)), Err(failure)),
                    Recording::Aggregated(shared) => (None, Err(refusals::with_reference(failure, shared))),
                }
            }
            planned => planned,
        };
        if let Some(entry) = entry {
            self.waiting.prepared.push(&salted_entry(entry));
        }
        self.waiting.requests.push(PlannedRequest { request, outcome });
    }

    /// Plans a command based on the `speculative` directory, and applies the result to that directory. Returns `None`
    /// if the command would change nothing and an earlier change has already used the call's signature.
    fn plan_command(
        &mut self,
        actor: &Actor,
        command: &Command,
        now: Timestamp,
    ) -> Result<Option<Arc<Change>>, Failure> {
        let planned = floorkey::plan(&self.speculative, actor, command, now)?;
        if let Some(signature) = &actor.signature
            && self.signatures.is_spent(signature, &actor.request_id)
            && planned.changes_nothing(&self.speculative)
        {
            return Ok(None);
        }
        signatures::spend(&self.signatures, actor, now)?;
        self.speculative = planned.next;
        Ok(Some(Arc::new(planned.change)))
    }

    fn result(&self) -> CommandResult {
        CommandResult { revision: self.speculative.revision(), credentials_replaced: 0 }
    }

    /// Records events with the total numbers of repeated refusals. `which` selects the totals to record.
    fn write_aggregates(&mut self, which: impl Fn(&mut Refusals, Timestamp) -> Vec<AuditEvent>) {
        for event in which(&mut self.refusals, clock::now()) {
            self.refusal_counts.remove_count(&event);
            // No caller is waiting for this response.
            let (response, _) = oneshot::channel();
            self.plan(QueuedRequest::new(
                event.actor.clone(),
                PlannerRequest::RecordAggregate(Box::new(event)),
                response,
            ));
        }
    }

    /// Starts writing the waiting batch to the store.
    fn write(&mut self) {
        if self.waiting.requests.is_empty() {
            return;
        }
        let following = PlannedBatch::empty(self.instance, self.waiting.prepared.next().clone());
        let PlannedBatch { prepared, changes, requests } = std::mem::replace(&mut self.waiting, following);
        let counts = self.refusal_counts.take();
        if prepared.is_empty() && counts.is_empty() {
            return send_responses(requests);
        }
        let batch = WrittenBatch { changes, requests, next: self.speculative.clone() };
        self.writing = Some((batch, Box::pin(counts.commit_with(self.store.clone(), prepared))));
    }

    /// Handles the result of writing a batch. After a success, publishes the batch and responds to its requests. After
    /// a conflict, plans the requests again. After any other error, the requests fail.
    async fn handle_commit(&mut self, result: Result<Head, StoreError>) {
        let Some((batch, _)) = self.writing.take() else { return };
        match result {
            Ok(head) => {
                self.head = head;
                self.write_health.store(None);
                self.published = batch.next;
                self.engine.publish(self.published.clone());
                self.notify_subscribers(batch.changes);
                send_responses(batch.requests);
            }
            Err(StoreError::Conflict { .. }) => self.handle_conflict(batch).await,
            Err(error) => {
                tracing::error!(instance = %self.instance, %error, "can't write a batch");
                let problem = error.to_string();
                self.write_health.store(Some(Arc::new(problem.clone())));
                self.refusal_counts.discard_pending_removals();
                self.speculative = self.published.clone();
                let waiting = self.reset_waiting();
                for PlannedRequest { request, .. } in batch.requests.into_iter().chain(waiting) {
                    let _ = request.response.send(Err(StoreError::Unavailable { problem: problem.clone() }.into()));
                }
            }
        }
    }

    /// Sends published changes to the subscriber. Also resets the in-memory counts of failed attempts that the changes
    /// have reset in the store.
    fn notify_subscribers(&self, changes: Vec<Arc<Change>>) {
        attempts::reset_counters(&self.throttle, self.instance, &changes);
        let subscribers = self.subscribers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(subscriber) = subscribers.as_ref().filter(|_| !changes.is_empty()) {
            // Sending fails if the subscriber has been dropped; the error is ignored.
            let _ = subscriber.send(CommittedChanges { changes, after: Arc::new(self.published.clone()) });
        }
    }

    /// Starts a new batch based on the published directory. Returns the requests of the previous waiting batch.
    fn reset_waiting(&mut self) -> Vec<PlannedRequest> {
        let empty = PlannedBatch::empty(self.instance, self.head.clone());
        std::mem::replace(&mut self.waiting, empty).requests
    }

    /// Handles a conflict with another writer. Loads the current state, and plans all unwritten requests again in the
    /// original order.
    async fn handle_conflict(&mut self, batch: WrittenBatch) {
        let caught_up = self.store.load(self.instance).await.map(|loaded| {
            self.published = Directory::from_records(self.instance, loaded.head.revision(), loaded.records);
            self.head = loaded.head;
            self.engine.publish(self.published.clone());
        });
        self.speculative = self.published.clone();
        let waiting = self.reset_waiting();
        let unwritten = batch.requests.into_iter().chain(waiting).map(|planned| planned.request);
        match caught_up {
            Ok(()) => unwritten.for_each(|request| self.plan(request)),
            Err(error) => {
                tracing::error!(instance = %self.instance, %error, "can't load the changes of other processes");
                let problem = error.to_string();
                for request in unwritten {
                    let _ = request.response.send(Err(StoreError::Unavailable { problem: problem.clone() }.into()));
                }
            }
        }
    }

    /// Deletes the instance. Returns whether the deletion succeeded.
    async fn delete(&mut self, actor: Actor, response: oneshot::Sender<Result<CommandResult, Failure>>) -> bool {
        if let Err(failure) = signatures::spend(&self.signatures, &actor, clock::now()) {
            let _ = response.send(Err(failure));
            return false;
        }
        let event = AuditEvent {
            action: Action::DeleteInstance,
            actor,
            at: clock::now(),
            outcome: floorkey::audit::Outcome::Done { revision: self.speculative.revision().next() },
            targets: vec![RecordKey::Settings],
            changes: Vec::new(),
            flags: Vec::new(),
        };
        let deleted = self.store.delete_instance(self.instance, &self.head, &event, entropy::random_bytes()).await;
        let is_deleted = deleted.is_ok();
        if is_deleted {
            self.engine.remove(self.instance);
        }
        let result = CommandResult { revision: self.speculative.revision().next(), credentials_replaced: 0 };
        let _ = response.send(deleted.map(|_| result).map_err(Failure::from));
        is_deleted
    }
}

/// Returns the event and the outcome of a refused request. Refusals of some kinds have no event.
fn refused(
    actor: &Actor,
    action: Action,
    targets: Vec<RecordKey>,
    refusal: Refusal,
    now: Timestamp,
) -> (Option<EntryContent>, Result<CommandResult, Failure>) {
    if !refusal.is_recorded() {
        return (None, Err(Failure::from(refusal)));
    }
    let refusal = refusal.with_reference(Reference::from_random(u64::from_le_bytes(entropy::random_bytes())));
    let event = floorkey::refused_event(actor, action, targets, &refusal, now);
    (Some(EntryContent::Event(Box::new(event))), Err(Failure::from(refusal)))
}

/// Sends the responses for requests that have been written in a batch, or for which no separate event was written.
fn send_responses(requests: Vec<PlannedRequest>) {
    for PlannedRequest { request, outcome } in requests {
        // Sending fails if the caller has disconnected. The change remains committed.
        let _ = request.response.send(outcome);
    }
}

async fn poll_commit(writing: &mut Option<(WrittenBatch, Commit)>) -> Result<Head, StoreError> {
    match writing {
        Some((_, commit)) => commit.await,
        None => std::future::pending().await,
    }
}
