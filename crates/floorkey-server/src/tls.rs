//! TLS connections. The certificate and the private key are in two files, which are reloaded when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig, SupportedProtocolVersion, version};

/// The interval between checks for changed files.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// The timeout of the TLS handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The supported versions of TLS.
const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];

/// The paths of the certificate file and the key file.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    /// The file with the server's certificate and the intermediate certificates, in PEM format.
    pub(crate) certificate: PathBuf,
    /// The file with the private key, in PEM format.
    pub(crate) key: PathBuf,
}

/// The reason why a certificate or its key can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file can't be read, or is not in PEM format.
    #[error("{}: {error}", path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system or the parser.
        error: pem::Error,
    },
    /// The certificate file has no certificate.
    #[error("{}: the file has no certificate in PEM format", .0.display())]
    NoCertificate(PathBuf),
    /// The key does not match the certificate, or has an unsupported type.
    #[error("{} and {}: {error}", files.certificate.display(), files.key.display())]
    Mismatch {
        /// The paths of both files.
        files: TlsFiles,
        /// The error of the TLS library.
        error: rustls::Error,
    },
    /// The TLS library does not support the protocol versions.
    #[error(transparent)]
    Protocol(rustls::Error),
}

/// The TLS configuration of the server.
pub(crate) struct Tls {
    files: TlsFiles,
    current: Arc<CurrentKey>,
    acceptor: TlsAcceptor,
}

/// The current certificate and key.
#[derive(Debug)]
struct CurrentKey(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for CurrentKey {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Tls {
    /// Loads the certificate and the key.
    ///
    /// # Errors
    /// Returns an error if a file can't be read or is not PEM, or if the key does not match the certificate.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let current = Arc::new(CurrentKey(ArcSwap::from_pointee(load_pair(&files)?)));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&VERSIONS)
            .map_err(TlsError::Protocol)?;
        let mut config = config.with_no_client_auth().with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { files, current, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Returns the acceptor for TLS connections.
    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Returns the warning to log if clients that use this host name or address will not accept the certificate. Returns
    /// `None` if the certificate is valid for the host.
    pub(crate) fn host_mismatch(&self, host: &str) -> Option<String> {
        let current = self.current.0.load();
        let certificate = current.end_entity_cert().and_then(ParsedCertificate::try_from);
        let name = ServerName::try_from(host.trim_start_matches('[').trim_end_matches(']'));
        let is_valid = match (&certificate, &name) {
            (Ok(certificate), Ok(name)) => verify_server_name(certificate, name).is_ok(),
            _ => false,
        };
        (!is_valid).then(|| {
            format!(
                "the certificate in {} is not valid for `{host}`, the host of the public URL, so clients will not connect. \
                Set FLOORKEY_PUBLIC_URL to a URL with a host of the certificate, or use a certificate for `{host}`: \
                `floorkey tls self-signed --host {host}` creates one",
                self.files.certificate.display()
            )
        })
    }

    /// While the server runs, reloads the certificate and the key when one of the files changes. Files are not loaded
    /// if they are invalid or if the key does not match the certificate.
    pub(crate) async fn watch(&self) {
        let mut loaded = self.modification_times();
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            let now = self.modification_times();
            if now == loaded {
                continue;
            }
            match load_pair(&self.files) {
                Ok(pair) => {
                    self.current.0.store(Arc::new(pair));
                    loaded = now;
                    tracing::info!("the TLS certificate was reloaded");
                }
                // Only one of the two files may have been replaced so far. The next check tries to load the files
                // again.
                Err(problem) => tracing::warn!(%problem, "the changed TLS certificate is invalid and was not loaded"),
            }
        }
    }

    fn modification_times(&self) -> [Option<SystemTime>; 2] {
        let modified = |path: &Path| std::fs::metadata(path).and_then(|facts| facts.modified()).ok();
        [modified(&self.files.certificate), modified(&self.files.key)]
    }
}

fn load_pair(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let file_error = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File { path, error }
    };
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(file_error(&files.certificate))?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate(files.certificate.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(file_error(&files.key))?;
    CertifiedKey::from_der(certificates, key, &ring::default_provider())
        .map_err(|error| TlsError::Mismatch { files: files.clone(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str) -> TlsFiles {
        let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let files =
            TlsFiles { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
        std::fs::write(&files.certificate, pair.cert.pem()).unwrap();
        std::fs::write(&files.key, pair.signing_key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn a_host_that_the_certificate_does_not_have_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let tls = Tls::open(write(folder.path(), "one")).unwrap();
        assert_eq!(tls.host_mismatch("localhost"), None);
        for host in ["floorkey.example.com", "127.0.0.1", "[::1]", "not a host"] {
            let warning = tls.host_mismatch(host).unwrap();
            assert!(warning.contains(&format!("`{host}`")) && warning.contains("one.pem"), "{warning}");
        }
    }

    #[test]
    fn only_a_matching_pair_is_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (write(folder.path(), "one"), write(folder.path(), "other"));
        assert!(Tls::open(one.clone()).is_ok());
        let mixed = TlsFiles { certificate: one.certificate.clone(), key: other.key };
        assert!(Tls::open(mixed).err().unwrap().to_string().contains("one.pem"));
        let missing = TlsFiles { certificate: folder.path().join("none.pem"), key: one.key.clone() };
        assert!(Tls::open(missing).err().unwrap().to_string().contains("none.pem"));
        let swapped = TlsFiles { certificate: one.key, key: one.certificate };
        assert!(Tls::open(swapped).is_err());
    }
}
