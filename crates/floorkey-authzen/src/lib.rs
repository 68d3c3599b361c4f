//! The AuthZEN Authorization API 1.0 (OpenID Foundation, 11 January 2026): decisions for applications.
//!
//! An application authenticates with its API token, which identifies the instance. The application sends an evaluation,
//! a batch of evaluations, or a search for subjects, resources or actions. A denial is a normal response with status
//! 200. The status is 400 for an invalid request, and 401 or 403 for a caller who is not authenticated or not
//! authorized. The listener checks for these endpoints before all other routes. An evaluation needs no lock and no
//! separate task, and its response is written into a single buffer.
//!
//! A body can have at most 1 MiB. Objects and arrays can be nested at most 32 levels deep, and a batch can have at most
//! 1,000 evaluations.

mod api_error;
mod arn;
mod bearer;
mod endpoint;
mod evaluate;
mod evaluator;
mod explain;
mod incoming_body;
mod json;
mod metadata;
mod page_token;
mod parse;
mod render;
mod request_id;
mod response;
mod results;
mod search;

use std::sync::Arc;
use std::time::Duration;

use floorkey::{Directory, Revision, Timestamp};
use floorkey_http::FullResponse;
use floorkey_service::clock;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use hyper::body::Incoming;

use api_error::ApiError;
use bearer::{ActiveTokenSettings, BearerToken};
pub use endpoint::Endpoint;
pub use endpoint::PATHS;
use endpoint::Route;
pub use evaluate::{EvaluationError, evaluate};
use evaluator::Evaluator;
use incoming_body::IncomingBody;

/// The state of the AuthZEN API.
pub struct AuthZen {
    /// The service, which provides directories and counts how often permissions are used.
    pub service: Arc<Service>,
    /// Authenticates page tokens.
    pub sealer: Arc<Sealer>,
    /// The region in ARNs.
    pub region: String,
    /// The account in ARNs.
    pub account: String,
    /// The public URL of the server, without a trailing slash.
    pub public_url: String,
}

/// The name of the AuthZEN API in metrics.
pub const SURFACE: &str = "authzen";

/// How long a request waits for the minimum revision that it requires.
const REVISION_WAIT: Duration = Duration::from_millis(500);

/// Whether the bytes are a valid request to at least one endpoint. Used for fuzzing.
#[doc(hidden)]
#[must_use]
pub fn is_request(bytes: &[u8]) -> bool {
    use parse::Shape;
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let shapes = [Shape::Evaluation, Shape::Evaluations, Shape::Search, Shape::SearchActions];
    shapes.map(|shape| parse::body(text, shape).is_ok()).contains(&true)
}

/// Whether a path belongs to the AuthZEN API.
#[inline]
pub fn is_authzen(path: &str) -> bool {
    path.starts_with("/access/v1") || path.starts_with("/.well-known/authzen-configuration")
}

/// An authorized request to an endpoint. The request's body may not have been received completely.
pub struct PendingRequest {
    /// The endpoint that the request was sent to.
    pub endpoint: Endpoint,
    request_id: Option<HeaderValue>,
    token: BearerToken,
    directory: Arc<Directory>,
    settings: ActiveTokenSettings,
    at: Timestamp,
    incoming: IncomingBody,
}

/// The result of parsing a body.
enum ParsedRequest {
    /// The body of the response.
    Answer(Vec<u8>),
    /// A search, which runs on another thread.
    Search,
    /// A request that requires a later revision than the directory has reached. Contains the required revision.
    Later(Revision),
}

/// Processes the head of a request and starts receiving its body.
///
/// # Errors
/// Returns an error if the request needs no body, because it is for metadata or is refused. The error contains the
/// response. It also contains the endpoint if the request was sent to an endpoint.
pub fn begin(
    state: &AuthZen,
    parts: &Parts,
    body: Incoming,
) -> Result<PendingRequest, (Option<Endpoint>, FullResponse)> {
    let route = endpoint::route(&parts.uri);
    let response = match (&route, parts.method.as_str()) {
        (Route::Endpoint(endpoint), "POST") => match PendingRequest::new(state, *endpoint, &parts.headers, body) {
            Ok(pending) => return Ok(pending),
            Err(error) => Err(error),
        },
        (Route::Endpoint(_), _) => Err(ApiError::method_not_allowed("POST")),
        (Route::Metadata(instance), "GET" | "HEAD") => {
            Ok(response::cached_json(metadata::response_body(state, instance.as_deref())))
        }
        (Route::Metadata(_), _) => Err(ApiError::method_not_allowed("GET, HEAD")),
        (Route::None, _) => Err(ApiError::not_found()),
    };
    let endpoint = match route {
        Route::Endpoint(endpoint) => Some(endpoint),
        Route::Metadata(_) | Route::None => None,
    };
    let request_id = request_id::from_headers(&parts.headers);
    Err(match response {
        Ok(answer) => (endpoint, with_request_id(answer, request_id)),
        Err(error) => (endpoint, error_response(error, endpoint, request_id)),
    })
}

