//! Signed calls to a server.

use std::time::Duration;

use floorkey::Timestamp;
use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::tls::{RootCerts, TlsConfig};
use zeroize::Zeroizing;

use super::signature::{Signer, Unsigned};
use floorkey_service::{clock, entropy};

/// The timeout of an API call. Some calls take a long time, because the server hashes a password.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The characters that are percent-encoded in paths and queries: all except the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The reason why a call to a server failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    /// The server's URL is invalid.
    #[error("the endpoint `{0}` is not an HTTP or HTTPS URL. Example: http://127.0.0.1:8080")]
    InvalidEndpoint(String),
    /// The server can't be reached.
    #[error(
        "can't reach {endpoint}: {error}. Check that the server is running, or specify another address with --endpoint \
        or FLOORKEY_ENDPOINT"
    )]
    Unreachable {
        /// The server's URL.
        endpoint: String,
        /// The error of the HTTP client.
        error: Box<ureq::Error>,
    },
    /// The server does not answer a health check.
    #[error("can't reach {url}: {error}")]
    NoAnswer {
        /// The server's URL.
        url: String,
        /// The error of the HTTP client.
        error: Box<ureq::Error>,
    },
    /// The server runs but can't read or write.
    #[error("{url} is {problem}")]
    NotReady {
        /// The server's URL.
        url: String,
        /// The server's response: `not ready`, with the reason.
        problem: String,
    },
    /// Another server responded.
    #[error("{endpoint} responded with {status} and does not appear to be a Floorkey server")]
    NotFloorkey {
        /// The server's URL.
        endpoint: String,
        /// The status of the response.
        status: http::StatusCode,
    },
    /// The server responded with an error of the Amazon Connect API or the management API.
    #[error("{message} ({kind})")]
    Exception {
        /// The message for people.
        message: String,
        /// The name of the error.
        kind: String,
    },
    /// The decision API responded with an error.
    #[error("{0}")]
    Decision(String),
    /// The decision API does not accept the token.
    #[error("{endpoint} responded: {message} To use another server, set --endpoint or FLOORKEY_ENDPOINT")]
    Unauthorized {
        /// The server's URL.
        endpoint: String,
        /// The server's message.
        message: String,
    },
    /// The API token can't be sent.
    #[error("FLOORKEY_API_TOKEN contains characters that are not allowed in an HTTP header")]
    InvalidToken,
    /// The request can't be signed.
    #[error(transparent)]
    Signature(#[from] floorkey_aws::sigv4::AuthError),
    /// The request can't be built, for example because an argument has characters that are not allowed in a URL.
    #[error(transparent)]
    Request(#[from] http::Error),
}

impl ClientError {
    /// Returns the error for a server that can't be reached.
    pub(super) fn unreachable(endpoint: &str, error: ureq::Error) -> Self {
        Self::Unreachable { endpoint: endpoint.to_owned(), error: Box::new(error) }
    }
}

/// A client for one server. The client signs all calls with the same access key.
pub(super) struct Client {
    agent: ureq::Agent,
    endpoint: String,
    host: String,
    /// The path of the endpoint, without a trailing slash.
    prefix: String,
    region: String,
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
}

impl Client {
    /// Creates a client for the server at this URL.
    ///
    /// # Errors
    /// Returns an error if the URL is not an HTTP or HTTPS URL.
    pub(super) fn new(
        endpoint: &str,
        region: String,
        access_key_id: String,
        secret_access_key: Zeroizing<String>,
    ) -> Result<Self, ClientError> {
        let (endpoint, uri) = parse_endpoint(endpoint)?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        Ok(Self {
            agent: agent(),
            host,
            prefix: uri.path().trim_end_matches('/').to_owned(),
            endpoint,
            region,
            access_key_id,
            secret_access_key,
        })
    }

    /// Calls the server. `path` contains the unencoded segments of the path.
    ///
    /// # Errors
    /// Returns an error if the server can't be reached, or if it responds with an error.
    pub(super) fn call(
        &self,
        method: &str,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let segments: String = path.iter().map(|segment| format!("/{}", encode(segment))).collect();
        let raw_path = format!("{}{segments}", self.prefix);
        let pairs: Vec<String> =
            query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let raw_query = pairs.join("&");
        let body = body.map(Value::to_string);
        let time = amz_date(clock::now());
        let invocation = uuid::Uuid::from_u128(entropy::random_id()).to_string();
        let call = Unsigned {
            method,
            raw_path: &raw_path,
            raw_query: &raw_query,
            host: &self.host,
            time: &time,
            invocation: &invocation,
            body: body.as_deref().unwrap_or_default().as_bytes(),
        };
        let signer = Signer {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
            region: &self.region,
        };
        let authorization = signer.authorization(&call)?;
        let separator = if raw_query.is_empty() { "" } else { "?" };
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{segments}{separator}{raw_query}", self.endpoint))
            .header("Host", &self.host)
            .header("X-Amz-Date", &time)
            .header("Amz-Sdk-Invocation-Id", &invocation)
            .header("Authorization", authorization);
        let result = match body {
            None => request.body(()).map(|request| self.agent.run(request)),
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                request.body(body).map(|request| self.agent.run(request))
            }
        };
        let answer = result?.map_err(|error| ClientError::unreachable(&self.endpoint, error))?;
        self.parse_response(answer)
    }

    fn parse_response(&self, mut answer: http::Response<ureq::Body>) -> Result<Value, ClientError> {
        let status = answer.status();
        let kind = answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let text =
            answer.body_mut().read_to_string().map_err(|error| ClientError::unreachable(&self.endpoint, error))?;
        let value: Option<Value> = serde_json::from_str(&text).ok();
        match (status.is_success(), value) {
            (true, Some(value)) => Ok(value),
            (false, Some(value)) if kind.is_some() => {
                let message = value.get("Message").or_else(|| value.get("message")).and_then(Value::as_str);
                Err(ClientError::Exception {
                    message: message.unwrap_or("the server refused it").to_owned(),
                    kind: kind.unwrap_or_default(),
                })
            }
            _ => Err(ClientError::NotFloorkey { endpoint: self.endpoint.clone(), status }),
        }
    }
}

