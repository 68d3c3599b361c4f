//! The engine: the current directory of each instance.
//!
//! Reads take no lock and never wait. A directory is immutable, and publishing a new directory only swaps a pointer.

mod retained;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use floorkey::{AccessKeyId, Directory, InstanceId, Revision};
use tokio::sync::Notify;

pub use retained::RETENTION;
use retained::RetainedSnapshots;

type Instances = BTreeMap<InstanceId, Arc<DirectorySlot>>;

/// The current directory of one instance.
struct DirectorySlot {
    directory: ArcSwap<Directory>,
    /// Wakes tasks that are waiting for a later revision of the directory.
    published: Notify,
}

impl DirectorySlot {
    fn new(directory: Directory) -> Arc<Self> {
        Arc::new(Self { directory: ArcSwap::from_pointee(directory), published: Notify::new() })
    }
}

/// The current directories of all instances.
pub struct Engine {
    instances: ArcSwap<Instances>,
    /// Directories of earlier revisions. Page tokens can refer to these revisions.
    retained: RetainedSnapshots,
}

impl Engine {
    /// Creates an engine with the given directories.
    pub fn new(directories: Vec<Directory>) -> Self {
        let slot = |directory: Directory| (directory.instance(), DirectorySlot::new(directory));
        let instances = ArcSwap::from_pointee(directories.into_iter().map(slot).collect());
        Self { instances, retained: RetainedSnapshots::default() }
    }

    /// Returns the current directory of an instance.
    #[must_use]
    pub fn current(&self, instance: InstanceId) -> Option<Arc<Directory>> {
        self.instances.load().get(&instance).map(|slot| slot.directory.load_full())
    }

    /// Returns the current directories, ordered by instance ID.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Directory>> {
        self.instances.load().values().map(|slot| slot.directory.load_full()).collect()
    }

    /// Returns the directory of the instance that has the given access key.
    pub fn directory_by_access_key(&self, id: &AccessKeyId) -> Option<Arc<Directory>> {
        self.find(|directory| directory.access_key(id).is_some())
    }

    /// Returns the first current directory that satisfies the predicate.
    #[inline]
    pub fn find(&self, mut matches: impl FnMut(&Directory) -> bool) -> Option<Arc<Directory>> {
        let instances = self.instances.load();
        let mut directories = instances.values().map(|slot| slot.directory.load());
        directories.find(|directory| matches(directory)).map(arc_swap::Guard::into_inner)
    }

    /// Waits until an instance's directory has reached the given revision. Returns `None` if this takes longer than
    /// `patience`.
    pub async fn at_least(
        &self,
        instance: InstanceId,
        revision: Revision,
        timeout: Duration,
    ) -> Option<Arc<Directory>> {
        let slot = self.instances.load().get(&instance).cloned()?;
        let reached = async {
            loop {
                // Registers for notifications before reading the directory. Otherwise, a revision published between
                // these two steps would be missed.
                let mut published = std::pin::pin!(slot.published.notified());
                published.as_mut().enable();
                let directory = slot.directory.load_full();
                if directory.revision() >= revision {
                    return directory;
                }
                published.await;
            }
        };
        tokio::time::timeout(timeout, reached).await.ok()
    }

    /// Retains a directory so that all pages of a search show the same revision, even if newer directories are
    /// published.
    pub fn retain(&self, directory: &Arc<Directory>) {
        self.retained.retain(directory, Instant::now());
    }

    /// Returns an instance's directory at exactly the given revision, if that directory is current or retained.
    pub fn at_revision(&self, instance: InstanceId, revision: Revision) -> Option<Arc<Directory>> {
        let current = self.current(instance)?;
        match current.revision() == revision {
            true => Some(current),
            false => self.retained.get(instance, revision, Instant::now()),
        }
    }

    /// Drops the retained directories whose retention period has ended.
    pub fn evict_expired(&self) {
        self.retained.evict_expired(Instant::now());
    }

    /// Publishes an instance's next directory, or a new instance's first directory.
    pub fn publish(&self, directory: Directory) {
        let instance = directory.instance();
        if let Some(slot) = self.instances.load().get(&instance) {
            slot.directory.store(Arc::new(directory));
            slot.published.notify_waiters();
            return;
        }
        let slot = DirectorySlot::new(directory);
        self.instances.rcu(|instances| {
            let mut instances = Instances::clone(instances);
            instances.insert(instance, slot.clone());
            instances
        });
    }

    /// Removes an instance.
    pub fn remove(&self, instance: InstanceId) {
        self.instances.rcu(|instances| {
            let mut instances = Instances::clone(instances);
            instances.remove(&instance);
            instances
        });
    }
}
