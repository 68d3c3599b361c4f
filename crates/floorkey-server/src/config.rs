//! The settings of the server. They come from flags, environment variables, a TOML file and defaults, in this order of
//! precedence.

mod api_token;
mod ephemeral;
mod error;
mod local_server;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use api_token::{PresetToken, type_and_namespace};
use clap::Args;
pub(crate) use error::ConfigError;
use floorkey::GuardMode;
use lettre::message::Mailbox;
pub(crate) use local_server::{LocalServerFlags, reachable};
use serde::Deserialize;
use zeroize::Zeroizing;

use self::api_token::ApiTokenFlags;
use crate::tls::TlsFiles;
use crate::trusted_proxies::TrustedProxies;
use floorkey_service::passwords::Password;

/// The address that the server listens on if no other is set.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

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

impl Flags {
    /// Removes the preset API token if it comes from the environment only, and returns whether it did. Client commands
    /// read their token from the same variable.
    pub(crate) fn drop_token_of_environment(&mut self) -> bool {
        self.api_token.drop_token_of_environment(std::env::var("FLOORKEY_API_TOKEN").ok().as_deref())
    }
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

/// The limits on connections per client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionSettings {
    /// The maximum number of concurrent connections from one IPv4 address or one IPv6 /64. Trusted proxies are exempt.
    pub(crate) per_address_max: usize,
    /// How long a connection can wait for the next request.
    pub(crate) idle: Duration,
}

/// The preset access key of the operator.
pub(crate) struct OperatorKeyPreset {
    pub(crate) id: floorkey::AccessKeyId,
    pub(crate) secret: Zeroizing<String>,
}

/// Defaults that depend on how the server keeps its data.
struct Defaults {
    listen: &'static str,
    log: &'static str,
}

impl Config {
    /// Merges flags, environment variables and the TOML file, and validates the result.
    ///
    /// # Errors
    /// Returns an error if the TOML file can't be read or if a setting is invalid.
    pub(crate) fn load(flags: Flags) -> Result<Self, ConfigError> {
        let file = read_file(flags.config.as_deref())?;
        Self::merge(flags, file, &Defaults { listen: DEFAULT_LISTEN, log: "info" })
    }

    fn merge(flags: Flags, file: SettingsFile, defaults: &Defaults) -> Result<Self, ConfigError> {
        let or = |flag: Option<String>, file: Option<String>, default: &str| {
            flag.or(file).unwrap_or_else(|| default.to_owned())
        };
        let data = flags.data.or(file.data).unwrap_or_else(|| PathBuf::from("floorkey-data"));
        if data.exists() && !data.is_dir() {
            let value = data.display().to_string();
            return Err(ConfigError::value("--data / FLOORKEY_DATA", value, "is a file, not a folder"));
        }
        let region = or(flags.region, file.region, "us-east-1");
        let is_valid = region.split('-').count() >= 3
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_valid {
            let problem = "is not a region. Example: us-east-1";
            return Err(ConfigError::value("--region / FLOORKEY_REGION", region, problem));
        }
        let account_id = or(flags.account_id, file.account_id, "123456789012");
        if account_id.len() != 12 || !account_id.bytes().all(|byte| byte.is_ascii_digit()) {
            let problem = "is not an account ID. An account ID has 12 digits";
            return Err(ConfigError::value("--account-id / FLOORKEY_ACCOUNT_ID", account_id, problem));
        }
        let operator_key = operator_key(
            flags.operator_access_key_id.or(file.operator_access_key_id),
            flags.operator_secret_access_key.or(file.operator_secret_access_key),
        )?;
        let admin_password = match flags.admin_password.or(file.admin_password) {
            None => None,
            Some(text) => Some(Password::parse(&text).map_err(|invalid| {
                ConfigError::part("--admin-password / FLOORKEY_ADMIN_PASSWORD", &invalid.problem)
            })?),
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
            listen: parse_address("--listen / FLOORKEY_LISTEN", &or(flags.listen, file.listen, defaults.listen))?,
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
            log: or(flags.log, file.log, defaults.log),
        })
    }
}

