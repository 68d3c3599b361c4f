//! The running server: the interfaces, and what the listener needs.

use std::sync::Arc;

use floorkey_api::Api;
use floorkey_authzen::AuthZen;
use floorkey_console::Console;
use floorkey_service::login_activity::LoginActivities;
use floorkey_service::mail::Mailer;
use floorkey_service::service::Service;

use crate::listener::ConnectionSettings;
use crate::metrics::Metrics;
use crate::tls::Tls;
use crate::trusted_proxies::TrustedProxies;

/// The interfaces of the server, and what the listener needs.
pub(crate) struct Server {
    /// The service, for health and metrics.
    pub(crate) service: Arc<Service>,
    /// Sends mail.
    pub(crate) mailer: Arc<Mailer>,
    /// When users signed in and were active.
    pub(crate) activity: Arc<LoginActivities>,
    /// The signed API.
    pub(crate) api: Api,
    /// The AuthZEN API.
    pub(crate) authzen: Arc<AuthZen>,
    /// The console.
    pub(crate) console: Console,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub(crate) trusted_proxies: TrustedProxies,
    /// How many connections a client may have, and how long they may be idle.
    pub(crate) connection_settings: ConnectionSettings,
    /// Whether `/metrics` is answered on the main address.
    pub(crate) serves_metrics: bool,
    /// The metrics.
    pub(crate) metrics: Metrics,
    /// The TLS settings, if this server terminates TLS.
    pub(crate) tls: Option<Arc<Tls>>,
}
