//! The only write path of the server: every change goes through [`Service`], which plans, commits and publishes it, in
//! that order.

mod attempts;
pub mod credentials;
mod planner;
mod refusal_counts;
mod refusals;
mod signatures;
mod spent;
mod undo;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use floorkey::{
    Act, Actor, Change, Command, Directory, InstanceId, NewInstance, NewPassword, Opaque, RecordKey, Refusal,
    ResourceType, Revision,
};
use floorkey_store::{Batch, Entry, Happening, Head, Store};
use tokio::sync::{mpsc, oneshot};

use crate::engine::Engine;
use crate::failure::Failure;
use crate::hashing_queue::Party;
use crate::outside;
use crate::passwords::{Hashing, Password};
use crate::sign_in_log::FailedSignIns;
use crate::throttle::Throttle;
use crate::usage::{self, Usage};
use planner::{Job, Planner, Wish};
use signatures::Signatures;

/// Number of requests that one instance's queue can buffer before senders have to wait.
const QUEUE: usize = 1024;

/// The error of the last write, or empty after a successful one.
type Trouble = Arc<ArcSwapOption<String>>;

/// Changes that have just been published, with the resulting directory.
#[derive(Debug)]
pub struct Published {
    /// In order of revision.
    pub changes: Vec<Arc<Change>>,
    /// The directory after all of these changes.
    pub after: Arc<Directory>,
}

/// The channel to which planners send what they publish; empty until [`Service::follow`] is called.
type News = Arc<Mutex<Option<mpsc::UnboundedSender<Published>>>>;

/// The result of a command.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The revision that contains the change.
    pub revision: Revision,
    /// Number of users who must set up new credentials because other users could know the current ones.
    pub credentials_replaced: u64,
}

/// Executes commands, one planner task per instance.
pub struct Service {
    store: Store,
    engine: Arc<Engine>,
    planners: Mutex<BTreeMap<InstanceId, mpsc::Sender<Job>>>,
    hashing: Hashing,
    throttle: Arc<Throttle>,
    failed_sign_ins: FailedSignIns,
    usage: Usage,
    trouble: Trouble,
    news: News,
    signatures: Arc<Signatures>,
    /// Locked while signatures are loaded from the audit log.
    reading_signatures: tokio::sync::Mutex<()>,
    stopping: AtomicBool,
    /// Serializes the creation and deletion of instances, because aliases are unique in the server.
    founding: tokio::sync::Mutex<()>,
}

impl Service {
    /// Loads every instance in the store and starts its planner.
    ///
    /// # Errors
    /// If the store can't read its data.
    pub async fn start(store: Store) -> Result<Arc<Self>, Failure> {
        let mut directories = Vec::new();
        let mut heads = BTreeMap::new();
        for instance in store.instances().await? {
            let loaded = store.load(instance).await?;
            heads.insert(instance, loaded.head.clone());
            directories.push(Directory::from_records(instance, loaded.head.revision(), loaded.records));
        }
        let engine = Arc::new(Engine::new(directories));
        let throttle = Throttle::load(&store, outside::now(), outside::moment()).await?;
        let service = Arc::new(Self {
            store,
            engine,
            planners: Mutex::default(),
            hashing: Hashing::new(),
            throttle: Arc::new(throttle),
            failed_sign_ins: FailedSignIns::default(),
            usage: Usage::default(),
            trouble: Trouble::default(),
            news: News::default(),
            signatures: Arc::new(Signatures::new()),
            reading_signatures: tokio::sync::Mutex::default(),
            stopping: AtomicBool::new(false),
            founding: tokio::sync::Mutex::new(()),
        });
        service.read_signatures().await?;
        for (instance, head) in heads {
            if let Some(directory) = service.engine.current(instance) {
                service.open(Directory::clone(&directory), head);
            }
        }
        refusal_counts::recover(&service).await?;
        Ok(service)
    }

    /// The engine with the published directory of each instance.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The record of which permissions users use.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// The error that keeps this node from writing, or `None` if the last write succeeded.
    pub fn trouble(&self) -> Option<Arc<String>> {
        self.trouble.load_full()
    }

