//! How often users use their permissions, and when they last did.
//!
//! Counted are the evaluations that applications ask for and that are allowed, and the acts that users do here. No
//! decision depends on it, so counting must cost decisions next to nothing: it adds to a table in memory, in the shard
//! of its user, and never waits for the store. Every half minute, and at a clean stop, what was counted is added to what
//! the store has. A server that is killed loses what it counted since.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{
    Act, Action, Directory, InstanceId, Permission, Principal, RecordKey, ResourceType, Timestamp, UserId, catalogue,
};
use floorkey_store::{PermissionUse, Store, StoreError};
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::service::Service;

/// How often what was counted is written down.
const FLUSH_EVERY: Duration = Duration::from_secs(30);

/// How long the store is left alone after that.
const PAUSE: Duration = Duration::from_secs(1);

const SHARDS: usize = 64;

/// Entries of one shard at which it is time to write them down, and beyond which no new ones are taken: the memory
/// stays bounded, whatever becomes of the store.
const ENTRIES_FLUSH: usize = 8_192;
const ENTRIES_MAX: usize = 16_384;

/// Rows in one write, so that other writes get their turn.
const ROWS_A_WRITE: usize = 5_000;

/// What was counted and is not written down yet.
pub struct Usage {
    shards: Vec<Shard>,
    hasher: RandomState,
    /// Told when a shard fills up.
    filling: tokio::sync::Notify,
    /// Held while rows are on their way into the store, so that nobody reads without them.
    flushing: tokio::sync::Mutex<()>,
}

/// Each on cache lines of its own: processors don't wait for one another.
#[derive(Default)]
#[repr(align(128))]
struct Shard(Mutex<HashTable<Entry>>);

struct Entry {
    instance: InstanceId,
    user: UserId,
    used: Used,
    count: u64,
    last: Timestamp,
}

/// A permission that was used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Used {
    /// One of the catalogue's.
    Catalogue(Permission),
    /// An application's: namespace and name.
    Application(Box<(String, String)>),
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            shards: std::iter::repeat_with(Shard::default).take(SHARDS).collect(),
            hasher: RandomState::default(),
            filling: tokio::sync::Notify::new(),
            flushing: tokio::sync::Mutex::default(),
        }
    }
}

impl Usage {
    /// Counts one use of what an action asks for.
    #[inline]
    pub fn count(&self, instance: InstanceId, user: UserId, action: Action<'_>, at: Timestamp) {
        self.add(instance, user, action, 1, at);
    }

    /// Counts that a user looked at something. An act that changes something counts when it is done: see
    /// [`Usage::acted`].
    pub fn looked(
        &self,
        directory: &Directory,
        principal: &Principal,
        act: Act,
        about: Option<ResourceType>,
        at: Timestamp,
    ) {
        if act.is_read() {
            self.acted(directory, principal, act, about, at);
        }
    }

    /// Counts what a user did here: the permissions that the act asks for and that the user holds.
    pub fn acted(
        &self,
        directory: &Directory,
        principal: &Principal,
        act: Act,
        about: Option<ResourceType>,
        at: Timestamp,
    ) {
        let Principal::User { id, .. } = principal else { return };
        let Some(user) = directory.user(*id) else { return };
        let Some(needs) = catalogue().requirement(act).needs(about) else { return };
        for permission in needs.names().intersection(&directory.grants_at(user, at).anywhere()).iter() {
            self.count(directory.instance(), *id, Action::Permission(permission), at);
        }
    }

    /// How a user used permissions: what the store has, and what was counted since.
    ///
    /// # Errors
    /// If the store can't be read.
    pub async fn of(
        &self,
        store: &Store,
        instance: InstanceId,
        user: UserId,
    ) -> Result<Vec<(Used, u64, Timestamp)>, StoreError> {
        let _whole = self.flushing.lock().await;
        let stored = store.permission_uses(instance, user).await?;
        let stored = stored.into_iter().filter_map(|one| Some((Used::parse(&one.permission)?, one.count, one.last)));
        let mut all: Vec<_> = stored.collect();
        if let Some(shard) = self.shard(user) {
            for entry in lock(shard).iter().filter(|entry| entry.instance == instance && entry.user == user) {
                match all.iter_mut().find(|(used, ..)| *used == entry.used) {
                    Some((_, count, last)) => (*count, *last) = (*count + entry.count, entry.last.max(*last)),
                    None => all.push((entry.used.clone(), entry.count, entry.last)),
                }
            }
        }
        Ok(all)
    }

