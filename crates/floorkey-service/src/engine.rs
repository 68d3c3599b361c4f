//! The engine: the current directory of each instance.
//!
//! Reads take no lock and never wait: a directory is immutable, and publishing a new one swaps a pointer.

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
    /// Wakes tasks that wait for a later revision.
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
    /// Directories of earlier revisions that page tokens refer to.
    retained: RetainedSnapshots,
}

impl Engine {
    /// Creates an engine with these directories.
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

    /// Returns the current directories, ordered by instance id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Directory>> {
        self.instances.load().values().map(|slot| slot.directory.load_full()).collect()
    }

    /// Returns the directory of the instance that has this access key.
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

    /// Waits for the directory of an instance at this revision or a later one. Returns `None` if the revision is not
    /// reached within `patience`.
    pub async fn at_least(
        &self,
        instance: InstanceId,
        revision: Revision,
        timeout: Duration,
    ) -> Option<Arc<Directory>> {
        let slot = self.instances.load().get(&instance).cloned()?;
        let reached = async {
            loop {
                // Registers before reading, so that no revision published in between is missed.
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

    /// Retains a directory for the following pages of a search, even if later ones are published.
    pub fn retain(&self, directory: &Arc<Directory>) {
        self.retained.retain(directory, Instant::now());
    }

    /// Returns the directory of an instance at exactly this revision, if it is current or retained.
    pub fn at_revision(&self, instance: InstanceId, revision: Revision) -> Option<Arc<Directory>> {
        let current = self.current(instance)?;
        match current.revision() == revision {
            true => Some(current),
            false => self.retained.get(instance, revision, Instant::now()),
        }
    }

    /// Drops retained directories whose time is over.
    pub fn evict_expired(&self) {
        self.retained.evict_expired(Instant::now());
    }

    /// Publishes the next directory of an instance, or the first directory of a new instance.
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
