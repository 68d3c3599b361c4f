//! The errors of starting the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use floorkey_service::failure::Failure;
use floorkey_service::mail::MailError;
use floorkey_service::sealing::SealError;
use floorkey_store::StoreError;

use crate::key_file::KeyFileFailure;
use crate::seed::SeedError;
use crate::tls::TlsError;

/// The reason why the server can't start, or why it stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The data folder can't be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The service can't start, or a change at startup was refused.
    #[error(transparent)]
    Service(#[from] Failure),
    /// The key file can't be read or created, or doesn't belong to the data folder.
    #[error(transparent)]
    KeyFile(#[from] KeyFileFailure),
    /// The operator's secret can't be encrypted or decrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The certificate or its key can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The mail settings can't be used.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Email has no sender, and none can be derived from the public URL.
    #[error("email needs a sender: set FLOORKEY_MAIL_FROM")]
    NoSender,
    /// Another program listens on the address.
    #[error("{0} is in use by another program. Stop that program, or choose another address with --listen")]
    AddressInUse(SocketAddr),
    /// The server can't listen on the address.
    #[error("can't listen on {address}: {error}")]
    Listen {
        /// The address from the settings.
        address: SocketAddr,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The seed of a server in memory can't be used.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The operator's access key of a server in memory has an invalid ID.
    #[error("`{0}` is not the ID of an access key")]
    InvalidKeyId(&'static str),
    /// A server in memory has lost its instance.
    #[error("the snapshot has no instance")]
    NoInstance,
    /// The demo's data can't be added to existing data.
    #[error(
        "--demo requires a new data folder, and {} already has data. Specify another one with --data",
        .0.display()
    )]
    DemoNeedsNewFolder(PathBuf),
    /// The preset API token can't be stored.
    #[error("--api-token / FLOORKEY_API_TOKEN: {0}")]
    PresetToken(Failure),
    /// The threads that serve connections can't be started.
    #[error("can't start threads for connections: {0}")]
    Threads(std::io::Error),
    /// The first lines can't be printed.
    #[error("can't write to standard output: {0}")]
    Output(std::io::Error),
    /// The operating system refused a call, such as waiting for a signal.
    #[error(transparent)]
    System(#[from] std::io::Error),
}