    /// Writes down what was counted since the last time.
    ///
    /// # Errors
    /// If the store doesn't take it; what is not written is kept for the next time.
    pub async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let _alone = self.flushing.lock().await;
        let taken = self.shards.iter().flat_map(|shard| std::mem::take(&mut *lock(shard)));
        let entries: Vec<Entry> = taken.collect();
        let mut waiting = entries.as_slice();
        while !waiting.is_empty() {
            let (now, rest) = waiting.split_at(waiting.len().min(ROWS_A_WRITE));
            let rows: Vec<PermissionUse> = now.iter().map(Entry::row).collect();
            if let Err(error) = store.note_permission_uses(&rows).await {
                for entry in waiting {
                    self.add(entry.instance, entry.user, entry.used.action(), entry.count, entry.last);
                }
                return Err(error);
            }
            waiting = rest;
        }
        Ok(())
    }

    #[inline]
    fn add(&self, instance: InstanceId, user: UserId, action: Action<'_>, count: u64, at: Timestamp) {
        let Some(hash) = self.hash(instance, user, action) else { return };
        let Some(shard) = self.shard(user) else { return };
        let mut table = lock(shard);
        let is_it = |entry: &Entry| entry.user == user && entry.instance == instance && entry.used.is(action);
        if let Some(entry) = table.find_mut(hash, is_it) {
            entry.count += count;
            entry.last = entry.last.max(at);
            return;
        }
        let held = table.len();
        if held < ENTRIES_MAX
            && let Some(used) = Used::of(action)
        {
            let entry = Entry { instance, user, used, count, last: at };
            let rehash = |entry: &Entry| self.hash(entry.instance, entry.user, entry.used.action()).unwrap_or_default();
            table.insert_unique(hash, entry, rehash);
        }
        drop(table);
        if held >= ENTRIES_FLUSH {
            self.filling.notify_one();
        }
    }

    /// The shard that all of a user's entries stand in.
    #[inline]
    fn shard(&self, user: UserId) -> Option<&Shard> {
        // Of a hash the lowest bits choose the place in the table: the shard goes by others.
        let place = usize::try_from(self.hasher.hash_one(user) >> 48).unwrap_or_default() % SHARDS;
        self.shards.get(place)
    }

    /// `None` for what is no permission.
    #[inline]
    fn hash(&self, instance: InstanceId, user: UserId, action: Action<'_>) -> Option<u64> {
        let mut hasher = self.hasher.build_hasher();
        (instance, user).hash(&mut hasher);
        match action {
            Action::Permission(permission) => permission.hash(&mut hasher),
            Action::Application { namespace, permission } => (namespace, permission).hash(&mut hasher),
            Action::Unknown(_) => return None,
        }
        Some(hasher.finish())
    }
}

impl Entry {
    fn row(&self) -> PermissionUse {
        let (instance, user, count, last) = (self.instance, self.user, self.count, self.last);
        PermissionUse { instance, user, permission: self.used.text(), count, last }
    }
}

impl Used {
    fn of(action: Action<'_>) -> Option<Self> {
        match action {
            Action::Permission(permission) => Some(Self::Catalogue(permission)),
            Action::Application { namespace, permission } => {
                Some(Self::Application(Box::new((namespace.to_owned(), permission.to_owned()))))
            }
            Action::Unknown(_) => None,
        }
    }