// Every request copies its whole future, so the future must be small. Therefore these futures borrow their data while
// they wait, and futures that are rarely used are boxed.
impl PendingRequest {
    /// Authorizes a request and starts receiving its body.
    ///
    /// # Errors
    /// Returns an error if the request is not authorized, or if its headers are not acceptable.
    fn new(state: &AuthZen, endpoint: Endpoint, headers: &HeaderMap, body: Incoming) -> Result<Self, ApiError> {
        let (token, at) = (BearerToken::from_headers(headers)?, clock::now());
        let (directory, settings) = token.authorize(state.service.engine(), endpoint, at)?;
        check_headers(headers)?;
        let (request_id, incoming) = (request_id::from_headers(headers), IncomingBody::new(body)?);
        Ok(Self { endpoint, request_id, token, directory, settings, at, incoming })
    }

    /// Returns the response to the request.
    pub async fn answer(&mut self, state: &Arc<AuthZen>) -> FullResponse {
        match self.respond_or_fail(state).await {
            Ok(text) => with_request_id(response::json(text), self.request_id.take()),
            Err(error) => error_response(error, Some(self.endpoint), self.request_id.take()),
        }
    }

    async fn respond_or_fail(&mut self, state: &Arc<AuthZen>) -> Result<Vec<u8>, ApiError> {
        let collected = self.incoming.collect().await?;
        if !collected.arrived_with_head {
            // While the body was being received, the token may have been revoked and profiles may have changed.
            self.reauthorize(state)?;
        }
        let mut parsed = self.parse(state, &collected.bytes)?;
        if let ParsedRequest::Later(minimum) = parsed {
            Box::pin(self.wait(state, minimum)).await?;
            parsed = self.parse(state, &collected.bytes)?;
        }
        match parsed {
            ParsedRequest::Answer(text) => Ok(text),
            ParsedRequest::Search => {
                let (directory, settings) = (self.directory.clone(), self.settings.clone());
                Box::pin(search::answer(state, self.endpoint, collected.bytes, directory, settings)).await
            }
            ParsedRequest::Later(minimum) => {
                Err(ApiError::revision_not_reached(minimum, Some(self.directory.revision())))
            }
        }
    }

    fn reauthorize(&mut self, state: &AuthZen) -> Result<(), ApiError> {
        self.at = clock::now();
        (self.directory, self.settings) = self.token.authorize(state.service.engine(), self.endpoint, self.at)?;
        Ok(())
    }

    /// Waits up to [`REVISION_WAIT`] for the given revision.
    async fn wait(&mut self, state: &AuthZen, minimum: Revision) -> Result<(), ApiError> {
        let (engine, instance) = (state.service.engine(), self.directory.instance());
        let later = engine.at_least(instance, minimum, REVISION_WAIT).await;
        later.ok_or_else(|| {
            ApiError::revision_not_reached(minimum, engine.current(instance).map(|now| now.revision()))
        })?;
        self.reauthorize(state)
    }

    /// Parses a body, and evaluates the request. Does not evaluate a search or a request that requires a later
    /// revision.
    fn parse(&self, state: &AuthZen, bytes: &[u8]) -> Result<ParsedRequest, ApiError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            ApiError::bad_request(format!("The body can't be read at byte {}: it is not UTF-8.", error.valid_up_to()))
        })?;
        let body = parse::body(text, self.endpoint.shape())?;
        let minimum = body.at_least();
        if self.directory.revision() < minimum {
            return Ok(ParsedRequest::Later(minimum));
        }
        if !matches!(self.endpoint, Endpoint::Evaluation | Endpoint::Evaluations) {
            return Ok(ParsedRequest::Search);
        }
        let evaluator = Evaluator { state, directory: &self.directory, settings: &self.settings, at: self.at };
        Ok(ParsedRequest::Answer(if body.items.is_empty() {
            evaluator.evaluate_one(&body)?
        } else {
            evaluator.evaluate_batch(&body)
        }))
    }
}

/// Adds the request ID to a response.
fn with_request_id(mut answer: FullResponse, request_id: Option<HeaderValue>) -> FullResponse {
    if let Some(id) = request_id {
        answer.headers_mut().insert(request_id::HEADER, id);
    }
    answer
}

/// Returns the response for an error. The response has a request ID even if the request has none.
fn error_response(error: ApiError, endpoint: Option<Endpoint>, request_id: Option<HeaderValue>) -> FullResponse {
    let id = request_id.unwrap_or_else(request_id::generate);
    let status = error.status().as_u16();
    match status {
        500 => tracing::error!(request_id = ?id, ?endpoint, status, "a request failed"),
        _ => tracing::debug!(request_id = ?id, ?endpoint, status, "a request was refused"),
    }
    with_request_id(error.into_response(), Some(id))
}

/// Checks the headers that declare the body's encoding and content type.
fn check_headers(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::bad_request("Content-Encoding is not supported. Send the JSON without encoding."));
    }
    match headers.get(header::CONTENT_TYPE) {
        Some(kind) if is_json(kind) => Ok(()),
        _ => Err(ApiError::bad_request("Content-Type must be application/json.")),
    }
}

fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind.as_bytes();
    let name = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    name.trim_ascii().eq_ignore_ascii_case(b"application/json")
}
