//! What every surface needs: the door, and the few settings that show in answers.

use std::sync::Arc;

use crate::listener::ConnectionSettings;
use crate::metrics::Metrics;
use crate::tls::Tls;
use crate::trusted_proxies::TrustedProxies;
use floorkey_service::activity::Activities;
use floorkey_service::mail::Mailer;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;

/// What every surface needs.
pub(crate) struct App {
    /// The one door, and the directories behind it.
    pub(crate) service: Arc<Service>,
    /// Opens access keys' secrets; authenticates page tokens.
    pub(crate) sealer: Sealer,
    /// The operator's key.
    pub(crate) operator: Operator,
    /// Signing keys in use.
    pub(crate) signing_keys: crate::connect::SigningKeys,
    /// The region in ARNs, and the only one that signatures may name.
    pub(crate) region: String,
    /// The account in ARNs.
    pub(crate) account: String,
    /// The address in links, without a slash at the end.
    pub(crate) public_url: String,
    /// Proxies whose `X-Forwarded-For` counts.
    pub(crate) trusted_proxies: TrustedProxies,
    /// How many connections one client may have, and how long.
    pub(crate) connection_settings: ConnectionSettings,
    /// Whether `/metrics` is answered beside everything else.
    pub(crate) metrics_here: bool,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// Who was here when.
    pub(crate) activity: Arc<Activities>,
    /// Sends mail.
    pub(crate) mailer: Arc<Mailer>,
    /// What connections are encrypted with, where this server does it itself.
    pub(crate) tls: Option<Arc<Tls>>,
}

impl App {
    /// Whether people reach the console over TLS, which the address in links says.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The operator's access key.
pub(crate) struct Operator {
    /// Its id.
    pub(crate) id: floorkey::AccessKeyId,
    /// Its secret.
    pub(crate) secret: zeroize::Zeroizing<String>,
}
