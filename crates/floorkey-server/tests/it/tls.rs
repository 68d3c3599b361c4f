//! Tests TLS with the operator's own certificate.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::server::{ADMIN_PASSWORD, answering, floorkey};

/// A server with TLS. Dropping this value stops the server.
struct Encrypted {
    child: Child,
    address: SocketAddr,
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn self_signed(folder: &Path, more: &[&str]) -> std::process::Output {
    floorkey(folder).args(["tls", "self-signed"]).args(more).output().unwrap()
}

fn serve(folder: &Path) -> Encrypted {
    let mut command = floorkey(folder);
    command.args(["serve", "--tls-cert", "floorkey-cert.pem", "--tls-key", "floorkey-key.pem"]);
    let (child, address) = answering(command);
    Encrypted { child, address }
}

/// Sends a request over TLS. The client trusts only the given certificate.
fn ask(address: SocketAddr, trusted: &CertificateDer<'static>, request: &str) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 8192];
    // The server closes the connection without a TLS close message, which the TLS library reports as an error.
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..read]);
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn certificate(folder: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(folder.join("floorkey-cert.pem")).unwrap()
}

#[test]
fn over_tls_cookies_are_bound_to_the_host_and_a_new_certificate_needs_no_restart() {
    let folder = tempfile::tempdir().unwrap();
    let made = self_signed(folder.path(), &[]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(made.status.success() && said.contains("--tls-cert") && said.contains("SSL_CERT_FILE"), "{said}");
    assert!(!self_signed(folder.path(), &[]).status.success(), "nothing is written over unasked");
    let server = serve(folder.path());
    let first = certificate(folder.path());

    let body = format!("username=admin&password={ADMIN_PASSWORD}");
    let login = format!(
        "POST /connect/login HTTP/1.1\r\nHost: localhost\r\nOrigin: https://localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(server.address, &first, &login).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let lower = answer.to_ascii_lowercase();
    assert!(lower.contains("strict-transport-security: max-age="), "{answer}");
    let session = answer.lines().find(|line| line.contains("__Host-floorkey-session=")).expect("a session's cookie");
    assert!(session.contains("Secure") && session.contains("HttpOnly") && session.contains("Path=/"), "{session}");

    // A plain HTTP request gets no valid response.
    let mut plain = TcpStream::connect(server.address).unwrap();
    plain.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));

    let live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(self_signed(folder.path(), &["--force"]).status.success());
    let second = certificate(folder.path());
    let begun = Instant::now();
    while ask(server.address, &second, live).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(40), "the new certificate is not loaded");
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(ask(server.address, &first, live).is_err());
}

#[cfg(unix)]
#[test]
fn a_self_signed_certificate_is_public_and_its_key_is_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let made = self_signed(folder.path(), &["--host", "floorkey.example.com"]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(said.contains("for floorkey.example.com, localhost, 127.0.0.1, ::1, valid for 397 days"), "{said}");
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("floorkey-cert.pem"), mode("floorkey-key.pem")), (0o644, 0o600));
    // The permissions of files that are overwritten are corrected.
    for name in ["floorkey-cert.pem", "floorkey-key.pem"] {
        std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    assert!(self_signed(folder.path(), &["--force"]).status.success());
    assert_eq!((mode("floorkey-cert.pem"), mode("floorkey-key.pem")), (0o644, 0o600));
}

#[test]
fn a_certificate_that_does_not_fit_the_public_url_causes_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    assert!(self_signed(folder.path(), &[]).status.success());
    // The server exits by itself, because the key file is invalid.
    std::fs::write(folder.path().join("no.key"), "no key").unwrap();
    let warning = |public_url: &str| {
        let mut command = floorkey(folder.path());
        command.args(["serve", "--tls-cert", "floorkey-cert.pem", "--tls-key", "floorkey-key.pem"]);
        command.args(["--key-file", "no.key", "--public-url", public_url]).env("FLOORKEY_LOG", "warn");
        let output = command.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let warned = warning("https://floorkey.example.com:8443");
    assert!(warned.contains("is not valid for `floorkey.example.com`, the host of the public URL"), "{warned}");
    for public_url in ["https://localhost:8443", "https://127.0.0.1", "https://[::1]:8443"] {
        let warned = warning(public_url);
        assert!(!warned.contains("is not valid for"), "{public_url}: {warned}");
    }
}

#[test]
fn incomplete_or_missing_certificate_files_are_reported_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = floorkey(folder.path()).arg("serve").args(arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run(&["--tls-cert", "x.pem"]).contains("require each other"));
    let missing = run(&["--listen", "127.0.0.1:0", "--tls-cert", "x.pem", "--tls-key", "y.pem"]);
    assert!(missing.contains("x.pem"), "{missing}");
}

#[test]
fn health_uses_tls_when_the_settings_have_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    // The certificate is valid neither for the loopback address nor by an authority that this machine trusts.
    assert!(self_signed(folder.path(), &["--host", "floorkey.example.com"]).status.success());
    let server = serve(folder.path());
    let health = |arguments: &[&str]| {
        let mut command = floorkey(folder.path());
        command.args(["health"]).args(arguments).env("FLOORKEY_LISTEN", server.address.to_string());
        command.output().unwrap()
    };
    let certificate = ["--tls-cert", "floorkey-cert.pem", "--tls-key", "floorkey-key.pem"];
    let ready = health(&certificate);
    assert!(ready.status.success() && ready.stdout == b"ready\n", "{ready:?}");
    assert!(!health(&[]).status.success());
    // A URL can be that of another machine, so its certificate is verified.
    let unverified = health(&["--url", &format!("https://{}", server.address)]);
    let problem = String::from_utf8_lossy(&unverified.stderr).into_owned();
    assert!(!unverified.status.success() && problem.contains("certificate"), "{problem}");
}
