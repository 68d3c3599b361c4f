//! `floorkey serve --ephemeral`: a server for tests, which keeps all data in memory.
//!
//! The server begins with the content of a seed, and a reset restores this content. `snapshot` keeps the content and
//! creates the interfaces from it, both at the start and at each reset. Therefore nothing survives a reset: no data, no
//! session, no email and no counter. `announcement` prints the address and the keys.

mod announcement;
mod snapshot;

use std::path::PathBuf;
use std::sync::Arc;

use floorkey_api::{Operator, ResetError, ResetRequest, Resetter};
use tokio::sync::mpsc;

use crate::background::BackgroundTasks;
use crate::config::{Config, OperatorKeyPreset};
use crate::running::{Resets, run_until_stopped};
use crate::seed::Seed;
use crate::server::Server;
use crate::sockets::Sockets;
use crate::start_error::StartError;
use crate::{file_limit, warnings};
use snapshot::Snapshot;

/// The operator's access key ID and secret access key. Tests against other twins of AWS use the same key.
const OPERATOR_KEY: (&str, &str) = ("test", "test");

/// The options of `--ephemeral`.
pub(crate) struct Options {
    /// The file with the server's first content; `None` if there is only an administrator.
    pub(crate) seed: Option<PathBuf>,
    /// Whether calls with unknown access keys are refused.
    pub(crate) strict_keys: bool,
    /// Whether messages on standard error can have colors.
    pub(crate) styled: bool,
}

/// Runs a server in memory until the process receives a signal to stop.
///
/// # Errors
/// Returns an error if the seed is refused, or if the server can't start.
pub(crate) async fn run(config: Config, options: Options) -> Result<(), StartError> {
    file_limit::raise();
    let seed = match &options.seed {
        Some(path) => Seed::load(path)?,
        None => Seed::default(),
    };
    let sockets = Sockets::bind(&config).await?;
    warnings::warn_if_unencrypted(&config, sockets.address);
    let operator = match &config.operator_key {
        Some(OperatorKeyPreset { id, secret }) => Operator { id: id.clone(), secret: secret.clone() },
        None => default_operator()?,
    };
    let (resetter, requests) = Resetter::new();
    let accepts_unknown_keys = !options.strict_keys;
    let snapshot = Snapshot::create(&config, seed, operator, (resetter, accepts_unknown_keys), &sockets).await?;
    let (interfaces, mail_items) = snapshot.start(&config, &snapshot.first_revisions()).await?;
    announcement::print(&config, &snapshot, (accepts_unknown_keys, options.styled)).map_err(StartError::Output)?;
    let server = Arc::new(Server::new(&config, interfaces, sockets.tls.clone()));
    let background = BackgroundTasks::start(Arc::clone(&server.interfaces()), mail_items);
    run_until_stopped(&server, sockets, background, SnapshotResets { config, snapshot, requests }).await
}

fn default_operator() -> Result<Operator, StartError> {
    let (id, secret) = OPERATOR_KEY;
    let id = floorkey::AccessKeyId::parse(id).ok_or(StartError::InvalidKeyId(id))?;
    Ok(Operator { id, secret: zeroize::Zeroizing::new(secret.to_owned()) })
}

/// Restores the content of the snapshot on request.
struct SnapshotResets {
    config: Config,
    snapshot: Snapshot,
    requests: mpsc::Receiver<ResetRequest>,
}

impl Resets for SnapshotResets {
    async fn next(&mut self, server: &Server, background: &mut BackgroundTasks) {
        let Some(response) = self.requests.recv().await else { return std::future::pending().await };
        // Sending fails if the caller has disconnected; the error is ignored.
        let result = self.reset(server, background).await;
        let _ = response.send(result.map_err(|error| ResetError::Failed(error.into())));
    }
}

impl SnapshotResets {
    /// Replaces the interfaces by new ones, which have the content of the snapshot. Returns the new revision of the
    /// first instance.
    ///
    /// The previous service stops first, so that no change is in progress. It refuses changes that arrive before the
    /// new interfaces are in use, and SDKs repeat such calls.
    async fn reset(&self, server: &Server, background: &mut BackgroundTasks) -> Result<floorkey::Revision, StartError> {
        let previous = Arc::clone(&server.interfaces());
        previous.service.stop().await;
        let revisions = self.snapshot.next_revisions(previous.service.store()).await?;
        let (interfaces, mail_items) = self.snapshot.start(&self.config, &revisions).await?;
        let interfaces = Arc::new(interfaces);
        server.replace_interfaces(interfaces.clone());
        // Wakes requests that are waiting for a later revision.
        for directory in interfaces.service.engine().all() {
            previous.service.engine().publish(floorkey::Directory::clone(&directory));
        }
        std::mem::replace(background, BackgroundTasks::start(interfaces, mail_items)).abort();
        revisions.get(&self.snapshot.instance()).copied().ok_or(StartError::NoInstance)
    }
}
