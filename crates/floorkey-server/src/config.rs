//! The settings of the server. They come from flags, environment variables, a TOML file and defaults, in this order of
//! precedence.

mod api_token;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use api_token::{PresetToken, type_and_namespace};
use clap::Args;
use floorkey::GuardMode;
use lettre::message::Mailbox;
use serde::Deserialize;
use zeroize::Zeroizing;

use self::api_token::ApiTokenFlags;
use crate::server::ConnectionSettings;
use crate::tls::TlsFiles;
use crate::trusted_proxies::TrustedProxies;
use floorkey_service::passwords::Password;

/// Settings from flags and environment variables.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Flags {
    /// Read settings from this TOML file [default: floorkey.toml in the working directory, if it exists]
    #[arg(long, env = "FLOORKEY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Listen on this address [default: 127.0.0.1:8080]
    #[arg(long, env = "FLOORKEY_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The data folder [default: ./floorkey-data]
    #[arg(long, env = "FLOORKEY_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The region in ARNs, and the only one that is accepted in signatures [default: us-east-1]
    #[arg(long, env = "FLOORKEY_REGION", value_name = "REGION")]
    region: Option<String>,
    /// The account ID in ARNs: 12 digits [default: 123456789012]
    #[arg(long, env = "FLOORKEY_ACCOUNT_ID", value_name = "DIGITS")]
    account_id: Option<String>,
    /// The base URL of links and metadata [default: the listen address]
    #[arg(long, env = "FLOORKEY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// The key file that secrets are encrypted with; created if missing [default: floorkey.key in the data folder]
    #[arg(long, env = "FLOORKEY_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The escalation guard of new instances: warn or enforce [default: the first administrator chooses]
    #[arg(long, env = "FLOORKEY_GUARD", value_name = "MODE")]
    guard: Option<String>,
    /// The operator's access key ID [default: created at the first start]
    #[arg(long, env = "FLOORKEY_OPERATOR_ACCESS_KEY_ID", value_name = "ID")]
    operator_access_key_id: Option<String>,
    /// The operator's secret access key; required with the ID. Prefer the environment: other users can see flags
    #[arg(long, env = "FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true)]
    operator_secret_access_key: Option<String>,
    /// The first administrator's password, for unattended starts [default: a temporary password, printed once]
    #[arg(long, env = "FLOORKEY_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    admin_password: Option<String>,
    #[command(flatten)]
    api_token: ApiTokenFlags,
    /// Proxies in front of the server: addresses and networks, separated by commas. X-Forwarded-For is accepted only
    /// from these [default: none]
    #[arg(long, env = "FLOORKEY_TRUSTED_PROXIES", value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Maximum number of connections from one address (IPv6: one /64) at a time, except trusted proxies [default: 1024]
    #[arg(long, env = "FLOORKEY_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    connections_per_address: Option<usize>,
    /// How long a connection can be idle between requests [default: 75]
    #[arg(long, env = "FLOORKEY_IDLE_SECONDS", value_name = "SECONDS")]
    idle_seconds: Option<u64>,
    /// Serve /metrics on this address instead of the main one
    #[arg(long, env = "FLOORKEY_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
    /// Send email over this server: smtp://USER:PASSWORD@HOST:587?tls=required or smtps://… [default: a local folder]
    #[arg(long, env = "FLOORKEY_SMTP_URL", value_name = "URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The sender of emails: Floorkey <floorkey@example.com>; required with a mail server
    #[arg(long, env = "FLOORKEY_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// For this many hours after an email address is changed, don't send password links to it; 0 disables [default: 24]
    #[arg(long, env = "FLOORKEY_EMAIL_COOLING_HOURS", value_name = "HOURS")]
    email_cooling_hours: Option<u32>,
    /// Serve TLS with this certificate: a PEM file, reloaded when it changes; required with the key
    #[arg(long, env = "FLOORKEY_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate: a PEM file
    #[arg(long, env = "FLOORKEY_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// What to log: error, warn, info, debug, trace, or a filter such as floorkey=debug [default: info]
    #[arg(long, env = "FLOORKEY_LOG", value_name = "FILTER")]
    log: Option<String>,
}

/// Flags with the location of the data, for commands that access the data without running the server.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct DataFlags {
    /// Read settings from this TOML file [default: floorkey.toml in the working directory, if it exists]
    #[arg(long, env = "FLOORKEY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: ./floorkey-data]
    #[arg(long, env = "FLOORKEY_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The key file that secrets are encrypted with [default: floorkey.key in the data folder]
    #[arg(long, env = "FLOORKEY_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl From<DataFlags> for Flags {
    fn from(flags: DataFlags) -> Self {
        Self { config: flags.config, data: flags.data, key_file: flags.key_file, ..Self::default() }
    }
}

