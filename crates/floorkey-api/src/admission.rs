//! Authentication of the caller of an API call, before the call's operation is processed.

use std::sync::atomic::AtomicU64;

use floorkey::{Actor, InstanceId};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_http::{BODY_MAX, BodyError, FullRequest};

use crate::Api;
use crate::auth::{self, SignedService};
use crate::caller::Caller;

/// The outcome of an API call.
pub(crate) struct CallOutcome {
    /// The name of the operation, or `none` if the call matches no operation.
    pub(crate) operation: &'static str,
    /// Whether the operation only reads data.
    pub(crate) is_read: bool,
    /// The response body or the exception.
    pub(crate) result: Result<Vec<u8>, Exception>,
}

impl CallOutcome {
    /// Returns the outcome of a call that is rejected before its operation is known, or that matches no operation.
    pub(crate) fn unrouted(exception: Exception) -> Self {
        Self { operation: "none", is_read: false, result: Err(exception) }
    }
}

/// Authenticates the caller of an API call after the call's body has been received. `replaced` counts the users who
/// must set up new credentials after the call.
///
/// # Errors
/// Returns an error if the call can't be authenticated, or if its body is not acceptable.
pub(crate) async fn authenticate_caller<'a>(
    api: &'a Api,
    call: &FullRequest,
    request_id: &str,
    replaced: &'a AtomicU64,
) -> Result<Caller<'a>, Exception> {
    let (actor, own_instance) = authenticate_signer(SignedService::Connect, api, call, request_id).await?;
    Ok(Caller::new(api, actor, own_instance, replaced))
}

/// Authenticates the signer of a call, which must be signed for the given service. Returns the actor and the actor's
/// instance. The instance is `None` if the actor is the operator.
///
/// # Errors
/// Returns an error if the call can't be authenticated, or if its body is not acceptable.
pub(crate) async fn authenticate_signer(
    service: SignedService,
    api: &Api,
    call: &FullRequest,
    request_id: &str,
) -> Result<(Actor, Option<InstanceId>), Exception> {
    if call.parts.headers.contains_key(http::header::CONTENT_ENCODING) {
        let message = "Content-Encoding is not supported. Send the body without encoding.";
        return Err(Exception::new(ExceptionKind::UnsupportedMediaType, message));
    }
    match &call.body {
        Ok(body) => auth::authenticate(api, call, body, request_id, service).await,
        Err(error) => {
            // Errors in the credentials take precedence over errors in the body.
            auth::check_credentials(api, &call.parts)?;
            Err(body_exception(*error))
        }
    }
}

/// Whether a call is refused because of its headers or URI alone, without reading its body.
pub fn is_refused_unread(api: &Api, parts: &http::request::Parts) -> bool {
    parts.headers.contains_key(http::header::CONTENT_ENCODING) || auth::check_credentials(api, parts).is_err()
}

fn body_exception(error: BodyError) -> Exception {
    match error {
        BodyError::TooLarge => {
            Exception::new(ExceptionKind::RequestEntityTooLarge, format!("The body is larger than {BODY_MAX} bytes."))
        }
        BodyError::Incomplete | BodyError::Unread => {
            Exception::new(ExceptionKind::Serialization, "The body is incomplete.")
        }
        BodyError::TooSlow => Exception::new(ExceptionKind::Serialization, "The body was received too slowly."),
        BodyError::BudgetExhausted => {
            let message = "Too many large bodies are being received. Try again later.";
            Exception::new(ExceptionKind::Throttling, message)
        }
    }
}