/// Parses a server's URL and removes a trailing slash.
///
/// # Errors
/// Returns an error if `endpoint` is not an HTTP or HTTPS URL.
pub(super) fn parse_endpoint(endpoint: &str) -> Result<(String, Uri), ClientError> {
    let endpoint = endpoint.trim_end_matches('/');
    let wrong = || ClientError::InvalidEndpoint(endpoint.to_owned());
    let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
    let is_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    match is_host && matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none() {
        true => Ok((endpoint.to_owned(), uri)),
        false => Err(wrong()),
    }
}

/// Creates an HTTP client for API calls.
pub(super) fn agent() -> ureq::Agent {
    AgentSettings::new(TIMEOUT).agent()
}

/// The settings of an HTTP client.
pub(super) struct AgentSettings(ureq::config::ConfigBuilder<ureq::typestate::AgentScope>);

impl AgentSettings {
    /// Returns the default settings with this timeout for a whole request.
    pub(super) fn new(timeout: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            // Redirects are not followed, because a redirect could send the call to another server.
            .max_redirects(0)
            .user_agent(concat!("floorkey/", env!("CARGO_PKG_VERSION")))
            // All certificate authorities that this machine trusts are accepted, because self-hosted servers often use
            // a private certificate authority.
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build());
        Self(config)
    }

    /// Replaces the settings of TLS.
    pub(super) fn with_tls(self, tls: TlsConfig) -> Self {
        Self(self.0.tls_config(tls))
    }

    /// Ignores a proxy in the environment.
    pub(super) fn without_proxy(self) -> Self {
        Self(self.0.proxy(None))
    }

    /// Creates the client.
    pub(super) fn agent(self) -> ureq::Agent {
        ureq::Agent::new_with_config(self.0.build())
    }
}

/// Formats a time as in signatures: `20150830T123600Z`.
fn amz_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_formatted_for_signatures() {
        assert_eq!(amz_date(Timestamp::from_millis(1_440_938_160_999)), "20150830T123600Z");
    }

    #[test]
    fn an_endpoint_is_an_http_url() {
        let client = |endpoint: &str| Client::new(endpoint, String::new(), String::new(), Zeroizing::default());
        let sound = client("https://floorkey.example.com/behind/a/proxy/").unwrap();
        assert_eq!((sound.host.as_str(), sound.prefix.as_str()), ("floorkey.example.com", "/behind/a/proxy"));
        for wrong in ["", "localhost:8080", "ftp://x", "http://", "http://a b", "http://u:p@x", "http://x/?y", "/x"] {
            assert!(client(wrong).is_err(), "{wrong}");
        }
    }
}
