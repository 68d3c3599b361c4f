//! `floorkey health`: asks a server whether it is ready, for the health checks of containers and scripts.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use ureq::tls::TlsConfig;

use super::client::{AgentSettings, ClientError, parse_endpoint};
use super::{CliError, OutputFlags};
use crate::config::LocalServerFlags;

/// The timeout of the request. A server that needs longer is not ready.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum size of a response in bytes. The response of a server of Floorkey is one line.
const RESPONSE_MAX: u64 = 4096;

/// The response of a server that is ready.
const READY: &str = "ready";

/// Asks a server whether it can read and write; exits with 0 if it can, and with 1 and a message if not
///
/// Without a URL, asks the server on this machine, whose address is in the settings of `floorkey serve`. Its
/// certificate is then not verified, because it is valid for another name than the loopback address.
#[derive(Args)]
pub(super) struct Health {
    /// The server's URL [default: the listen address]
    #[arg(long, env = "FLOORKEY_ENDPOINT", value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    local: LocalServerFlags,
    #[command(flatten)]
    output_flags: OutputFlags,
}

impl Health {
    pub(super) fn run(self) -> Result<(), CliError> {
        let (url, agent) = match self.url {
            Some(url) => (parse_endpoint(&url)?.0, AgentSettings::new(TIMEOUT).agent()),
            None => (self.local.url()?, local_agent()),
        };
        let request = agent.get(format!("{url}/health/ready"));
        let no_answer = |error| ClientError::NoAnswer { url: url.clone(), error: Box::new(error) };
        let mut answer = request.call().map_err(no_answer)?;
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(RESPONSE_MAX).read_to_string();
        let body = body.map_err(no_answer)?;
        match body.trim_end() {
            READY if status == http::StatusCode::OK => {
                let value = json!({ "Url": url, "Ready": true });
                self.output_flags.output().print(&value, |_| READY.to_owned())
            }
            problem if status == http::StatusCode::SERVICE_UNAVAILABLE && problem.starts_with("not ready") => {
                let problem = problem.replace('\n', " ");
                Err(ClientError::NotReady { url, problem }.into())
            }
            _ => Err(ClientError::NotFloorkey { endpoint: url, status }.into()),
        }
    }
}

/// Creates a client for the server on this machine. The request contains no secret, and the response is only whether
/// the server is ready, so the certificate is not verified. A proxy in the environment is for other machines.
fn local_agent() -> ureq::Agent {
    let tls = TlsConfig::builder().disable_verification(true).build();
    AgentSettings::new(TIMEOUT).with_tls(tls).without_proxy().agent()
}