    /// Executes a command. When it returns, the change is on disk and published on this node.
    ///
    /// # Errors
    /// A [`Failure`] if nothing was changed. A refusal is recorded in the audit log.
    pub async fn execute(&self, instance: InstanceId, actor: Actor, command: Command) -> Result<Done, Failure> {
        // The directory before the command, which can remove the permissions that the actor used.
        let before = self.engine.current(instance);
        let mut acts = BTreeSet::new();
        if let Some(before) = &before {
            acts_of(before, &command, &mut acts);
        }
        let principal = actor.principal.clone();
        let done = self.ask(instance, actor, Wish::Command(Box::new(command))).await?;
        if let Some(before) = before {
            let now = outside::now();
            acts.into_iter().for_each(|(act, about)| self.usage.acted(&before, &principal, act, about, now));
        }
        Ok(done)
    }

    /// Executes a command that contains a password. The password is hashed only if a dry run of the command succeeds,
    /// so that commands that are refused anyway can't keep the server busy hashing.
    ///
    /// # Errors
    /// As [`Service::execute`]; [`Failure::Busy`] if too many hashes are queued.
    pub async fn execute_with_password(
        &self,
        instance: InstanceId,
        actor: Actor,
        password: &Password,
        one_time: bool,
        command: impl Fn(NewPassword) -> Command,
    ) -> Result<Done, Failure> {
        let directory = self.engine.current(instance).ok_or_else(|| Failure::NoInstance(instance.to_string()))?;
        let dry = command(NewPassword { hash: Opaque::new(Vec::new()), one_time });
        if let Err(refusal) = floorkey::plan(&directory, &actor, &dry, outside::now()) {
            return Err(self.refuse(instance, actor, dry.act(), dry.targets(&directory), refusal).await);
        }
        self.refuse_spent(instance, &actor, dry.act(), Vec::new()).await?;
        let password = self.hashing.hash(Party::of(instance, &actor.principal), password, one_time).await?;
        self.execute(instance, actor, command(password)).await
    }

    /// Hashes a password on behalf of a party whose command follows.
    ///
    /// # Errors
    /// [`Failure::Busy`] if too many hashes are queued.
    pub async fn hash(&self, party: Party, password: &Password, one_time: bool) -> Result<NewPassword, Failure> {
        self.hashing.hash(party, password, one_time).await
    }

    /// Records a refusal in the audit log. Returns the failure to answer with: the refusal, or the error that prevented
    /// it from being recorded.
    pub async fn refuse(
        &self,
        instance: InstanceId,
        actor: Actor,
        act: Act,
        targets: Vec<RecordKey>,
        refusal: Refusal,
    ) -> Failure {
        let wish = Wish::Refused { act, targets, refusal: Box::new(refusal) };
        match self.ask(instance, actor, wish).await {
            Err(failure) => failure,
            Ok(_) => Failure::Internal("a command that was refused has been carried out".to_owned()),
        }
    }

    /// Records an event that changed no record, such as a sign-in, in the audit log.
    ///
    /// # Errors
    /// If the event can't be written.
    pub async fn note(
        &self,
        instance: InstanceId,
        actor: Actor,
        act: Act,
        targets: Vec<RecordKey>,
    ) -> Result<(), Failure> {
        let (directory, principal) = (self.engine.current(instance), actor.principal.clone());
        let about = directory.as_ref().and_then(|directory| usage::type_of(directory, targets.first()?));
        self.ask(instance, actor, Wish::Note { act, targets }).await?;
        if let Some(directory) = directory.filter(|_| !act.is_read()) {
            self.usage.acted(&directory, &principal, act, about, outside::now());
        }
        Ok(())
    }

    /// The pool that hashes and verifies passwords.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// Creates an instance. Its alias must not be in use.
    ///
    /// # Errors
    /// If the alias is in use or invalid, or if the store can't write the instance.
    pub async fn found(&self, actor: &Actor, new: &NewInstance) -> Result<Done, Failure> {
        let _alone = self.founding.lock().await;
        let taken = |directory: &Arc<Directory>| match (&directory.settings().alias, &new.alias) {
            (Some(taken), Some(wanted)) => taken.eq_ignore_ascii_case(wanted),
            _ => false,
        };
        if self.engine.all().iter().any(taken) {
            let name = new.alias.clone().unwrap_or_default();
            return Err(Refusal::Duplicate { what: "instance", name }.into());
        }
        let planned = floorkey::found(new, actor, outside::now(), outside::id)?;
        self.cover(actor).await?;
        if let Err(failure) = signatures::spend(&self.signatures, actor, outside::now()) {
            return Err(self.after_the_second(actor, failure).await);
        }
        let done = Done { revision: planned.next.revision(), credentials_replaced: 0 };
        let entries = vec![entry(Happening::Change(Arc::new(planned.change)))];
        let head = self.store.commit(Batch { instance: new.id, expected: Head::default(), entries }).await?;
        self.engine.publish(planned.next.clone());
        self.open(planned.next, head);
        Ok(done)
    }

