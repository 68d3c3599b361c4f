//! The one door: everything that changes goes through [`Service`], planned, committed and published in that order.

mod attempts;
pub(crate) mod credentials;
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

/// Jobs that wait for one instance's planner before senders wait themselves.
const QUEUE: usize = 1024;

/// Why the last write went wrong; empty again after one that went well.
type Trouble = Arc<ArcSwapOption<String>>;

/// Changes that were just published, and the directory with them.
#[derive(Debug)]
pub(crate) struct Published {
    /// In order.
    pub(crate) changes: Vec<Arc<Change>>,
    /// The directory with all of them.
    pub(crate) after: Arc<Directory>,
}

/// Where planners tell what they published; nobody listens until somebody does.
type News = Arc<Mutex<Option<mpsc::UnboundedSender<Published>>>>;

/// What was done.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The revision with the change.
    pub revision: Revision,
    /// How many users have to set up their credentials anew, because others could know them.
    pub credentials_replaced: u64,
}

/// The one door.
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
    /// Held while signatures are read from the audit.
    reading_signatures: tokio::sync::Mutex<()>,
    stopping: AtomicBool,
    /// Founding and deleting instances, one at a time: aliases are unique in the server.
    founding: tokio::sync::Mutex<()>,
}

impl Service {
    /// Opens the door for every instance in the store.
    ///
    /// # Errors
    /// What the store can't read.
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

    /// The directories that answer now.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What is kept.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Which permissions users use.
    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
    }

    /// What keeps this node from writing; `None` while the last write went well.
    pub(crate) fn trouble(&self) -> Option<Arc<String>> {
        self.trouble.load_full()
    }

    /// Carries out a command. When it returns, the change is on disk and this node answers by it.
    ///
    /// # Errors
    /// A [`Failure`]; nothing has changed, and a refusal is in the audit.
    pub async fn execute(&self, instance: InstanceId, actor: Actor, command: Command) -> Result<Done, Failure> {
        // As it was before: the act may have taken from the actor what it asked for.
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

    /// Carries out a command with a password in it. The password is hashed only if the command would be done with
    /// another one: nobody can keep the server hashing by asking for what is refused anyhow.
    ///
    /// # Errors
    /// As [`Service::execute`]; [`Failure::Busy`] when too many hashes wait.
    pub(crate) async fn execute_with_password(
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

    /// Hashes a password, for a party whose command is still to come.
    ///
    /// # Errors
    /// [`Failure::Busy`] when too many hashes wait.
    pub(crate) async fn hash(&self, party: Party, password: &Password, one_time: bool) -> Result<NewPassword, Failure> {
        self.hashing.hash(party, password, one_time).await
    }

    /// Writes into the audit that something was refused, and gives the failure to answer with: the refusal, or what
    /// kept it from being written.
    pub(crate) async fn refuse(
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
            Ok(_) => Failure::Internal("a refusal was carried out".to_owned()),
        }
    }

    /// Writes into the audit that something was done which changed no record: somebody signed in, for example.
    ///
    /// # Errors
    /// What keeps it from being written.
    pub(crate) async fn note(
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

    /// The pool in which passwords are hashed and checked.
    pub(crate) fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// Founds an instance. Its alias must be free.
    ///
    /// # Errors
    /// A taken or unsound alias, or what the store can't keep.
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

    /// Deletes an instance with everything in it; its audit stays.
    ///
    /// # Errors
    /// What the store can't do.
    pub(crate) async fn delete_instance(&self, actor: Actor, instance: InstanceId) -> Result<(), Failure> {
        let _alone = self.founding.lock().await;
        self.ask(instance, actor, Wish::DeleteInstance).await?;
        self.planners.lock().unwrap_or_else(PoisonError::into_inner).remove(&instance);
        Ok(())
    }

    /// Everything that is published from now on, until the service stops.
    pub(crate) fn follow(&self) -> mpsc::UnboundedReceiver<Published> {
        let (sender, news) = mpsc::unbounded_channel();
        *self.news.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        news
    }

    /// Stops taking commands, and waits until those under way are answered.
    pub async fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        let planners = std::mem::take(&mut *self.planners.lock().unwrap_or_else(PoisonError::into_inner));
        for planner in planners.into_values() {
            let (answer, settled) = oneshot::channel();
            if planner.send(Job::new(Actor::system(), Wish::Settle, answer)).await.is_ok() {
                // What can't be written is in the log.
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

    /// Why nobody plans for an instance: it was deleted, or the server stops.
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

/// What a command does, and to what, each once.
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

/// An entry for the store, with fresh chance to salt its personal fields.
fn entry(happening: Happening) -> Entry {
    Entry { happening, salt_seed: outside::random() }
}

#[cfg(test)]
mod tests;
