//! Calls to a server's decision API, which implements OpenID AuthZEN. Calls are authenticated with an API token.

use clap::Args;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::client::{ClientError, agent, parse_endpoint};
use super::connection::{DEFAULT_ENDPOINT, env_var};
use super::{CliError, InputError};
use crate::config::reachable;

/// The environment variable that contains the API token.
const TOKEN: &str = "FLOORKEY_API_TOKEN";

/// The server to call. The token in FLOORKEY_API_TOKEN determines the instance.
#[derive(Args)]
pub(super) struct DecisionFlags {
    /// The server's URL [default: AWS_ENDPOINT_URL_CONNECT, then FLOORKEY_LISTEN, then http://127.0.0.1:8080]
    #[arg(long, env = "FLOORKEY_ENDPOINT", value_name = "URL")]
    endpoint: Option<String>,
    /// Require a response at this revision or a later one, as returned by a change
    #[arg(long, value_name = "REVISION")]
    at_least_revision: Option<u64>,
}

/// A client for a server's decision API.
pub(super) struct DecisionClient {
    agent: ureq::Agent,
    endpoint: String,
    token: Zeroizing<String>,
    at_least: Option<u64>,
}

impl DecisionFlags {
    /// Creates a client from the flags and the environment.
    ///
    /// # Errors
    /// Returns an error if the environment has no API token, or if the URL is invalid.
    pub(super) fn client(&self) -> Result<DecisionClient, CliError> {
        let token = env_var(TOKEN).map(Zeroizing::new).ok_or(InputError::NoApiToken(TOKEN))?;
        let endpoint = self.endpoint.clone().or_else(|| env_var("AWS_ENDPOINT_URL_CONNECT"));
        let endpoint = endpoint.or_else(|| env_var("FLOORKEY_LISTEN").map(|listen| loopback_url(&listen)));
        let (endpoint, _) = parse_endpoint(endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT))?;
        Ok(DecisionClient { agent: agent(), endpoint, token, at_least: self.at_least_revision })
    }
}

/// Optional details in a response, which are not defined by AuthZEN.
#[derive(Clone, Copy)]
pub(super) enum DetailLevel {
    /// The reason for a decision, and the properties of search results.
    Details,
    /// The explanation of a decision for people who manage permissions.
    Explanation,
}

impl DetailLevel {
    /// Returns the key in `context.floorkey` that requests these details.
    const fn member(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Explanation => "explain",
        }
    }
}

/// Returns the URL of a server that listens at this address on this machine.
fn loopback_url(listen: &str) -> String {
    // A host name is not changed. Nor is an address that the server would refuse, so that error messages name it.
    match listen.parse() {
        Ok(address) => format!("http://{}", reachable(address)),
        Err(_) => format!("http://{listen}"),
    }
}

impl DecisionClient {
    /// Sends a request. `detail_level` determines which optional details the response includes.
    ///
    /// # Errors
    /// Returns an error if the server can't be reached, or if it responds with an error.
    pub(super) fn send(
        &self,
        path: &str,
        request_body: Value,
        detail_level: DetailLevel,
    ) -> Result<Value, ClientError> {
        let mut options = Map::from_iter([(detail_level.member().to_owned(), true.into())]);
        if let Some(revision) = self.at_least {
            options.insert("at_least_revision".to_owned(), revision.into());
        }
        let request_body = with_member(request_body, "context", json!({ "floorkey": options }));
        let authorization = Zeroizing::new(format!("Bearer {}", self.token.as_str()));
        let request = http::Request::post(format!("{}{path}", self.endpoint))
            .header("Authorization", authorization.as_str())
            .header("Content-Type", "application/json")
            .body(request_body.to_string())
            .map_err(|_| ClientError::InvalidToken)?;
        let mut answer = self.agent.run(request).map_err(|error| ClientError::unreachable(&self.endpoint, error))?;
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(u64::MAX).read_to_string();
        let body = body.map_err(|error| ClientError::unreachable(&self.endpoint, error))?;
        match (status.is_success(), serde_json::from_str(&body)) {
            (true, Ok(Value::Object(answer))) => Ok(Value::Object(answer)),
            (false, Ok(Value::String(message))) if status == http::StatusCode::UNAUTHORIZED => {
                Err(ClientError::Unauthorized { endpoint: self.endpoint.clone(), message })
            }
            (false, Ok(Value::String(message))) => Err(ClientError::Decision(message)),
            _ => Err(ClientError::NotFloorkey { endpoint: self.endpoint.clone(), status }),
        }
    }

    /// Returns all results of a search. Fetches the results page by page.
    ///
    /// # Errors
    /// Returns the errors of [`DecisionClient::send`].
    pub(super) fn search(&self, path: &str, request_body: &Value) -> Result<Vec<Value>, ClientError> {
        let mut results = Vec::new();
        let mut token = String::new();
        loop {
            let page = match token.as_str() {
                "" => json!({ "limit": PAGE_SIZE }),
                token => json!({ "limit": PAGE_SIZE, "token": token }),
            };
            let request_body = with_member(request_body.clone(), "page", page);
            let answer = self.send(path, request_body, DetailLevel::Details)?;
            results.extend(answer.get("results").and_then(Value::as_array).into_iter().flatten().cloned());
            let next = answer.get("page").and_then(|page| page.get("next_token")).and_then(Value::as_str);
            token = next.unwrap_or_default().to_owned();
            if token.is_empty() {
                return Ok(results);
            }
        }
    }
}

pub(super) fn with_member(mut object: Value, name: &str, value: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.insert(name.to_owned(), value);
    }
    object
}

/// The number of results per page of a search.
const PAGE_SIZE: u32 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_listening_address_becomes_a_loopback_url() {
        assert_eq!(loopback_url("0.0.0.0:9000"), "http://127.0.0.1:9000");
        assert_eq!(loopback_url("[::]:9000"), "http://[::1]:9000");
        assert_eq!(loopback_url("10.0.0.7:80"), "http://10.0.0.7:80");
        assert_eq!(loopback_url("localhost:80"), "http://localhost:80");
    }
}