fn read_file(explicit: Option<&Path>) -> Result<SettingsFile, ConfigError> {
    let path = explicit.unwrap_or(Path::new("floorkey.toml"));
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| ConfigError::Malformed { path: path.to_owned(), error: Box::new(error) }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && explicit.is_none() => Ok(SettingsFile::default()),
        Err(error) => Err(ConfigError::Unreadable { path: path.to_owned(), error }),
    }
}

fn parse_address(name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    use std::net::ToSocketAddrs as _;
    let resolved = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let problem = "is not an address with a port. Example: 127.0.0.1:8080";
    resolved.ok_or_else(|| ConfigError::value(name, text, problem))
}

fn public_url(text: Option<String>) -> Result<Option<String>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    match text.starts_with("http://") || text.starts_with("https://") {
        true => Ok(Some(text.trim_end_matches('/').to_owned())),
        false => Err(ConfigError::value(
            "--public-url / FLOORKEY_PUBLIC_URL",
            text,
            "is not an HTTP or HTTPS URL. Example: https://floorkey.example.com",
        )),
    }
}

fn connection_settings(per_address_max: Option<usize>, idle: Option<u64>) -> Result<ConnectionSettings, ConfigError> {
    let (per_address_max, idle) = (per_address_max.unwrap_or(1024), idle.unwrap_or(75));
    if per_address_max == 0 {
        let setting = "--connections-per-address / FLOORKEY_CONNECTIONS_PER_ADDRESS";
        return Err(ConfigError::setting(setting, "must be at least 1"));
    }
    if !(1..=3600).contains(&idle) {
        let problem = format!("{idle} must be between 1 and 3600");
        return Err(ConfigError::setting("--idle-seconds / FLOORKEY_IDLE_SECONDS", problem));
    }
    Ok(ConnectionSettings { per_address_max, idle: Duration::from_secs(idle) })
}

fn trusted_proxies(text: Option<String>) -> Result<TrustedProxies, ConfigError> {
    TrustedProxies::parse(&text.unwrap_or_default())
        .map_err(|error| ConfigError::part("--trusted-proxies / FLOORKEY_TRUSTED_PROXIES", &error))
}

fn mail_from(text: Option<String>, needed: bool) -> Result<Option<Mailbox>, ConfigError> {
    match text {
        Some(text) => text.parse().map(Some).map_err(|_| {
            let problem = "is not an email sender. Example: Floorkey <floorkey@example.com>";
            ConfigError::value("--mail-from / FLOORKEY_MAIL_FROM", text, problem)
        }),
        None if needed => {
            Err(ConfigError::Incomplete("FLOORKEY_SMTP_URL requires FLOORKEY_MAIL_FROM, the address of the sender"))
        }
        None => Ok(None),
    }
}

fn tls(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<TlsFiles>, ConfigError> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        _ => Err(ConfigError::Incomplete(
            "FLOORKEY_TLS_CERT and FLOORKEY_TLS_KEY require each other: set both, or neither",
        )),
    }
}

fn guard(text: Option<String>) -> Result<Option<GuardMode>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    match GuardMode::parse(&text) {
        Some(mode) => Ok(Some(mode)),
        None => Err(ConfigError::value("--guard / FLOORKEY_GUARD", text, "must be warn or enforce")),
    }
}

fn operator_key(id: Option<String>, secret: Option<String>) -> Result<Option<OperatorKeyPreset>, ConfigError> {
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => {
            let id = floorkey::AccessKeyId::parse(&id).filter(|id| id.as_str().len() >= 16).ok_or_else(|| {
                ConfigError::setting(
                    "--operator-access-key-id / FLOORKEY_OPERATOR_ACCESS_KEY_ID",
                    "must have 16 to 128 letters, digits and underscores",
                )
            })?;
            if secret.len() < 16 {
                let setting = "--operator-secret-access-key / FLOORKEY_OPERATOR_SECRET_ACCESS_KEY";
                return Err(ConfigError::setting(setting, "must have at least 16 characters"));
            }
            Ok(Some(OperatorKeyPreset { id, secret: Zeroizing::new(secret) }))
        }
        _ => Err(ConfigError::Incomplete(
            "FLOORKEY_OPERATOR_ACCESS_KEY_ID and FLOORKEY_OPERATOR_SECRET_ACCESS_KEY require each other: set both, or \
            neither",
        )),
    }
}
