//! TLS connections. The certificate and the private key are in two files, which are reloaded when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion, version};

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
    pub(crate) fn open(files: TlsFiles) -> Result<Self, String> {
        let current = Arc::new(CurrentKey(ArcSwap::from_pointee(load_pair(&files)?)));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&VERSIONS)
            .map_err(|error| error.to_string())?;
        let mut config = config.with_no_client_auth().with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { files, current, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Returns the acceptor for TLS connections.
    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
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
                Err(problem) => tracing::warn!(problem, "the changed TLS certificate is invalid and was not loaded"),
            }
        }
    }

    fn modification_times(&self) -> [Option<SystemTime>; 2] {
        let modified = |path: &Path| std::fs::metadata(path).and_then(|facts| facts.modified()).ok();
        [modified(&self.files.certificate), modified(&self.files.key)]
    }
}

fn load_pair(files: &TlsFiles) -> Result<CertifiedKey, String> {
    let file_error = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| file_error(&files.certificate, &error))?;
    if certificates.is_empty() {
        return Err(file_error(&files.certificate, &"the file has no certificate in PEM format"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| file_error(&files.key, &error))?;
    CertifiedKey::from_der(certificates, key, &ring::default_provider())
        .map_err(|error| format!("{} and {}: {error}", files.certificate.display(), files.key.display()))
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
    fn only_a_matching_pair_is_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (write(folder.path(), "one"), write(folder.path(), "other"));
        assert!(Tls::open(one.clone()).is_ok());
        let mixed = TlsFiles { certificate: one.certificate.clone(), key: other.key };
        assert!(Tls::open(mixed).err().unwrap().contains("one.pem"));
        let missing = TlsFiles { certificate: folder.path().join("none.pem"), key: one.key.clone() };
        assert!(Tls::open(missing).err().unwrap().contains("none.pem"));
        let swapped = TlsFiles { certificate: one.key, key: one.certificate };
        assert!(Tls::open(swapped).is_err());
    }
}
