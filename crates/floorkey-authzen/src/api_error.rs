//! Errors that prevent the server from making a decision.

use std::borrow::Cow;

use floorkey::Revision;
use floorkey::api_token::TokenScope;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::json::ParseError;
use super::response;
use floorkey_http::FullResponse;

/// An error response for the caller.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    message: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl ApiError {
    fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), header: None }
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, HeaderValue::from_static(value)));
        self
    }

    /// The error for an invalid request.
    pub(super) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The error for a body that exceeds the maximum size.
    pub(super) fn too_large() -> Self {
        let message = format!("The body is larger than {} bytes.", super::incoming_body::BYTES_MAX);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    /// The error for a request without a token.
    pub(super) fn no_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "A token is required. Send `Authorization: Bearer` with one of this instance's API tokens.",
        )
        .with(header::WWW_AUTHENTICATE, "Bearer realm=\"floorkey\"")
    }

    /// The error for a token that doesn't exist, has expired or was revoked. The response is the same in all three
    /// cases.
    pub(super) fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The token is unknown, has expired, or was revoked.")
            .with(header::WWW_AUTHENTICATE, "Bearer realm=\"floorkey\", error=\"invalid_token\"")
    }

    /// The error for a token that lacks the scope required by the endpoint.
    pub(super) fn out_of_scope(needed: TokenScope) -> Self {
        let message = format!("The token lacks the scope `{}`, which this endpoint requires.", needed.as_str());
        Self::new(StatusCode::FORBIDDEN, message).with(
            header::WWW_AUTHENTICATE,
            match needed {
                TokenScope::Evaluate => "Bearer realm=\"floorkey\", error=\"insufficient_scope\", scope=\"evaluate\"",
                TokenScope::Search => "Bearer realm=\"floorkey\", error=\"insufficient_scope\", scope=\"search\"",
            },
        )
    }

    /// The error for a path that doesn't exist.
    pub(super) fn not_found() -> Self {
        let message = "There is no endpoint at this path. For the endpoints, see /.well-known/authzen-configuration.";
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// The error for a method that the path doesn't support.
    pub(super) fn method_not_allowed(allowed: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("This path supports {allowed} only."))
            .with(header::ALLOW, allowed)
    }

    /// The error for a request that requires a revision that the server has not reached.
    pub(super) fn revision_not_reached(wanted: Revision, now: Option<Revision>) -> Self {
        let now = now.unwrap_or_default();
        let message = format!(
            "The request requires revision {wanted} or later, but this server is at revision {now}. Try again \
            later."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message).with(header::RETRY_AFTER, "1")
    }

    /// The error for a search that is refused because too many searches are running.
    pub(super) fn too_many_searches() -> Self {
        let message = "Too many searches by this instance's applications are running. Try again later.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, message).with(header::RETRY_AFTER, "1")
    }

    /// The error for a request that failed because of an internal error.
    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The request failed because of an internal error. See the server's log.",
        )
    }

    /// Returns the HTTP status of the response.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the HTTP response. Its body is the message as a JSON string.
    pub(super) fn into_response(self) -> FullResponse {
        let body = serde_json::to_vec(&self.message).unwrap_or_default();
        let mut answer = response::json(body);
        *answer.status_mut() = self.status;
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = self.header {
            answer.headers_mut().insert(name, value);
        }
        answer
    }
}

impl From<ParseError> for ApiError {
    fn from(error: ParseError) -> Self {
        Self::bad_request(error.to_string())
    }
}
