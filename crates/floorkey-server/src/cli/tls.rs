//! `floorkey tls`: creates a self-signed certificate for tests of TLS and for closed networks.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use floorkey::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{CliError, InputError, OutputFlags};
use floorkey_service::clock;

/// The names of the server on its own machine. Every certificate is valid for them.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The lifetime of a certificate in days. Browsers and operating systems reject certificates that are valid for longer
/// than 398 days.
const LIFETIME_DAYS: i64 = 397;

/// The permissions of the certificate file, which is public, and of the key file.
const CERTIFICATE_MODE: u32 = 0o644;
const KEY_MODE: u32 = 0o600;

/// Creates certificates for TLS.
#[derive(Args)]
pub(super) struct Tls {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a self-signed certificate and its key, and show how to use them
    ///
    /// The certificate is valid for 397 days, for localhost, 127.0.0.1 and ::1, and for the hosts that you name.
    SelfSigned(SelfSigned),
}

#[derive(Args)]
struct SelfSigned {
    /// Another host name or IP address of the server; can be repeated
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Write floorkey-cert.pem and floorkey-key.pem to this folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    output_flags: OutputFlags,
}

impl Tls {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::SelfSigned(self_signed) => self_signed.run(),
        }
    }
}

impl SelfSigned {
    fn run(self) -> Result<(), CliError> {
        let hosts = with_local_names(&self.hosts);
        let params =
            parameters(&hosts, clock::now()).map_err(|error| InputError::Hosts { hosts: self.hosts.clone(), error })?;
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let (cert_file, key_file) = (self.out.join("floorkey-cert.pem"), self.out.join("floorkey-key.pem"));
        std::fs::create_dir_all(&self.out).map_err(CliError::file("create", &self.out))?;
        self.write(&key_file, KEY_MODE, &key.serialize_pem())?;
        self.write(&cert_file, CERTIFICATE_MODE, &certificate.pem())?;
        let fingerprint: Vec<String> =
            Sha256::digest(certificate.der()).iter().map(|byte| format!("{byte:02X}")).collect();
        let fingerprint = fingerprint.join(":");
        let value = json!({
            "Certificate": cert_file, "Key": key_file, "Hosts": hosts, "Sha256Fingerprint": fingerprint,
        });
        self.output_flags.output().print(&value, |_| {
            let (cert, key) = (cert_file.display(), key_file.display());
            format!(
                "Created {cert} and {key} for {hosts}, valid for {LIFETIME_DAYS} days.\n\nStart the server with \
                them:\nfloorkey serve --tls-cert {cert} --tls-key {key}\n\nBrowsers show a warning because the \
                certificate is self-signed. Compare its SHA-256 fingerprint before you \
                continue:\n{fingerprint}\n\nTo make programs trust it:\nexport SSL_CERT_FILE={cert}\nexport \
                AWS_CA_BUNDLE={cert}",
                hosts = hosts.join(", "),
            )
        })
    }

    /// Writes a file with the given permissions. Replaces a file only with `--force`.
    fn write(&self, path: &Path, mode: u32, text: &str) -> Result<(), CliError> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true);
        if self.force {
            options.create(true).truncate(true)
        } else {
            options.create_new(true)
        };
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, KEY_MODE);
        let written = options.open(path).and_then(|mut file| {
            set_mode(&file, mode)?;
            file.write_all(text.as_bytes())
        });
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => InputError::FileExists(path.to_owned()).into(),
            _ => CliError::file("write", path)(error),
        })
    }
}

/// Sets the permissions of a file, whatever the umask and the permissions of an existing file are.
fn set_mode(file: &std::fs::File, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (file, mode);
    Ok(())
}

/// Returns the hosts, followed by the local names that are not among them.
fn with_local_names(hosts: &[String]) -> Vec<String> {
    let mut all = hosts.to_vec();
    all.extend(LOCAL_NAMES.map(str::to_owned));
    let mut seen = std::collections::HashSet::new();
    all.retain(|host| seen.insert(host.to_lowercase()));
    all
}

/// Returns the content of a certificate that begins at the start of the day, in UTC.
fn parameters(hosts: &[String], now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(hosts)?;
    let name = hosts.first().map_or("floorkey", String::as_str);
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let first = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    let last = first.saturating_add(jiff::Span::new().days(LIFETIME_DAYS));
    // The parameters of the constructor are a year, a month and a day in UTC.
    let [not_before, not_after] = [first, last].map(|day| {
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(day.year().into(), part(day.month()), part(day.day()))
    });
    (params.not_before, params.not_after) = (not_before, not_after);
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_has_the_local_names_and_a_limited_lifetime() {
        let hosts = with_local_names(&["floorkey.example.com".to_owned(), "LOCALHOST".to_owned()]);
        assert_eq!(hosts, ["floorkey.example.com", "LOCALHOST", "127.0.0.1", "::1"]);
        assert_eq!(with_local_names(&[]), LOCAL_NAMES);
        let now = Timestamp::from_millis(1_800_000_000_000);
        let params = parameters(&hosts, now).unwrap();
        assert_eq!((params.not_after - params.not_before).whole_days(), 397);
        assert_eq!(params.not_before.unix_timestamp(), 1_799_971_200);
        assert_eq!(params.subject_alt_names.len(), 4);
    }
}
