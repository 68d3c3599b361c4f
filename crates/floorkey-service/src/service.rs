//! The server's only write path. [`Service`] plans every change, then commits it to the store, and finally publishes
//! it.

mod attempts;
pub mod credentials;
mod instances;
mod issued_keys;
mod options;
mod planner;
mod planner_request;
mod preferences;
mod refusal_counts;
mod refusals;
mod signature_check;
mod signatures;
mod start;
mod timed;
mod undo;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use floorkey::{
    Action, Actor, Change, Command, Directory, InstanceId, NewPassword, RecordKey, Refusal, Revision, SecretBytes,
    Timestamp,
};
use floorkey_store::{Entry, EntryContent, Head, Store};
use tokio::sync::{mpsc, oneshot};

use crate::daily_reviews::{DailyReviews, ReviewHistory};
use crate::engine::Engine;
use crate::failure::Failure;
use crate::hashing_queue::Party;
use crate::passwords::{Hashing, Password};
use crate::sign_in_log::FailedSignIns;
use crate::throttle::Throttle;
use crate::usage::Usage;
use crate::{clock, entropy};
pub use issued_keys::IssuedKeys;
pub use options::ServiceOptions;
use planner::Planner;
use planner_request::{PlannerRequest, QueuedRequest};
use signatures::Signatures;

/// The number of requests that an instance's queue can buffer. When the queue is full, senders have to wait.
const QUEUE_CAPACITY: usize = 1024;

/// The error of the last write; empty if that write succeeded.
type WriteHealth = Arc<ArcSwapOption<String>>;

/// Published changes, with the resulting directory.
#[derive(Debug)]
pub struct CommittedChanges {
    /// The changes, in order of revision.
    pub changes: Vec<Arc<Change>>,
    /// The directory that contains all of these changes.
    pub after: Arc<Directory>,
}

/// The channel that published changes are sent to. `None` until [`Service::subscribe`] is called.
type ChangeSubscribers = Arc<Mutex<Option<mpsc::UnboundedSender<CommittedChanges>>>>;

/// The result of a command.
#[derive(Clone, Copy, Debug)]
pub struct CommandResult {
    /// The revision that contains the change.
    pub revision: Revision,
    /// The number of users who must set up new credentials because other users might know their current credentials.
    pub credentials_replaced: u64,
}

/// Executes commands. Each instance has its own planner task.
pub struct Service {
    store: Store,
    engine: Arc<Engine>,
    planners: Mutex<BTreeMap<InstanceId, mpsc::Sender<QueuedRequest>>>,
    hashing: Hashing,
    throttle: Arc<Throttle>,
    failed_sign_ins: FailedSignIns,
    usage: Usage,
    daily_reviews: DailyReviews,
    write_health: WriteHealth,
    subscribers: ChangeSubscribers,
    signatures: Arc<Signatures>,
    /// A lock for loading signatures from the audit log, so that only one task loads them at a time.
    signature_loading: tokio::sync::Mutex<()>,
    stopping: AtomicBool,
    /// Serializes the creation and deletion of instances, because each alias must be unique on the server.
    instance_lock: tokio::sync::Mutex<()>,
    /// See [`ServiceOptions::issued_keys`].
    issued_keys: Option<Arc<IssuedKeys>>,
}

impl Service {
    /// Returns the engine, which has the published directory of each instance.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the counts of how often each user has used each permission.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Returns the key figures and findings of an instance at the start of each of the last days. Returns `None` if
    /// computing them takes longer than `patience`; a later call gets the result.
    pub async fn review_history(
        &self,
        directory: &Arc<Directory>,
        now: Timestamp,
        patience: Duration,
    ) -> Option<ReviewHistory> {
        self.daily_reviews.get(&self.store, directory, now, patience).await
    }

    /// Returns the error of the last write, or `None` if that write succeeded.
    pub fn last_write_error(&self) -> Option<Arc<String>> {
        self.write_health.load_full()
    }

    /// Executes a command. When this function returns, the change is on disk and is published on this node.
    ///
    /// # Errors
    /// Returns a [`Failure`] if the command is refused or can't be carried out. A failed command changes nothing.
    /// Refusals by rules about access are recorded in the audit log: see [`Refusal::is_recorded`].
    pub async fn execute(
        &self,
        instance: InstanceId,
        actor: Actor,
        command: Command,
    ) -> Result<CommandResult, Failure> {
        self.execute_when(instance, actor, command, None).await
    }

    /// Executes a command that contains a password. The password is hashed only if a dry run of the command succeeds.
    /// Refused commands therefore don't cause any hashing.
    ///
    /// # Errors
    /// Returns the same errors as [`Service::execute`]. Also returns [`Failure::Busy`] if too many hashes are queued.
    pub async fn execute_with_password(
        &self,
        instance: InstanceId,
        actor: Actor,
        password: &Password,
        one_time: bool,
        command: impl Fn(NewPassword) -> Command,
    ) -> Result<CommandResult, Failure> {
        let directory = self.engine.current(instance).ok_or_else(|| Failure::NoInstance(instance.to_string()))?;
        let dry = command(NewPassword { hash: SecretBytes::new(Vec::new()), temporary: one_time });
        if let Err(refusal) = floorkey::plan(&directory, &actor, &dry, clock::now()) {
            return Err(self.record_refusal(instance, actor, dry.action(), dry.targets(&directory), refusal).await);
        }
        self.check_signature_unused(instance, &actor, dry.action(), Vec::new()).await?;
        let password = self.hashing.hash(Party::from_principal(instance, &actor.principal), password, one_time).await?;
        self.execute(instance, actor, command(password)).await
    }