    fn action(&self) -> Action<'_> {
        match self {
            Self::Catalogue(permission) => Action::Permission(*permission),
            Self::Application(pair) => Action::Application { namespace: &pair.0, permission: &pair.1 },
        }
    }

    #[inline]
    fn is(&self, action: Action<'_>) -> bool {
        match (self, action) {
            (Self::Catalogue(one), Action::Permission(other)) => *one == other,
            (Self::Application(pair), Action::Application { namespace, permission }) => {
                pair.0 == namespace && pair.1 == permission
            }
            _ => false,
        }
    }

    /// The text that the store knows it by. No name has a tab in it.
    fn text(&self) -> String {
        match self {
            Self::Catalogue(permission) => permission.name().to_owned(),
            Self::Application(pair) => format!("{}\t{}", pair.0, pair.1),
        }
    }

    /// `None` for a permission that the catalogue no longer has.
    fn parse(text: &str) -> Option<Self> {
        match text.split_once('\t') {
            Some((namespace, name)) => Some(Self::Application(Box::new((namespace.to_owned(), name.to_owned())))),
            None => Permission::parse(text).ok().map(Self::Catalogue),
        }
    }
}

fn lock(shard: &Shard) -> MutexGuard<'_, HashTable<Entry>> {
    shard.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The type of what a command is about, where acts ask by it.
pub fn type_of(directory: &Directory, key: &RecordKey) -> Option<ResourceType> {
    match key {
        RecordKey::User(_) => Some(ResourceType::User),
        RecordKey::Profile(_) => Some(ResourceType::SecurityProfile),
        RecordKey::Group(_) => Some(ResourceType::HierarchyGroup),
        RecordKey::Resource(id) => directory.resource(*id).map(|resource| resource.resource_type()),
        _ => None,
    }
}

/// Writes down what was counted, until the server stops. It ends between two writes: what was taken out for one would
/// be lost with it.
pub async fn keep(service: Arc<Service>, stop: impl Future<Output = ()>) {
    let usage = service.usage();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(FLUSH_EVERY) => {}
            () = usage.filling.notified() => {}
        }
        if let Err(error) = usage.flush(service.store()).await {
            tracing::warn!(%error, "can't save the use of permissions");
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn counted(usage: &Usage) -> u64 {
        usage.shards.iter().map(|shard| lock(shard).iter().map(|entry| entry.count).sum::<u64>()).sum()
    }

    #[test]
    fn uses_are_told_apart_by_instance_user_and_permission() {
        let usage = Usage::default();
        let (here, there) = (InstanceId::from_bits(1), InstanceId::from_bits(2));
        let (ann, tom) = (UserId::from_bits(1), UserId::from_bits(2));
        let view = Action::parse("Users.View");
        let refund = |namespace| Action::Application { namespace, permission: "refund" };
        for (instance, user, action, times) in [
            (here, ann, view, 3),
            (there, ann, view, 1),
            (here, tom, view, 1),
            (here, ann, refund("orders"), 2),
            (here, ann, refund("returns"), 1),
            (here, ann, Action::Unknown("No.Such"), 5),
        ] {
            (0..times).for_each(|time| usage.count(instance, user, action, at(time)));
        }
        assert_eq!(counted(&usage), 8);
        let shard = lock(usage.shard(ann).unwrap());
        let mut of_ann: Vec<_> = shard
            .iter()
            .filter(|entry| (entry.user, entry.instance) == (ann, here))
            .map(|entry| (entry.used.text(), entry.count, entry.last.as_millis()))
            .collect();
        of_ann.sort();
        let row = |text: &str, count, last| (text.to_owned(), count, last);
        assert_eq!(of_ann, [row("Users.View", 3, 2), row("orders\trefund", 2, 1), row("returns\trefund", 1, 0)]);
        for entry in shard.iter() {
            assert_eq!(Used::parse(&entry.used.text()).as_ref(), Some(&entry.used));
        }
    }

    #[test]
    fn many_at_once_lose_nothing_and_memory_is_bounded() {
        let usage = Usage::default();
        let here = InstanceId::from_bits(1);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..20_000_u128 {
                        usage.count(here, UserId::from_bits(number % 700), Action::parse("Users.View"), at(1));
                    }
                });
            }
        });
        assert_eq!(counted(&usage), 80_000);
        let ann = UserId::from_bits(1);
        for number in 0..2 * ENTRIES_MAX {
            usage.count(here, ann, Action::Application { namespace: "x", permission: &number.to_string() }, at(1));
        }
        assert_eq!(lock(usage.shard(ann).unwrap()).len(), ENTRIES_MAX);
    }
}
