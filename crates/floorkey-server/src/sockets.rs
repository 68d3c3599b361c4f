//! The sockets that the server listens on, and the URL that they can be reached at.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::config::{Config, reachable};
use crate::start_error::StartError;
use crate::tls::Tls;

/// The sockets that the server listens on.
pub(crate) struct Sockets {
    /// The main socket.
    pub(crate) main: TcpListener,
    /// The address of the main socket.
    pub(crate) address: SocketAddr,
    /// The socket for metrics; `None` if the main socket serves them.
    pub(crate) metrics: Option<TcpListener>,
    /// The TLS settings of the main socket, if this server terminates TLS.
    pub(crate) tls: Option<Arc<Tls>>,
    /// The base URL of the server, without a trailing slash.
    pub(crate) public_url: String,
}

impl Sockets {
    /// Binds the sockets.
    ///
    /// # Errors
    /// Returns an error if an address is in use, or if the certificate can't be read.
    pub(crate) async fn bind(config: &Config) -> Result<Self, StartError> {
        let main = bind(config.listen).await?;
        let address = main.local_addr()?;
        let metrics = match config.metrics_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let tls = config.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", reachable(address)));
        let host = public_url.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_owned));
        if let Some(warning) = tls.as_ref().zip(host).and_then(|(tls, host)| tls.host_mismatch(&host)) {
            tracing::warn!("{warning}");
        }
        Ok(Self { main, address, metrics, tls, public_url })
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
        _ => StartError::Listen { address, error },
    })
}
