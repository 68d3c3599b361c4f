//! The signed API: Amazon Connect's operations, Floorkey's management API under `/floorkey/v1`, and the one operation of
//! STS that AWS tools need.
//!
//! A call passes through `admission` (who signed it), is dispatched by its path, and is answered by a handler of
//! `connect` or `management`, which asks the directory or gives the service a command. Handlers stand in one file per
//! noun. `caller` is what handlers do in the caller's name, `refusal` renders failures as exceptions.

mod admission;
mod auth;
mod caller;
mod connect;
mod management;
mod refusal;
mod render;
pub mod sts;

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
pub use management::ROUTES as MANAGEMENT_ROUTES;

use admission::CallOutcome;

/// What the signed API works with.
pub struct Api {
    /// The service.
    pub service: Arc<Service>,
    /// Opens the secrets of access keys, and authenticates page tokens.
    pub sealer: Arc<Sealer>,
    /// Sends links to users.
    pub mailer: Arc<Mailer>,
    /// The operator's access key.
    pub operator: Operator,
    /// Signing keys in use.
    pub signing_keys: SigningKeys,
    /// The region in ARNs, and the only region that signatures may name.
    pub region: String,
    /// The account in ARNs.
    pub account: String,
    /// The public address of the server, without a slash at the end.
    pub public_url: String,
}

/// The operator's access key.
pub struct Operator {
    /// The access key id.
    pub id: floorkey::AccessKeyId,
    /// The secret access key.
    pub secret: zeroize::Zeroizing<String>,
}

/// Answers a call that is signed or has to be.
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
        // The reader of the log can be slow.
        leave_connection_thread().await;
        match status {
            500.. => tracing::error!(request_id, operation, status, error = ?result.as_ref().err(), "a call failed"),
            _ => tracing::info!(request_id, operation, status, client = %call.client, "call"),
        }
    }
    let mut response = render::render(result, refusal, &request_id);
    // A header, because Amazon Connect's responses have no member for it.
    if let replaced @ 1.. = replaced.into_inner() {
        response.headers_mut().insert("x-floorkey-credentials-replaced", HeaderValue::from(replaced));
    }
    LabeledResponse { response, surface, operation }
}