    /// Deletes an instance with all its data, except for its audit log.
    ///
    /// # Errors
    /// If the store can't delete it.
    pub async fn delete_instance(&self, actor: Actor, instance: InstanceId) -> Result<(), Failure> {
        let _alone = self.founding.lock().await;
        self.ask(instance, actor, Wish::DeleteInstance).await?;
        self.planners.lock().unwrap_or_else(PoisonError::into_inner).remove(&instance);
        Ok(())
    }

    /// Subscribes to everything published from this call until the service stops.
    pub fn follow(&self) -> mpsc::UnboundedReceiver<Published> {
        let (sender, news) = mpsc::unbounded_channel();
        *self.news.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        news
    }

    /// Stops accepting commands, and waits until those in progress are answered.
    pub async fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        let planners = std::mem::take(&mut *self.planners.lock().unwrap_or_else(PoisonError::into_inner));
        for planner in planners.into_values() {
            let (answer, settled) = oneshot::channel();
            if planner.send(Job::new(Actor::system(), Wish::Settle, answer)).await.is_ok() {
                // The planner logs anything that can't be written.
                let _ = settled.await;
            }
            drop(planner.reserve_many(QUEUE).await);
        }
        self.news.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    async fn ask(&self, instance: InstanceId, actor: Actor, wish: Wish) -> Result<Done, Failure> {
        self.cover(&actor).await?;
        let planner = self.planners.lock().unwrap_or_else(PoisonError::into_inner).get(&instance).cloned();
        let planner = planner.ok_or_else(|| self.no_planner(instance))?;
        let (answer, answered) = oneshot::channel();
        let job = Job::new(actor.clone(), wish, answer);
        planner.send(job).await.map_err(|_| self.no_planner(instance))?;
        match answered.await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(failure)) => Err(self.after_the_second(&actor, failure).await),
            Err(_) => Err(self.no_planner(instance)),
        }
    }

    /// Why an instance has no planner: the instance was deleted, or the server is stopping.
    fn no_planner(&self, instance: InstanceId) -> Failure {
        match self.stopping.load(Ordering::Relaxed) || self.engine.current(instance).is_some() {
            true => Failure::Stopping,
            false => Failure::NoInstance(instance.to_string()),
        }
    }

    fn open(&self, directory: Directory, head: Head) {
        let (sender, jobs) = mpsc::channel(QUEUE);
        let instance = directory.instance();
        tokio::spawn(
            Planner::new(
                self.store.clone(),
                self.engine.clone(),
                (self.trouble.clone(), self.news.clone()),
                (self.signatures.clone(), self.throttle.clone()),
                directory,
                head,
                jobs,
            )
            .run(),
        );
        self.planners.lock().unwrap_or_else(PoisonError::into_inner).insert(instance, sender);
    }
}

/// Collects the event types of a command, each with the type of the resource that it is about.
fn acts_of(directory: &Directory, command: &Command, acts: &mut BTreeSet<(Act, Option<ResourceType>)>) {
    match command {
        Command::IfUnchanged { command, .. } => acts_of(directory, command, acts),
        Command::Batch { commands, .. } => {
            acts.insert((command.act(), None));
            commands.iter().for_each(|command| acts_of(directory, command, acts));
        }
        command => {
            let about = command.about().and_then(|key| usage::type_of(directory, &key));
            acts.insert((command.act(), about));
        }
    }
}

/// Creates an entry for the store, with a random seed for the salts of its personal fields.
fn entry(happening: Happening) -> Entry {
    Entry { happening, salt_seed: outside::random() }
}

#[cfg(test)]
mod tests;
