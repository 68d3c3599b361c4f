//! TLS, with a certificate and a key from two files that are reloaded when they change.

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

/// How often the files are checked for changes.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The timeout of the TLS handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The supported protocol versions.
const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];

/// The paths of the certificate and the key.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    /// The certificate and its intermediate certificates, in PEM.
    pub(crate) certificate: PathBuf,
    /// The private key, in PEM.
    pub(crate) key: PathBuf,
}

/// The TLS configuration of the server.
pub(crate) struct Tls {
    files: TlsFiles,
    present: Arc<Present>,
    acceptor: TlsAcceptor,
}

/// The current certificate and key.
#[derive(Debug)]
struct Present(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Present {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Tls {
    /// Loads the certificate and the key.
    ///
    /// # Errors
    /// If a file can't be read or is not PEM, or if the key does not match the certificate.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, String> {
        let present = Arc::new(Present(ArcSwap::from_pointee(read(&files)?)));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&VERSIONS)
            .map_err(|error| error.to_string())?;
        let mut config = config.with_no_client_auth().with_cert_resolver(present.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { files, present, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// The acceptor of TLS connections.
    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Reloads the files whenever one of them changes, as long as the server runs. An invalid pair is ignored.
    pub(crate) async fn follow(&self) {
        let mut known = self.changed();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.changed();
            if now == known {
                continue;
            }
            match read(&self.files) {
                Ok(pair) => {
                    self.present.0.store(Arc::new(pair));
                    known = now;
                    tracing::info!("the TLS certificate was reloaded");
                }
                // Perhaps only one of the two files has been replaced yet: tried again at the next check.
                Err(problem) => tracing::warn!(problem, "the changed TLS certificate is invalid and was not loaded"),
            }
        }
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        let changed = |path: &Path| std::fs::metadata(path).and_then(|facts| facts.modified()).ok();
        [changed(&self.files.certificate), changed(&self.files.key)]
    }
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, String> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&files.certificate, &error))?;
    if certificates.is_empty() {
        return Err(wrong(&files.certificate, &"the file has no certificate in PEM format"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, &error))?;
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
