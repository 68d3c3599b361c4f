//! The signed API: Amazon Connect's operations, Floorkey's management API under `/floorkey/v1`, and the STS operation
//! that AWS tools need.
//!
//! `admission` authenticates the signer of a call. The call is then dispatched by its path to a handler in `connect` or
//! `management`. The handler reads the directory or executes a command through the service. The handlers for each type
//! of resource are in a separate file. `caller` contains the actions that handlers perform on the caller's behalf, and
//! `refusal` converts failures to exceptions.

mod admission;
mod auth;
mod caller;
mod connect;
mod management;
mod refusal;
mod render;
mod reset;
pub mod sts;
mod unknown_keys;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use floorkey_aws::exception::Exception;
use floorkey_http::{FullRequest, LabeledResponse};
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::entropy;
use floorkey_service::mail::Mailer;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use http::HeaderValue;

pub use admission::is_refused_unread;
pub use auth::{SigningKeys, is_signed};
pub use management::{ROUTES as MANAGEMENT_ROUTES, permission_catalog};
pub use reset::{ResetError, ResetRequest, Resetter};
pub use unknown_keys::UnknownKeys;

use admission::CallOutcome;

/// The state of the signed API.
pub struct Api {
    /// The service that executes commands.
    pub service: Arc<Service>,
    /// Encrypts and decrypts the secrets of access keys, and authenticates page tokens.
    pub sealer: Arc<Sealer>,
    /// Sends links to users by email.
    pub mailer: Arc<Mailer>,
    /// The operator's access key.
    pub operator: Operator,
    /// How calls are treated whose access key is unknown.
    pub unknown_keys: UnknownKeys,
    /// Resets the server; `None` if the server keeps its data.
    pub resetter: Option<Resetter>,
    /// Cached signing keys.
    pub signing_keys: SigningKeys,
    /// The AWS region of this server. It appears in ARNs, and calls must be signed for it.
    pub region: String,
    /// The AWS account ID that appears in ARNs.
    pub account: String,
    /// The public URL of the server, without a trailing slash.
    pub public_url: String,
}

/// The operator's access key.
#[derive(Clone)]
pub struct Operator {
    /// The access key ID.
    pub id: floorkey::AccessKeyId,
    /// The secret access key.
    pub secret: zeroize::Zeroizing<String>,
}

/// Handles a call to the signed API and returns the response.
pub async fn answer(api: &Api, call: FullRequest) -> LabeledResponse {
    let request_id = uuid::Uuid::from_u128(entropy::random_id()).to_string();
    let is_management = management::is_management(call.parts.uri.path());
    let replaced = AtomicU64::new(0);
    let (surface, outcome) = match is_management {
        true => ("extension", management::handle(api, &call, &request_id, &replaced).await),
        false => ("connect", connect::handle(api, &call, &request_id, &replaced).await),
    };
    let CallOutcome { operation, is_read, result } = outcome;
    let refusal = if is_management { Exception::render_unmodelled } else { Exception::render };
    let status = result.as_ref().map_or_else(|exception| exception.kind().status(), |_| 200);
    if is_read && status == 200 {
        tracing::debug!(request_id, operation, status, client = %call.client, "call");
    } else {
        // Writing to the log can block if the process that reads the log is slow.
        leave_connection_thread().await;
        match status {
            500.. => tracing::error!(request_id, operation, status, error = ?result.as_ref().err(), "a call failed"),
            _ => tracing::info!(request_id, operation, status, client = %call.client, "call"),
        }
    }
    let mut response = render::render(result, refusal, &request_id);
    // The number of users whose credentials were replaced is returned in a header, because responses of Amazon Connect
    // have no field for it.
    if let replaced @ 1.. = replaced.into_inner() {
        response.headers_mut().insert("x-floorkey-credentials-replaced", HeaderValue::from(replaced));
    }
    LabeledResponse { response, surface, operation }
}
