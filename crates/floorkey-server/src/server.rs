//! The state of the running server.

use std::sync::Arc;
use std::time::Duration;

use floorkey_api::Api;
use floorkey_authzen::AuthZen;
use floorkey_console::Console;
use floorkey_service::login_activity::LoginActivities;
use floorkey_service::mail::Mailer;
use floorkey_service::service::Service;

use crate::metrics::Metrics;
use crate::tls::Tls;
use crate::trusted_proxies::TrustedProxies;

/// The server's interfaces, and other state that the listener needs.
pub(crate) struct Server {
    /// The service, which health checks and metrics use.
    pub(crate) service: Arc<Service>,
    /// The mailer, which sends email.
    pub(crate) mailer: Arc<Mailer>,
    /// The times at which users signed in and were last active.
    pub(crate) activity: Arc<LoginActivities>,
    /// The API that handles signed requests.
    pub(crate) api: Api,
    /// The AuthZEN API.
    pub(crate) authzen: Arc<AuthZen>,
    /// The console.
    pub(crate) console: Console,
    /// The proxies that are trusted to send a correct `X-Forwarded-For`.
    pub(crate) trusted_proxies: TrustedProxies,
    /// The limits on connections per client.
    pub(crate) connection_settings: ConnectionSettings,
    /// Whether `/metrics` is served on the main address.
    pub(crate) serves_metrics: bool,
    /// The metrics.
    pub(crate) metrics: Metrics,
    /// The TLS settings, if this server terminates TLS.
    pub(crate) tls: Option<Arc<Tls>>,
}

/// The limits on connections per client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionSettings {
    /// The maximum number of concurrent connections from one IPv4 address or one IPv6 /64. Trusted proxies are exempt.
    pub(crate) per_address_max: usize,
    /// How long a connection can wait for the next request.
    pub(crate) idle: Duration,
}
