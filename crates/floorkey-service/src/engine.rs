//! The engine: the directories that answer now, one an instance.
//!
//! Reading takes no lock and never waits: a directory is immutable, and publishing swaps a pointer.

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

/// The place of one instance's directory.
struct DirectorySlot {
    directory: ArcSwap<Directory>,
    /// Wakes those who wait for a later revision.
    published: Notify,
}

impl DirectorySlot {
    fn new(directory: Directory) -> Arc<Self> {
        Arc::new(Self { directory: ArcSwap::from_pointee(directory), published: Notify::new() })
    }
}

/// The directories that answer now.
pub struct Engine {
    instances: ArcSwap<Instances>,
    /// Earlier directories that page tokens name.
    retained: RetainedSnapshots,
}

impl Engine {
    /// An engine that answers by these directories.
    pub fn new(directories: Vec<Directory>) -> Self {
        let slot = |directory: Directory| (directory.instance(), DirectorySlot::new(directory));
        let instances = ArcSwap::from_pointee(directories.into_iter().map(slot).collect());
        Self { instances, retained: RetainedSnapshots::default() }
    }

    /// The directory of an instance as it stands.
    #[must_use]
    pub fn current(&self, instance: InstanceId) -> Option<Arc<Directory>> {
        self.instances.load().get(&instance).map(|slot| slot.directory.load_full())
    }

    /// All directories, by instance.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Directory>> {
        self.instances.load().values().map(|slot| slot.directory.load_full()).collect()
    }

    /// The instance in which there is that access key.
    pub fn directory_by_access_key(&self, id: &AccessKeyId) -> Option<Arc<Directory>> {
        self.find(|directory| directory.access_key(id).is_some())
    }

    /// The directory as it stands in which something is found.
    #[inline]
    pub fn find(&self, mut matches: impl FnMut(&Directory) -> bool) -> Option<Arc<Directory>> {
        let instances = self.instances.load();
        let mut directories = instances.values().map(|slot| slot.directory.load());
        directories.find(|directory| matches(directory)).map(arc_swap::Guard::into_inner)
    }

    /// The directory of an instance at a revision or a later one; `None` if it does not get there in that time.
    pub async fn at_least(
        &self,
        instance: InstanceId,
        revision: Revision,
        timeout: Duration,
    ) -> Option<Arc<Directory>> {
        let slot = self.instances.load().get(&instance).cloned()?;
        let reached = async {
            loop {
                // Before the look, so that nothing published in between is missed.
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

    /// Keeps a directory for the pages that follow, though later ones be published.
    pub fn retain(&self, directory: &Arc<Directory>) {
        self.retained.retain(directory, Instant::now());
    }

    /// The directory of an instance at exactly that revision: as it stands, or kept.
    pub fn at_revision(&self, instance: InstanceId, revision: Revision) -> Option<Arc<Directory>> {
        let current = self.current(instance)?;
        match current.revision() == revision {
            true => Some(current),
            false => self.retained.get(instance, revision, Instant::now()),
        }
    }

    /// Lets go of kept directories whose time is over.
    pub fn evict_expired(&self) {
        self.retained.evict_expired(Instant::now());
    }

    /// Lets the next directory of an instance answer; a new instance begins to answer.
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

    /// An instance no longer answers.
    pub fn remove(&self, instance: InstanceId) {
        self.instances.rcu(|instances| {
            let mut instances = Instances::clone(instances);
            instances.remove(&instance);
            instances
        });
    }
}
