//! Starts the service from a store.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use floorkey::Directory;
use floorkey_store::{Head, LoadedInstance, Store};

use super::signatures::Signatures;
use super::{ChangeSubscribers, Service, ServiceOptions, WriteHealth, refusal_counts};
use crate::clock;
use crate::daily_reviews::DailyReviews;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::passwords::Hashing;
use crate::sign_in_log::FailedSignIns;
use crate::throttle::Throttle;
use crate::usage::Usage;

impl Service {
    /// Loads all instances from the store and starts a planner for each.
    ///
    /// # Errors
    /// Returns an error if the store can't read its data.
    pub async fn start(store: Store) -> Result<Arc<Self>, Failure> {
        Self::start_with(store, ServiceOptions::default()).await
    }

    /// Does the same as [`Service::start`], with the given options.
    ///
    /// # Errors
    /// Returns an error if the store can't read its data.
    pub async fn start_with(store: Store, options: ServiceOptions) -> Result<Arc<Self>, Failure> {
        let mut loaded = Vec::new();
        for instance in store.instances().await? {
            let LoadedInstance { head, records } = store.load(instance).await?;
            loaded.push((Directory::from_records(instance, head.revision(), records), head));
        }
        Self::with_directories(store, loaded, options).await
    }

    /// Starts a planner for each instance. `directories` must contain the current state of every instance in the store,
    /// which is therefore not loaded.
    ///
    /// # Errors
    /// Returns an error if the store can't read its data.
    pub async fn resume(
        store: Store,
        directories: Vec<Directory>,
        options: ServiceOptions,
    ) -> Result<Arc<Self>, Failure> {
        let mut loaded = Vec::new();
        for directory in directories {
            let head = store.head(directory.instance()).await?;
            loaded.push((directory, head));
        }
        Self::with_directories(store, loaded, options).await
    }

    async fn with_directories(
        store: Store,
        loaded: Vec<(Directory, Head)>,
        options: ServiceOptions,
    ) -> Result<Arc<Self>, Failure> {
        let engine = Arc::new(Engine::new(loaded.iter().map(|(directory, _)| directory.clone()).collect()));
        let throttle = Throttle::load(&store, clock::now(), clock::monotonic_now()).await?;
        let service = Arc::new(Self {
            store,
            engine,
            planners: Mutex::default(),
            hashing: Hashing::new(options.password_cost),
            throttle: Arc::new(throttle),
            failed_sign_ins: FailedSignIns::default(),
            usage: Usage::default(),
            daily_reviews: DailyReviews::default(),
            write_health: WriteHealth::default(),
            subscribers: ChangeSubscribers::default(),
            signatures: Arc::new(Signatures::new()),
            signature_loading: tokio::sync::Mutex::default(),
            stopping: AtomicBool::new(false),
            instance_lock: tokio::sync::Mutex::new(()),
            issued_keys: options.issued_keys,
        });
        service.load_signatures().await?;
        for (directory, head) in loaded {
            service.start_planner(directory, head);
        }
        refusal_counts::recover(&service).await?;
        Ok(service)
    }
}
