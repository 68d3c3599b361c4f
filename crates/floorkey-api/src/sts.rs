//! AWS Security Token Service, limited to the operation that clients use to look up their own identity. Terraform calls
//! this operation before it calls Connect.
//!
//! STS uses the AWS query protocol: a request is a form or a query string, and `Action` specifies the operation.
//! Responses, including refusals, are XML. STS is served at the same address as Floorkey's other interfaces.
//! `GetCallerIdentity` is the only supported operation. Any valid access key can be used to call it, and the response
//! reveals only the user of that key.

mod response;

use floorkey::{InstanceId, Principal};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::query::pairs;
use floorkey_aws::sigv4::{AuthError, is_signed_for};
use http::{Method, header, request::Parts};

use crate::Api;
use crate::admission::authenticate_signer;
use crate::auth::{SignedService, header_pairs, is_signed, request_parts};
use floorkey_http::{FullRequest, LabeledResponse};
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::entropy;
use response::{Identity, StsError};

/// Maximum size of a form, in bytes. The forms that clients send for `GetCallerIdentity` have fewer than 100 bytes.
pub const BODY_MAX: usize = 16 * 1024;

const ACTION: &str = "GetCallerIdentity";
const VERSION: &str = "2011-06-15";

/// Whether a request is for STS. A request is for STS if it is signed for STS, or if it is an unsigned form sent to
/// `/`.
pub fn is_sts(parts: &Parts) -> bool {
    if is_signed(parts) {
        return is_signed_for("sts", &request_parts(parts, &header_pairs(&parts.headers)));
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    let is_form = kind.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded");
    parts.method == Method::POST && parts.uri.path() == "/" && is_form
}

/// Answers a call to STS.
pub async fn answer(api: &Api, call: FullRequest) -> LabeledResponse {
    let request_id = uuid::Uuid::from_u128(entropy::random_id()).to_string();
    let (operation, result) = handle(api, &call, &request_id).await;
    let status = result.as_ref().map_or_else(|error| error.status, |_| 200);
    if status == 200 {
        tracing::debug!(request_id, operation, status, client = %call.client, "call to STS");
    } else {
        // Writing to the log can block if the process that reads the log is slow.
        leave_connection_thread().await;
        match status {
            500.. => {
                tracing::error!(request_id, operation, status, error = ?result.as_ref().err(), "a call to STS failed");
            }
            _ => tracing::info!(request_id, operation, status, client = %call.client, "call to STS"),
        }
    }
    LabeledResponse { response: response::render(&result, &request_id), surface: "sts", operation }
}

async fn handle(api: &Api, call: &FullRequest, request_id: &str) -> (&'static str, Result<Identity, StsError>) {
    let (actor, own_instance) = match authenticate_signer(SignedService::Sts, api, call, request_id).await {
        Ok(signer) => signer,
        Err(exception) => return ("none", Err(exception.into())),
    };
    match action(call) {
        Ok(()) => (ACTION, identity(api, &actor.principal, own_instance).map_err(StsError::from)),
        Err(error) => ("none", Err(error)),
    }
}

/// Checks that the call specifies the only supported operation. A GET request specifies the operation in its query, and
/// a POST request specifies it in its body.
///
/// # Errors
/// Returns an error if another operation is specified, or if the parameters can't be parsed.
fn action(call: &FullRequest) -> Result<(), StsError> {
    let FullRequest { parts, body, .. } = call;
    let parameters = match (&parts.method, body) {
        (&Method::GET | &Method::HEAD, _) => parts.uri.query().unwrap_or_default(),
        (&Method::POST, Ok(body)) => {
            std::str::from_utf8(body).map_err(|_| StsError::malformed("The body must be a form in UTF-8."))?
        }
        _ => return Err(StsError::invalid_action("STS supports POST and GET only.")),
    };
    if parts.uri.path() != "/" {
        return Err(StsError::invalid_action("STS is available at the path `/` only."));
    }
    let pairs =
        pairs(parameters).map_err(|_| StsError::malformed("The parameters have an invalid percent-encoding."))?;
    let parameter = |name: &str| {
        let mut values = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_ref());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(StsError::malformed(&format!("The parameter {name} occurs more than once."))),
            (value, None) => Ok(value.unwrap_or_default()),
        }
    };
    let (action, version) = (parameter("Action")?, parameter("Version")?);
    if action.is_empty() {
        return Err(StsError::missing_action());
    }
    if (action, version) == (ACTION, VERSION) {
        return Ok(());
    }
    // Valid names of operations and versions contain only these characters. Other characters are removed before the
    // names are returned.
    let sanitized = |text: &str| {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(64).collect::<String>()
    };
    Err(StsError::invalid_action(&format!(
        "Could not find operation {} for version {}. Floorkey supports only {ACTION} of {VERSION}.",
        sanitized(action),
        if version.is_empty() { "NO_VERSION_SPECIFIED".to_owned() } else { sanitized(version) },
    )))
}

/// Returns the caller's identity in AWS terms. The operator's access key represents the AWS account. Any other access
/// key represents the user who owns the key.
///
/// # Errors
/// Returns an error if the user who owns the key has been deleted in the meantime.
fn identity(api: &Api, principal: &Principal, own_instance: Option<InstanceId>) -> Result<Identity, Exception> {
    let account = api.account.clone();
    match principal {
        Principal::User { id, .. } => {
            let directory = own_instance.and_then(|own_instance| api.service.engine().current(own_instance));
            let user = directory.as_ref().and_then(|directory| directory.user(*id));
            let username = &user.ok_or(AuthError::UnrecognizedClient)?.username;
            let arn = format!("arn:aws:iam::{account}:user/{username}");
            Ok(Identity { arn, user_id: id.to_string(), account })
        }
        Principal::Operator { .. } => {
            Ok(Identity { arn: format!("arn:aws:iam::{account}:root"), user_id: account.clone(), account })
        }
        Principal::System => Err(Exception::new(ExceptionKind::InternalService, "The system can't sign calls.")),
    }
}
