//! The AuthZEN Authorization API 1.0 (OpenID Foundation, 11 January 2026): decisions for applications.
//!
//! An application authenticates with its token, which identifies its instance, and sends one evaluation, a batch of
//! them, or a search for subjects, resources or actions. A denial is a normal response (200), an invalid request gets a
//! 400, and an authentication or authorization error of the caller gets a 401 or 403. The evaluation endpoints are
//! answered here, ahead of all other routes, on a short path: no lock, no separate task, a single buffer.
//!
//! Limits: a body of 1 MiB, objects and arrays nested 32 deep, 1,000 evaluations per batch.

mod answer;
mod arn;
mod ask;
mod bearer;
mod endpoint;
mod explain;
mod fault;
mod found;
mod json;
mod judge;
mod metadata;
mod page_token;
mod parse;
mod read;
mod render;
mod request_id;
mod search;

use std::sync::Arc;
use std::time::Duration;

use floorkey::{Directory, Revision, Timestamp};
use floorkey_http::Answer;
use floorkey_service::outside;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use hyper::body::Incoming;

pub use ask::{Unasked, ask};
use bearer::{Settings, Token};
pub use endpoint::Endpoint;
pub use endpoint::PATHS;
use endpoint::Route;
use fault::Fault;
use judge::Judge;
use read::Coming;

/// What the AuthZEN API works with.
pub struct AuthZen {
    /// The service, for directories and usage counts.
    pub service: Arc<Service>,
    /// Authenticates page tokens.
    pub sealer: Arc<Sealer>,
    /// The region in ARNs.
    pub region: String,
    /// The account in ARNs.
    pub account: String,
    /// The public address of the server, without a slash at the end.
    pub public_url: String,
}

/// The name of this interface in metrics.
pub const SURFACE: &str = "authzen";

/// How long a request waits for the minimum revision that it requires.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether the bytes are a request of any of the four forms. For fuzzing.
#[doc(hidden)]
#[must_use]
pub fn is_request(bytes: &[u8]) -> bool {
    use parse::Shape;
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let shapes = [Shape::Evaluation, Shape::Evaluations, Shape::Search, Shape::SearchActions];
    shapes.map(|shape| parse::body(text, shape).is_ok()).contains(&true)
}

/// Whether a path belongs to this interface.
#[inline]
pub fn is_authzen(path: &str) -> bool {
    path.starts_with("/access/v1") || path.starts_with("/.well-known/authzen-configuration")
}

/// An authorized request to an endpoint whose body has yet to be received and answered.
pub struct Posted {
    /// The endpoint.
    pub endpoint: Endpoint,
    request_id: Option<HeaderValue>,
    token: Token,
    directory: Arc<Directory>,
    settings: Settings,
    at: Timestamp,
    coming: Coming,
}

/// The result of parsing a body.
enum Read {
    /// The response.
    Answer(Vec<u8>),
    /// A search, which runs on another thread.
    Search,
    /// A request that requires this revision or a later one.
    Later(Revision),
}

/// Processes the head of a request and starts receiving its body.
///
/// # Errors
/// The response, if no body is needed: the request is for metadata, or it is refused. With the endpoint, if the request
/// was sent to one.
pub fn begin(state: &AuthZen, parts: &Parts, body: Incoming) -> Result<Posted, (Option<Endpoint>, Answer)> {
    let route = endpoint::route(&parts.uri);
    let answered = match (&route, parts.method.as_str()) {
        (Route::Endpoint(endpoint), "POST") => match Posted::new(state, *endpoint, &parts.headers, body) {
            Ok(posted) => return Ok(posted),
            Err(fault) => Err(fault),
        },
        (Route::Endpoint(_), _) => Err(Fault::method_not_allowed("POST")),
        (Route::Metadata(of), "GET" | "HEAD") => Ok(answer::cached_json(metadata::of(state, of.as_deref()))),
        (Route::Metadata(_), _) => Err(Fault::method_not_allowed("GET, HEAD")),
        (Route::None, _) => Err(Fault::not_found()),
    };
    let endpoint = match route {
        Route::Endpoint(endpoint) => Some(endpoint),
        Route::Metadata(_) | Route::None => None,
    };
    let request_id = request_id::given(&parts.headers);
    Err(match answered {
        Ok(answer) => (endpoint, identified(answer, request_id)),
        Err(fault) => (endpoint, refusal(fault, endpoint, request_id)),
    })
}

