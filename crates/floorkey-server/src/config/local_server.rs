//! The address of the server on this machine, for commands that call it without a URL.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

use super::{ConfigError, DEFAULT_LISTEN, parse_address, read_file, tls};

/// The settings of the server that determine its address. The flags, variables and keys are those of `floorkey serve`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct LocalServerFlags {
    /// Read settings from this TOML file [default: floorkey.toml in the working directory, if it exists]
    #[arg(long, env = "FLOORKEY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address that the server listens on [default: 127.0.0.1:8080]
    #[arg(long, env = "FLOORKEY_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The server's certificate; with a certificate, the server is called over TLS
    #[arg(long, env = "FLOORKEY_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate; not read
    #[arg(long, env = "FLOORKEY_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

impl LocalServerFlags {
    /// Returns the URL at which this machine reaches the server. Reads no other settings, so an invalid one of them
    /// does not prevent a call to a running server.
    ///
    /// # Errors
    /// Returns an error if the settings can't be read, if the address is invalid, or if it has no fixed port.
    pub(crate) fn url(self) -> Result<String, ConfigError> {
        let file = read_file(self.config.as_deref())?;
        let listen = self.listen.or(file.listen).unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let address = parse_address("--listen / FLOORKEY_LISTEN", &listen)?;
        if address.port() == 0 {
            let problem = format!("`{listen}` has no fixed port. Specify the server's URL with --url");
            return Err(ConfigError::setting("--listen / FLOORKEY_LISTEN", problem));
        }
        let tls = tls(self.tls_cert.or(file.tls_cert), self.tls_key.or(file.tls_key))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", reachable(address)))
    }
}

/// Replaces a wildcard address with the loopback address, because clients can't connect to a wildcard address.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(listen: Option<&str>, certificate: Option<&str>, key: Option<&str>) -> Result<String, ConfigError> {
        let listen = listen.map(str::to_owned);
        LocalServerFlags { config: None, listen, tls_cert: certificate.map(Into::into), tls_key: key.map(Into::into) }
            .url()
    }

    #[test]
    fn the_url_is_the_listening_address_as_this_machine_reaches_it() {
        for (listen, expected) in [
            (None, "http://127.0.0.1:8080"),
            (Some("0.0.0.0:9000"), "http://127.0.0.1:9000"),
            (Some("[::]:9000"), "http://[::1]:9000"),
            (Some("10.0.0.7:80"), "http://10.0.0.7:80"),
        ] {
            assert_eq!(url(listen, None, None).unwrap(), expected);
        }
        assert_eq!(url(None, Some("c.pem"), Some("k.pem")).unwrap(), "https://127.0.0.1:8080");
    }

    #[test]
    fn an_address_that_no_server_can_have_is_refused() {
        assert!(url(Some("127.0.0.1:0"), None, None).unwrap_err().to_string().contains("--url"));
        assert!(url(Some("nowhere"), None, None).unwrap_err().to_string().contains("Example: 127.0.0.1:8080"));
        assert!(url(None, Some("c.pem"), None).unwrap_err().to_string().contains("require each other"));
    }

    #[test]
    fn the_settings_file_has_the_address_too() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("floorkey.toml");
        let text = "listen = \"0.0.0.0:7000\"\ntls_cert = \"c\"\ntls_key = \"k\"\nsmtp_url = \"smtp://mail\"\n";
        std::fs::write(&config, text).unwrap();
        let flags = LocalServerFlags { config: Some(config.clone()), ..LocalServerFlags::default() };
        assert_eq!(flags.clone().url().unwrap(), "https://127.0.0.1:7000");
        assert_eq!(
            LocalServerFlags { listen: Some("127.0.0.2:1".to_owned()), ..flags }.url().unwrap(),
            "https://127.0.0.2:1"
        );
    }
}