    /// Hashes a password on behalf of a party. The party can then execute a command that contains the hash.
    ///
    /// # Errors
    /// Returns [`Failure::Busy`] if too many hashes are queued.
    pub async fn hash(&self, party: Party, password: &Password, one_time: bool) -> Result<NewPassword, Failure> {
        self.hashing.hash(party, password, one_time).await
    }

    /// Records a refusal in the audit log, if refusals of this kind are recorded: see [`Refusal::is_recorded`]. Returns
    /// the failure for the response: the refusal itself, or the error that prevented the refusal from being recorded.
    pub async fn record_refusal(
        &self,
        instance: InstanceId,
        actor: Actor,
        action: Action,
        targets: Vec<RecordKey>,
        refusal: Refusal,
    ) -> Failure {
        if !refusal.is_recorded() {
            return Failure::Refused(refusal);
        }
        let request = PlannerRequest::RecordRefusal { action, targets, refusal: Box::new(refusal) };
        match self.submit(instance, actor, request).await {
            Err(failure) => failure,
            Ok(_) => Failure::Internal("a command that was refused has been carried out".to_owned()),
        }
    }

    /// Records an event in the audit log. The event changed no record; for example, a user signed in.
    ///
    /// # Errors
    /// Returns an error if the event can't be written.
    pub async fn record_event(
        &self,
        instance: InstanceId,
        actor: Actor,
        action: Action,
        targets: Vec<RecordKey>,
    ) -> Result<(), Failure> {
        self.record_event_when(instance, actor, action, targets, None).await
    }

    /// The pool that hashes and verifies passwords.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// Subscribes to all changes that are published after this call, until the service stops.
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<CommittedChanges> {
        let (sender, subscription) = mpsc::unbounded_channel();
        *self.subscribers.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        subscription
    }

    /// Stops accepting commands, and waits until all commands in progress have received a response.
    pub async fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        let planners = std::mem::take(&mut *self.planners.lock().unwrap_or_else(PoisonError::into_inner));
        for planner in planners.into_values() {
            let (response, flushed) = oneshot::channel();
            if planner.send(QueuedRequest::new(Actor::system(), PlannerRequest::Flush, response)).await.is_ok() {
                // The planner logs all events that it can't write, so errors are ignored here.
                let _ = flushed.await;
            }
            drop(planner.reserve_many(QUEUE_CAPACITY).await);
        }
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    async fn submit(
        &self,
        instance: InstanceId,
        actor: Actor,
        request: PlannerRequest,
    ) -> Result<CommandResult, Failure> {
        self.submit_when(instance, actor, request, None).await
    }

    async fn submit_when(
        &self,
        instance: InstanceId,
        actor: Actor,
        request: PlannerRequest,
        at: Option<Timestamp>,
    ) -> Result<CommandResult, Failure> {
        self.ensure_signatures_loaded(&actor).await?;
        let planner = self.planners.lock().unwrap_or_else(PoisonError::into_inner).get(&instance).cloned();
        let planner = planner.ok_or_else(|| self.no_planner(instance))?;
        let (response, received) = oneshot::channel();
        let queued = QueuedRequest { at, ..QueuedRequest::new(actor.clone(), request, response) };
        planner.send(queued).await.map_err(|_| self.no_planner(instance))?;
        match received.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(failure)) => Err(self.wait_for_next_second(&actor, failure).await),
            Err(_) => Err(self.no_planner(instance)),
        }
    }

    /// Returns the reason why an instance has no planner: either the instance was deleted, or the server is stopping.
    fn no_planner(&self, instance: InstanceId) -> Failure {
        match self.stopping.load(Ordering::Relaxed) || self.engine.current(instance).is_some() {
            true => Failure::Stopping,
            false => Failure::NoInstance(instance.to_string()),
        }
    }

    fn start_planner(&self, directory: Directory, head: Head) {
        let (sender, requests) = mpsc::channel(QUEUE_CAPACITY);
        let instance = directory.instance();
        tokio::spawn(
            Planner::new(
                self.store.clone(),
                self.engine.clone(),
                (self.write_health.clone(), self.subscribers.clone()),
                (self.signatures.clone(), self.throttle.clone()),
                directory,
                head,
                requests,
            )
            .run(),
        );
        self.planners.lock().unwrap_or_else(PoisonError::into_inner).insert(instance, sender);
    }
}

/// Creates an entry for the store. The salts of the entry's personal fields are derived from a random seed.
fn salted_entry(happening: EntryContent) -> Entry {
    Entry { content: happening, salt_seed: entropy::random_bytes() }
}

#[cfg(test)]
mod tests;
