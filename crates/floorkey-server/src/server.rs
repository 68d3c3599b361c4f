//! The state of the running server.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use floorkey_api::{Api, Operator, Resetter, SigningKeys, UnknownKeys};
use floorkey_authzen::AuthZen;
use floorkey_console::{Console, ConsoleState};
use floorkey_service::login_activity::LoginActivities;
use floorkey_service::mail::Mailer;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use floorkey_store::StoreError;

use crate::config::{Config, ConnectionSettings};
use crate::metrics::Metrics;
use crate::tls::Tls;
use crate::trusted_proxies::TrustedProxies;

/// The server's interfaces, and other state that the listener needs.
pub(crate) struct Server {
    /// A reset of a server in memory replaces the interfaces.
    interfaces: ArcSwap<Interfaces>,
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

impl Server {
    /// Creates the state of a server that has not handled any requests.
    pub(crate) fn new(config: &Config, interfaces: Interfaces, tls: Option<Arc<Tls>>) -> Self {
        Self {
            interfaces: ArcSwap::from_pointee(interfaces),
            trusted_proxies: config.trusted_proxies.clone(),
            connection_settings: config.connection_settings,
            serves_metrics: config.metrics_listen.is_none(),
            metrics: Metrics::new(),
            tls,
        }
    }

    /// Returns the interfaces. A caller that waits must clone what it uses, because a reset can replace the interfaces.
    pub(crate) fn interfaces(&self) -> Guard<Arc<Interfaces>> {
        self.interfaces.load()
    }

    /// Replaces the interfaces. Requests that have begun are completed by the previous interfaces.
    pub(crate) fn replace_interfaces(&self, interfaces: Arc<Interfaces>) {
        self.interfaces.store(interfaces);
    }
}

/// The interfaces to one service, with everything that they keep in memory.
pub(crate) struct Interfaces {
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
}

/// How signed calls are authenticated, and whether they can reset the server.
pub(crate) struct SignedCalls {
    /// The operator's access key.
    pub(crate) operator: Operator,
    /// How calls are treated whose access key is unknown.
    pub(crate) unknown_keys: UnknownKeys,
    /// Resets the server; `None` if the server keeps its data.
    pub(crate) resetter: Option<Resetter>,
}

impl Interfaces {
    /// Creates the interfaces to the mailer's service. Loads when users were last active.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub(crate) async fn create(
        config: &Config,
        mailer: Arc<Mailer>,
        sealer: Arc<Sealer>,
        signed_calls: SignedCalls,
    ) -> Result<Self, StoreError> {
        let service = mailer.service.clone();
        let instances: Vec<_> = service.engine().all().iter().map(|directory| directory.instance()).collect();
        let activity = LoginActivities::load(service.store(), &instances).await?;
        let activity = Arc::new(activity);
        let (region, account, public_url) =
            (config.region.clone(), config.account_id.clone(), mailer.public_url.clone());
        let authzen = Arc::new(AuthZen {
            service: service.clone(),
            sealer: sealer.clone(),
            region: region.clone(),
            account: account.clone(),
            public_url: public_url.clone(),
        });
        let console = Console::new(Arc::new(ConsoleState {
            service: service.clone(),
            sealer: sealer.clone(),
            mailer: mailer.clone(),
            activity: activity.clone(),
            authzen: authzen.clone(),
            region: region.clone(),
            account: account.clone(),
            public_url: public_url.clone(),
        }));
        let api = Api {
            service: service.clone(),
            sealer,
            mailer: mailer.clone(),
            operator: signed_calls.operator,
            unknown_keys: signed_calls.unknown_keys,
            resetter: signed_calls.resetter,
            signing_keys: SigningKeys::default(),
            region,
            account,
            public_url,
        };
        Ok(Self { service, mailer, activity, api, authzen, console })
    }
}