/// The settings in the TOML file. An unknown key is an error.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    listen: Option<String>,
    data: Option<PathBuf>,
    region: Option<String>,
    account_id: Option<String>,
    public_url: Option<String>,
    key_file: Option<PathBuf>,
    guard: Option<String>,
    operator_access_key_id: Option<String>,
    operator_secret_access_key: Option<String>,
    admin_password: Option<String>,
    api_token: Option<String>,
    api_token_subject_types: Option<String>,
    api_token_resource_types: Option<String>,
    api_token_details: Option<bool>,
    trusted_proxies: Option<String>,
    connections_per_address: Option<usize>,
    idle_seconds: Option<u64>,
    metrics_listen: Option<String>,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    email_cooling_hours: Option<u32>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    log: Option<String>,
}

/// Validated settings.
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) region: String,
    pub(crate) account_id: String,
    /// The public URL, without a trailing slash. If it is `None`, the address that the server listens on is used.
    pub(crate) public_url: Option<String>,
    pub(crate) key_file: PathBuf,
    pub(crate) guard: Option<GuardMode>,
    pub(crate) operator_key: Option<OperatorKeyPreset>,
    pub(crate) admin_password: Option<Password>,
    /// The preset API token for applications.
    pub(crate) api_token: Option<PresetToken>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) connection_settings: ConnectionSettings,
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The URL of the mail server; `None` if email is written to a local folder.
    pub(crate) smtp_url: Option<String>,
    /// The sender of email; `None` if no sender is set.
    pub(crate) mail_from: Option<Mailbox>,
    /// The cooling-off period after a user's email address changes. During this period, no link to choose a password is
    /// sent to the new address.
    pub(crate) email_cooling: Duration,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) log: String,
}

/// The preset access key of the operator.
pub(crate) struct OperatorKeyPreset {
    pub(crate) id: floorkey::AccessKeyId,
    pub(crate) secret: Zeroizing<String>,
}

impl Config {
    /// Merges flags, environment variables and the TOML file, and validates the result.
    ///
    /// # Errors
    /// Returns a message that names the invalid setting and describes valid values.
    pub(crate) fn load(flags: Flags) -> Result<Self, String> {
        let file = read_file(flags.config.as_deref())?;
        let or = |flag: Option<String>, file: Option<String>, default: &str| {
            flag.or(file).unwrap_or_else(|| default.to_owned())
        };
        let data = flags.data.or(file.data).unwrap_or_else(|| PathBuf::from("floorkey-data"));
        if data.exists() && !data.is_dir() {
            return Err(format!("--data / FLOORKEY_DATA `{}` is a file, not a folder", data.display()));
        }
        let region = or(flags.region, file.region, "us-east-1");
        let is_valid = region.split('-').count() >= 3
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_valid {
            return Err(format!("--region / FLOORKEY_REGION `{region}` is not a region. Example: us-east-1"));
        }
        let account_id = or(flags.account_id, file.account_id, "123456789012");
        if account_id.len() != 12 || !account_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!(
                "--account-id / FLOORKEY_ACCOUNT_ID `{account_id}` is not an account ID. An account ID has 12 \
                digits"
            ));
        }
        let operator_key = operator_key(
            flags.operator_access_key_id.or(file.operator_access_key_id),
            flags.operator_secret_access_key.or(file.operator_secret_access_key),
        )?;
        let admin_password = match flags.admin_password.or(file.admin_password) {
            None => None,
            Some(text) => Some(
                Password::parse(&text)
                    .map_err(|invalid| format!("--admin-password / FLOORKEY_ADMIN_PASSWORD: {}", invalid.problem))?,
            ),
        };
        let api_token = ApiTokenFlags {
            api_token: file.api_token,
            api_token_subject_types: file.api_token_subject_types,
            api_token_resource_types: file.api_token_resource_types,
            api_token_details: file.api_token_details,
        };
        let smtp_url = flags.smtp_url.or(file.smtp_url);
        let mail_from = mail_from(flags.mail_from.or(file.mail_from), smtp_url.is_some())?;
        let metrics_listen = flags
            .metrics_listen
            .or(file.metrics_listen)
            .map(|text| parse_address("--metrics-listen / FLOORKEY_METRICS_LISTEN", &text));
        Ok(Self {
            listen: parse_address("--listen / FLOORKEY_LISTEN", &or(flags.listen, file.listen, "127.0.0.1:8080"))?,
            key_file: flags.key_file.or(file.key_file).unwrap_or_else(|| data.join("floorkey.key")),
            data,
            region,
            account_id,
            public_url: public_url(flags.public_url.or(file.public_url))?,
            guard: guard(flags.guard.or(file.guard))?,
            operator_key,
            admin_password,
            api_token: flags.api_token.or(api_token).preset_token()?,
            trusted_proxies: trusted_proxies(flags.trusted_proxies.or(file.trusted_proxies))?,
            connection_settings: connection_settings(
                flags.connections_per_address.or(file.connections_per_address),
                flags.idle_seconds.or(file.idle_seconds),
            )?,
            metrics_listen: metrics_listen.transpose()?,
            mail_from,
            smtp_url,
            email_cooling: Duration::from_secs(
                60 * 60 * u64::from(flags.email_cooling_hours.or(file.email_cooling_hours).unwrap_or(24)),
            ),
            tls: tls(flags.tls_cert.or(file.tls_cert), flags.tls_key.or(file.tls_key))?,
            log: or(flags.log, file.log, "info"),
        })
    }
}

