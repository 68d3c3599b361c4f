//! The engine: the directories that answer now, one an instance.
//!
//! Reading takes no lock and never waits: a directory is immutable, and publishing swaps a pointer.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use floorkey::{AccessKeyId, Directory, InstanceId};

type Instances = BTreeMap<InstanceId, Arc<ArcSwap<Directory>>>;

/// The directories that answer now.
pub struct Engine {
    instances: ArcSwap<Instances>,
}

impl Engine {
    /// An engine that answers by these directories.
    pub(crate) fn new(directories: Vec<Directory>) -> Self {
        let slot = |directory: Directory| (directory.instance(), Arc::new(ArcSwap::from_pointee(directory)));
        Self { instances: ArcSwap::from_pointee(directories.into_iter().map(slot).collect()) }
    }

    /// The directory of an instance as it stands.
    #[must_use]
    pub fn current(&self, instance: InstanceId) -> Option<Arc<Directory>> {
        self.instances.load().get(&instance).map(|slot| slot.load_full())
    }

    /// All directories, by instance.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Directory>> {
        self.instances.load().values().map(|slot| slot.load_full()).collect()
    }

    /// The instance in which there is that access key.
    pub(crate) fn instance_of_key(&self, id: &AccessKeyId) -> Option<Arc<Directory>> {
        self.all().into_iter().find(|directory| directory.access_key(id).is_some())
    }

    /// Lets the next directory of an instance answer; a new instance begins to answer.
    pub(crate) fn publish(&self, directory: Directory) {
        let instance = directory.instance();
        if let Some(slot) = self.instances.load().get(&instance) {
            slot.store(Arc::new(directory));
            return;
        }
        let slot = Arc::new(ArcSwap::from_pointee(directory));
        self.instances.rcu(|instances| {
            let mut instances = Instances::clone(instances);
            instances.insert(instance, slot.clone());
            instances
        });
    }

    /// An instance no longer answers.
    pub(crate) fn withdraw(&self, instance: InstanceId) {
        self.instances.rcu(|instances| {
            let mut instances = Instances::clone(instances);
            instances.remove(&instance);
            instances
        });
    }
}