// Waiting futures borrow what they need, and rarely used ones are boxed: the size of a future is copied with every
// request.
impl Posted {
    /// Authorizes a request and starts receiving its body.
    ///
    /// # Errors
    /// If the request is not authorized, or if its headers are not acceptable.
    fn new(state: &AuthZen, endpoint: Endpoint, headers: &HeaderMap, body: Incoming) -> Result<Self, Fault> {
        let (token, at) = (Token::of(headers)?, outside::now());
        let (directory, settings) = token.admit(state.service.engine(), endpoint, at)?;
        check_headers(headers)?;
        let (request_id, coming) = (request_id::given(headers), Coming::new(body)?);
        Ok(Self { endpoint, request_id, token, directory, settings, at, coming })
    }

    /// Answers the request.
    pub async fn answer(&mut self, state: &Arc<AuthZen>) -> Answer {
        match self.answer_or_refuse(state).await {
            Ok(text) => identified(answer::json(text), self.request_id.take()),
            Err(fault) => refusal(fault, Some(self.endpoint), self.request_id.take()),
        }
    }

    async fn answer_or_refuse(&mut self, state: &Arc<AuthZen>) -> Result<Vec<u8>, Fault> {
        let came = self.coming.whole().await?;
        if !came.at_once {
            // While the body was being received, the token may have been revoked and profiles may have changed.
            self.admit_again(state)?;
        }
        let mut read = self.read(state, &came.bytes)?;
        if let Read::Later(needed) = read {
            Box::pin(self.wait(state, needed)).await?;
            read = self.read(state, &came.bytes)?;
        }
        match read {
            Read::Answer(text) => Ok(text),
            Read::Search => {
                let (directory, settings) = (self.directory.clone(), self.settings.clone());
                Box::pin(search::answer(state, self.endpoint, came.bytes, directory, settings)).await
            }
            Read::Later(needed) => Err(Fault::not_there_yet(needed, Some(self.directory.revision()))),
        }
    }

    fn admit_again(&mut self, state: &AuthZen) -> Result<(), Fault> {
        self.at = outside::now();
        (self.directory, self.settings) = self.token.admit(state.service.engine(), self.endpoint, self.at)?;
        Ok(())
    }

    /// Waits for a revision, up to [`PATIENCE`].
    async fn wait(&mut self, state: &AuthZen, needed: Revision) -> Result<(), Fault> {
        let (engine, instance) = (state.service.engine(), self.directory.instance());
        let later = engine.at_least(instance, needed, PATIENCE).await;
        later.ok_or_else(|| Fault::not_there_yet(needed, engine.current(instance).map(|now| now.revision())))?;
        self.admit_again(state)
    }

    /// Parses a body, and answers it unless it is a search.
    fn read(&self, state: &AuthZen, bytes: &[u8]) -> Result<Read, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Fault::bad_request(format!("The body can't be read at byte {}: it is not UTF-8.", error.valid_up_to()))
        })?;
        let body = parse::body(text, self.endpoint.shape())?;
        let needed = body.at_least();
        if self.directory.revision() < needed {
            return Ok(Read::Later(needed));
        }
        if !matches!(self.endpoint, Endpoint::Evaluation | Endpoint::Evaluations) {
            return Ok(Read::Search);
        }
        let judge = Judge { state, directory: &self.directory, settings: &self.settings, at: self.at };
        Ok(Read::Answer(if body.items.is_empty() { judge.one(&body)? } else { judge.batch(&body) }))
    }
}

/// Adds the ID of the request to the response.
fn identified(mut answer: Answer, request_id: Option<HeaderValue>) -> Answer {
    if let Some(id) = request_id {
        answer.headers_mut().insert(request_id::HEADER, id);
    }
    answer
}

/// The response for a fault. It has an ID even if the request doesn't.
fn refusal(fault: Fault, endpoint: Option<Endpoint>, request_id: Option<HeaderValue>) -> Answer {
    let id = request_id.unwrap_or_else(request_id::fresh);
    let status = fault.status().as_u16();
    match status {
        500 => tracing::error!(request_id = ?id, ?endpoint, status, "a request failed"),
        _ => tracing::debug!(request_id = ?id, ?endpoint, status, "a request was refused"),
    }
    identified(fault.answer(), Some(id))
}

/// Checks the headers that describe the encoding and type of the body.
fn check_headers(headers: &HeaderMap) -> Result<(), Fault> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Fault::bad_request("Content-Encoding is not supported. Send the JSON without encoding."));
    }
    match headers.get(header::CONTENT_TYPE) {
        Some(kind) if is_json(kind) => Ok(()),
        _ => Err(Fault::bad_request("Content-Type must be application/json.")),
    }
}

fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind.as_bytes();
    let name = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    name.trim_ascii().eq_ignore_ascii_case(b"application/json")
}