fn read_file(explicit: Option<&Path>) -> Result<SettingsFile, String> {
    let path = explicit.unwrap_or(Path::new("floorkey.toml"));
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && explicit.is_none() => Ok(SettingsFile::default()),
        Err(error) => Err(format!("can't read the settings in {}: {error}", path.display())),
    }
}

fn parse_address(name: &str, text: &str) -> Result<SocketAddr, String> {
    use std::net::ToSocketAddrs as _;
    let resolved = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    resolved.ok_or_else(|| format!("{name} `{text}` is not an address with a port. Example: 127.0.0.1:8080"))
}

fn public_url(text: Option<String>) -> Result<Option<String>, String> {
    let Some(text) = text else { return Ok(None) };
    match text.starts_with("http://") || text.starts_with("https://") {
        true => Ok(Some(text.trim_end_matches('/').to_owned())),
        false => Err(format!(
            "--public-url / FLOORKEY_PUBLIC_URL `{text}` is not an HTTP or HTTPS URL. Example: \
            https://floorkey.example.com"
        )),
    }
}

fn connection_settings(per_address_max: Option<usize>, idle: Option<u64>) -> Result<ConnectionSettings, String> {
    let (per_address_max, idle) = (per_address_max.unwrap_or(1024), idle.unwrap_or(75));
    if per_address_max == 0 {
        return Err("--connections-per-address / FLOORKEY_CONNECTIONS_PER_ADDRESS must be at least 1".to_owned());
    }
    if !(1..=3600).contains(&idle) {
        return Err(format!("--idle-seconds / FLOORKEY_IDLE_SECONDS {idle} must be between 1 and 3600"));
    }
    Ok(ConnectionSettings { per_address_max, idle: Duration::from_secs(idle) })
}

fn trusted_proxies(text: Option<String>) -> Result<TrustedProxies, String> {
    TrustedProxies::parse(&text.unwrap_or_default())
        .map_err(|problem| format!("--trusted-proxies / FLOORKEY_TRUSTED_PROXIES: {problem}"))
}

fn mail_from(text: Option<String>, needed: bool) -> Result<Option<Mailbox>, String> {
    match text {
        Some(text) => text.parse().map(Some).map_err(|_| {
            format!(
                "--mail-from / FLOORKEY_MAIL_FROM `{text}` is not an email sender. Example: Floorkey \
                <floorkey@example.com>"
            )
        }),
        None if needed => Err("FLOORKEY_SMTP_URL requires FLOORKEY_MAIL_FROM, the address of the sender".to_owned()),
        None => Ok(None),
    }
}

fn tls(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<TlsFiles>, String> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        _ => Err("FLOORKEY_TLS_CERT and FLOORKEY_TLS_KEY require each other: set both, or neither".to_owned()),
    }
}

fn guard(text: Option<String>) -> Result<Option<GuardMode>, String> {
    let Some(text) = text else { return Ok(None) };
    match GuardMode::parse(&text) {
        Some(mode) => Ok(Some(mode)),
        None => Err(format!("--guard / FLOORKEY_GUARD `{text}` must be warn or enforce")),
    }
}

fn operator_key(id: Option<String>, secret: Option<String>) -> Result<Option<OperatorKeyPreset>, String> {
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => {
            let id = floorkey::AccessKeyId::parse(&id).ok_or_else(|| {
                "--operator-access-key-id / FLOORKEY_OPERATOR_ACCESS_KEY_ID must have 16 to 128 letters, digits \
                and underscores"
                    .to_owned()
            })?;
            if secret.len() < 16 {
                return Err("--operator-secret-access-key / FLOORKEY_OPERATOR_SECRET_ACCESS_KEY must have at \
                    least 16 characters"
                    .to_owned());
            }
            Ok(Some(OperatorKeyPreset { id, secret: Zeroizing::new(secret) }))
        }
        _ => Err("FLOORKEY_OPERATOR_ACCESS_KEY_ID and FLOORKEY_OPERATOR_SECRET_ACCESS_KEY require each other: set \
            both, or neither"
            .to_owned()),
    }
}
