//! `floorkey tls`: creates a self-signed certificate for tests of TLS and for closed networks.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::OutputFlags;

/// Creates certificates for TLS.
#[derive(Args)]
pub(super) struct Tls {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a self-signed certificate and its key, and show how to use them
    SelfSigned(SelfSigned),
}

#[derive(Args)]
struct SelfSigned {
    /// A host name or IP address of the server; can be repeated
    #[arg(long = "host", value_name = "NAME", default_values_t = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()])]
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
    pub(super) fn run(self) -> Result<(), String> {
        match self.command {
            Command::SelfSigned(self_signed) => self_signed.run(),
        }
    }
}

impl SelfSigned {
    fn run(self) -> Result<(), String> {
        let mut params = rcgen::CertificateParams::new(self.hosts.clone())
            .map_err(|error| format!("--host {}: {error}", self.hosts.join(" --host ")))?;
        let name = self.hosts.first().map_or("floorkey", String::as_str);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let key = rcgen::KeyPair::generate().map_err(|error| error.to_string())?;
        let certificate = params.self_signed(&key).map_err(|error| error.to_string())?;
        let (cert_file, key_file) = (self.out.join("floorkey-cert.pem"), self.out.join("floorkey-key.pem"));
        std::fs::create_dir_all(&self.out).map_err(|error| format!("can't create {}: {error}", self.out.display()))?;
        self.write(&key_file, &key.serialize_pem())?;
        self.write(&cert_file, &certificate.pem())?;
        let fingerprint: Vec<String> =
            Sha256::digest(certificate.der()).iter().map(|byte| format!("{byte:02X}")).collect();
        let fingerprint = fingerprint.join(":");
        let value = json!({
            "Certificate": cert_file, "Key": key_file, "Hosts": self.hosts, "Sha256Fingerprint": fingerprint,
        });
        self.output_flags.output().print(&value, |_| {
            let (cert, key) = (cert_file.display(), key_file.display());
            format!(
                "Created {cert} and {key} for {hosts}.\n\nStart the server with them:\nfloorkey serve \
                --tls-cert {cert} --tls-key {key}\n\nBrowsers show a warning because the certificate is \
                self-signed. Compare its SHA-256 fingerprint before you continue:\n{fingerprint}\n\nTo make programs \
                trust it:\nexport SSL_CERT_FILE={cert}\nexport AWS_CA_BUNDLE={cert}",
                hosts = self.hosts.join(", "),
            )
        })
    }

    /// Writes a file that only its owner can read.
    fn write(&self, path: &Path, text: &str) -> Result<(), String> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true);
        if self.force {
            options.create(true).truncate(true)
        } else {
            options.create_new(true)
        };
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{} already exists. Move it, or overwrite it with --force", path.display())
            }
            _ => format!("can't write {}: {error}", path.display()),
        })
    }
}
