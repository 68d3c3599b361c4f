//! The content of a server in memory right after its start.

use std::collections::BTreeMap;
use std::sync::Arc;

use floorkey::{Directory, InstanceId, Revision};
use floorkey_api::{Operator, Resetter, UnknownKeys};
use floorkey_service::mail::{self, MailQueue, Mailer, PasswordLinkLimits, QueueItem};
use floorkey_service::passwords::PasswordCost;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::{IssuedKeys, Service, ServiceOptions};
use floorkey_store::{Store, StoreError};
use lettre::message::Mailbox;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::seed::{Created, Seed};
use crate::server::{Interfaces, SignedCalls};
use crate::sockets::Sockets;
use crate::start_error::StartError;

/// The key that secrets in memory are encrypted with. It is not secret, because the whole content of the server is
/// known. With a constant key, the key that bundles are signed with is the same at every start.
const SEALING_KEY: [u8; 32] = *b"floorkey serve --ephemeral known";

/// The content of a server right after its start, and everything that interfaces to it need.
pub(super) struct Snapshot {
    store: Store,
    directories: Vec<Arc<Directory>>,
    /// The credentials in the content.
    pub(super) created: Created,
    pub(super) operator: Operator,
    pub(super) public_url: String,
    sealer: Arc<Sealer>,
    mail_from: Mailbox,
    resetter: Resetter,
    service_options: ServiceOptions,
    issued_keys: Arc<IssuedKeys>,
    accepts_unknown_keys: bool,
}

impl Snapshot {
    /// Creates the content of a seed.
    ///
    /// # Errors
    /// Returns an error that names the part of the seed that is refused.
    pub(super) async fn create(
        config: &Config,
        seed: Seed,
        operator: Operator,
        (resetter, accepts_unknown_keys): (Resetter, bool),
        sockets: &Sockets,
    ) -> Result<Self, StartError> {
        let public_url = sockets.public_url.clone();
        let mail_from = config.mail_from.clone().or_else(|| mail::default_sender(&public_url));
        let mail_from = mail_from.ok_or(StartError::NoSender)?;
        let issued_keys = Arc::new(IssuedKeys::default());
        let service_options =
            ServiceOptions { password_cost: PasswordCost::Lowest, issued_keys: Some(issued_keys.clone()) };
        let sealer = Arc::new(Sealer::new(&SEALING_KEY));
        let store = Store::in_memory()?;
        let service = Service::start_with(store.clone(), service_options.clone()).await?;
        let created = seed.create(&service, &sealer, config).await?;
        service.stop().await;
        Ok(Self {
            store,
            directories: service.engine().all(),
            created,
            operator,
            public_url,
            sealer,
            mail_from,
            resetter,
            service_options,
            issued_keys,
            accepts_unknown_keys,
        })
    }

    /// The first instance.
    pub(super) fn instance(&self) -> InstanceId {
        self.created.instance
    }

    /// Returns the revision of each instance in the snapshot.
    pub(super) fn first_revisions(&self) -> BTreeMap<InstanceId, Revision> {
        self.directories.iter().map(|directory| (directory.instance(), directory.revision())).collect()
    }

    /// Returns the revision after the last one that each instance had in a store. Revisions never go back, so that
    /// clients notice a reset.
    pub(super) async fn next_revisions(&self, store: &Store) -> Result<BTreeMap<InstanceId, Revision>, StoreError> {
        let mut revisions = self.first_revisions();
        for (instance, revision) in &mut revisions {
            let last = store.last_revision(*instance).await?;
            *revision = last.unwrap_or(*revision).next();
        }
        Ok(revisions)
    }

    /// Creates a service with this content at the given revisions, and the interfaces to it. Also returns the receiver
    /// of the mailer's queue.
    pub(super) async fn start(
        &self,
        config: &Config,
        revisions: &BTreeMap<InstanceId, Revision>,
    ) -> Result<(Interfaces, mpsc::UnboundedReceiver<QueueItem>), StartError> {
        let store = self.store.copy_in_memory(revisions).await?;
        let at_revision = |directory: &Arc<Directory>| {
            let revision = revisions.get(&directory.instance()).copied().unwrap_or_else(|| directory.revision());
            directory.apply(revision, &[])
        };
        let directories = self.directories.iter().map(at_revision).collect();
        let service = Service::resume(store, directories, self.service_options.clone()).await?;
        let (queue, mail_items) = MailQueue::in_memory(self.mail_from.clone());
        let mailer = Arc::new(Mailer {
            service,
            queue,
            public_url: self.public_url.clone(),
            password_link_limits: PasswordLinkLimits::default(),
            cooling_off: config.email_cooling,
        });
        let signed_calls = SignedCalls {
            operator: self.operator.clone(),
            unknown_keys: match self.accepts_unknown_keys {
                true => UnknownKeys::ActAsOperator(self.issued_keys.clone()),
                false => UnknownKeys::Refuse,
            },
            resetter: Some(self.resetter.clone()),
        };
        let interfaces = Interfaces::create(config, mailer, self.sealer.clone(), signed_calls).await?;
        Ok((interfaces, mail_items))
    }
}
