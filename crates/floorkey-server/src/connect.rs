//! The Amazon Connect API and the management API: signed REST-JSON calls.
//!
//! A call is processed in this order: authenticate the signer, find the operation, parse its input. The handler then
//! reads the directory or calls the service. There is one file of handlers per resource.

mod agent_statuses;
mod answer;
mod auth;
mod caller;
mod dispatch;
mod entity_profiles;
mod hierarchy;
mod hours_of_operation;
mod instance;
mod instance_attributes;
mod listing;
mod lookup;
mod phone;
mod queue_updates;
mod queues;
mod refusal;
mod resources;
mod routing_profile_updates;
mod routing_profiles;
mod search;
mod search_filter;
mod search_users;
mod security_profile_lists;
mod security_profiles;
mod sight;
mod tags;
mod user_proficiencies;
mod user_updates;
mod users;
mod wire;

use std::sync::atomic::AtomicU64;

use floorkey::{Actor, InstanceId};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::operation::{Route, route};
use http::HeaderValue;

use crate::app::App;
use crate::extension;
use floorkey_http::{BODY_MAX, BodyError, Call, Counted};
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::outside;

pub(crate) use auth::{SignedService, SigningKeys, is_signed};
pub(crate) use caller::{Caller, named};
pub(crate) use refusal::plain_exception;

/// The outcome of a call.
pub(crate) struct Handled {
    /// The name of the operation, or `none`.
    pub(crate) operation: &'static str,
    /// Whether the operation only reads.
    pub(crate) is_read: bool,
    /// The response body or the exception.
    pub(crate) result: Result<Vec<u8>, Exception>,
}

impl Handled {
    /// The outcome of a call that matches no operation or is rejected before its operation is known.
    pub(crate) fn nowhere(exception: Exception) -> Self {
        Self { operation: "none", is_read: false, result: Err(exception) }
    }
}

/// Answers a call that is signed or has to be.
pub(crate) async fn answer(app: &App, call: Call) -> Counted {
    let request_id = uuid::Uuid::from_u128(outside::id()).to_string();
    let is_extension = extension::is_extension(call.parts.uri.path());
    let replaced = AtomicU64::new(0);
    let (surface, handled) = match is_extension {
        true => ("extension", extension::handle(app, &call, &request_id, &replaced).await),
        false => ("connect", handle(app, &call, &request_id, &replaced).await),
    };
    let Handled { operation, is_read, result } = handled;
    let refusal = if is_extension { Exception::render_unmodelled } else { Exception::render };
    let status = result.as_ref().map_or_else(|exception| exception.kind().status(), |_| 200);
    if is_read && status == 200 {
        tracing::debug!(request_id, operation, status, client = %call.client, "call");
    } else {
        // The reader of the log can be slow.
        leave_connection_thread().await;
        match status {
            500.. => tracing::error!(request_id, operation, status, error = ?result.as_ref().err(), "a call failed"),
            _ => tracing::info!(request_id, operation, status, client = %call.client, "call"),
        }
    }
    let mut answer = answer::render(result, refusal, &request_id);
    // A header, because Amazon Connect's responses have no member for it.
    if let replaced @ 1.. = replaced.into_inner() {
        answer.headers_mut().insert("x-floorkey-credentials-replaced", HeaderValue::from(replaced));
    }
    Counted { answer, surface, operation }
}

async fn handle(app: &App, call: &Call, request_id: &str, replaced: &AtomicU64) -> Handled {
    let caller = match admit(app, call, request_id, replaced).await {
        Ok(caller) => caller,
        Err(exception) => return Handled::nowhere(exception),
    };
    let found = route(call.parts.method.as_str(), call.parts.uri.path());
    if let Some(exception) = found.refusal() {
        return Handled::nowhere(exception);
    }
    let (Route::Served(operation, labels), Ok(body)) = (found, &call.body) else {
        let message = "There is no operation at this method and path.";
        return Handled::nowhere(Exception::new(ExceptionKind::UnknownOperation, message));
    };
    if !dispatch::is_short(operation) {
        leave_connection_thread().await;
    }
    let query = call.parts.uri.query().unwrap_or_default();
    let result = dispatch::call(&caller, operation, &labels, query, body).await;
    Handled { operation: operation.name(), is_read: operation.is_read(), result }
}

/// Authenticates the caller, once the body is complete. `replaced` counts the users whose credentials the call
/// replaces.
///
/// # Errors
/// If the call can't be authenticated, or if its body is not acceptable.
pub(crate) async fn admit<'a>(
    app: &'a App,
    call: &Call,
    request_id: &str,
    replaced: &'a AtomicU64,
) -> Result<Caller<'a>, Exception> {
    let (actor, home) = identify(SignedService::Connect, app, call, request_id).await?;
    Ok(Caller::new(app, actor, home, replaced))
}

/// Authenticates the signer of a call that has to be signed for the service. Returns the actor and the actor's
/// instance, which is `None` for the operator.
///
/// # Errors
/// If the call can't be authenticated, or if its body is not acceptable.
pub(crate) async fn identify(
    service: SignedService,
    app: &App,
    call: &Call,
    request_id: &str,
) -> Result<(Actor, Option<InstanceId>), Exception> {
    if call.parts.headers.contains_key(http::header::CONTENT_ENCODING) {
        let message = "Encoded bodies are not taken: send the body as it is, without Content-Encoding.";
        return Err(Exception::new(ExceptionKind::UnsupportedMediaType, message));
    }
    match &call.body {
        Ok(body) => auth::authenticate(app, call, body, request_id, service).await,
        Err(error) => {
            // Errors in the credentials take precedence.
            auth::check_credentials(app, &call.parts)?;
            Err(body_exception(*error))
        }
    }
}

/// Whether a call is refused because of its head alone, whatever its body is.
pub(crate) fn is_refused_unread(app: &App, parts: &http::request::Parts) -> bool {
    parts.headers.contains_key(http::header::CONTENT_ENCODING) || auth::check_credentials(app, parts).is_err()
}

fn body_exception(error: BodyError) -> Exception {
    match error {
        BodyError::TooLarge => {
            Exception::new(ExceptionKind::RequestEntityTooLarge, format!("The body is larger than {BODY_MAX} bytes."))
        }
        BodyError::Incomplete | BodyError::Unread => {
            Exception::new(ExceptionKind::Serialization, "The body did not come whole.")
        }
        BodyError::TooSlow => Exception::new(ExceptionKind::Serialization, "The body came too slowly."),
        BodyError::NoRoom => {
            let message = "Too many large bodies are on their way. Try again in a moment.";
            Exception::new(ExceptionKind::Throttling, message)
        }
    }
}
