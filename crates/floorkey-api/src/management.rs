//! The management API under `/floorkey/v1/`, for operations that Connect doesn't have.
//!
//! It is REST-JSON, with signatures and responses like Connect's: members in PascalCase, `InstanceId` as an ID or an
//! ARN, and exceptions of the same names. It is stricter in one respect: an unknown member is refused by name, because
//! these bodies are written for this server only.
//!
//! [`route`] maps a method and a path to an operation. There is one file of handlers per resource.

mod access;
mod access_keys;
mod api_tokens;
mod application_resources;
mod applications;
mod assignable;
mod audit;
mod audit_event;
mod body;
mod bundle;
mod catalogue;
mod conditions;
mod credentials;
mod guard;
mod many_users;
mod origins;
mod paging;
mod passwords;
mod permission_use;
mod replace;
mod route;
mod undo;
mod user_permissions;
mod users;

use std::sync::atomic::AtomicU64;

use floorkey_aws::exception::{Exception, ExceptionKind};
use serde::Serialize;

use crate::Api;
use crate::admission::{Handled, admit};
use crate::caller::Caller;
use floorkey_http::Call;
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::service::Done;
use route::{Extension, Labels};

pub use route::ROUTES;

/// Whether the path belongs to the management API.
pub(crate) fn is_management(path: &str) -> bool {
    path.starts_with("/floorkey/v1/")
}

/// Answers a signed call to the management API.
pub(crate) async fn handle(api: &Api, call: &Call, request_id: &str, replaced: &AtomicU64) -> Handled {
    let caller = match admit(api, call, request_id, replaced).await {
        Ok(caller) => caller,
        Err(exception) => return Handled::nowhere(exception),
    };
    let found = route::find(call.parts.method.as_str(), call.parts.uri.path());
    let (Some((extension, labels)), Ok(body)) = (found, &call.body) else {
        let message = "The management API has no operation at this method and path.";
        return Handled::nowhere(Exception::new(ExceptionKind::UnknownOperation, message));
    };
    // Some operations take long, and none of them is called often.
    leave_connection_thread().await;
    let asked = Asked { caller: &caller, labels: &labels, query: call.parts.uri.query().unwrap_or_default(), body };
    let result = answer(extension, &asked).await;
    Handled { operation: extension.name(), is_read: call.parts.method == http::Method::GET, result }
}

/// A call to the management API.
struct Asked<'a> {
    /// The caller.
    caller: &'a Caller<'a>,
    /// The decoded labels of the path.
    labels: &'a Labels,
    /// The query as received.
    query: &'a str,
    /// The body as received.
    body: &'a [u8],
}

async fn answer(extension: Extension, asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    match extension {
        Extension::ListPermissions => catalogue::list(),
        Extension::ListAccessKeys => access_keys::list(asked).await,
        Extension::CreateAccessKey => access_keys::create(asked).await,
        Extension::RevokeAccessKey => access_keys::revoke(asked).await,
        Extension::ReinstateAccessKey => access_keys::reinstate(asked).await,
        Extension::ResetUserPassword => passwords::reset(asked).await,
        Extension::EnableUser => users::set_enabled(asked, true).await,
        Extension::DisableUser => users::set_enabled(asked, false).await,
        Extension::EndUserSessions => credentials::end_sessions(asked).await,
        Extension::UnlockUser => credentials::unlock(asked).await,
        Extension::RemoveSecondFactors => credentials::remove_second_factors(asked).await,
        Extension::InviteUser => credentials::invite(asked).await,
        Extension::RenameUserLogin => users::rename_login(asked).await,
        Extension::DescribeUserStatus => users::status(asked).await,
        Extension::DescribeUserByLogin => users::by_login(asked).await,
        Extension::EditUsers => many_users::edit(asked).await,
        Extension::RestoreUsers => many_users::restore(asked).await,
        Extension::ListUserPermissions => user_permissions::list(asked).await,
        Extension::ListPermissionUse => permission_use::list(asked).await,
        Extension::DescribeEscalationGuard => guard::describe(asked).await,
        Extension::SetEscalationGuard => guard::set(asked).await,
        Extension::ListAssignableProfiles => assignable::list(asked).await,
        Extension::SetAssignableProfiles => assignable::set(asked).await,
        Extension::RenameSecurityProfile => assignable::rename(asked).await,
        Extension::ReplaceSecurityProfile => replace::replace(asked).await,
        Extension::ExportBundle => bundle::export(asked).await,
        Extension::DescribeBundleKey => bundle::key(asked),
        Extension::Undo => undo::undo(asked).await,
        Extension::ListApplications => applications::list(asked).await,
        Extension::DescribeApplication => applications::describe(asked).await,
        Extension::RegisterApplication => applications::register(asked).await,
        Extension::UnregisterApplication => applications::unregister(asked).await,
        Extension::ListApplicationResources => application_resources::list(asked).await,
        Extension::PutApplicationResources => application_resources::put(asked).await,
        Extension::DeleteApplicationResources => application_resources::delete(asked).await,
        Extension::ListGrantConditions => conditions::list(asked).await,
        Extension::SetGrantConditions => conditions::set(asked).await,
        Extension::ListApiTokens => api_tokens::list(asked).await,
        Extension::CreateApiToken => api_tokens::create(asked).await,
        Extension::UpdateApiToken => api_tokens::update(asked).await,
        Extension::RevokeApiToken => api_tokens::revoke(asked).await,
        Extension::ListAuditEvents => audit::list(asked).await,
        Extension::DescribeAuditEvent => audit::describe(asked).await,
    }
}

/// Serializes a response body.
fn json(answer: &impl Serialize) -> Result<Vec<u8>, Exception> {
    serde_json::to_vec(answer).map_err(|error| {
        tracing::error!(%error, "can't serialize a response");
        Exception::new(
            ExceptionKind::InternalService,
            "The response can't be created because of an internal error. See the server's log.",
        )
    })
}

/// The response of an operation that changed something, with the revision that contains the change.
fn changed(done: Done) -> Result<Vec<u8>, Exception> {
    json(&serde_json::json!({ "Revision": done.revision.0 }))
}

/// The response of an operation that returns nothing.
fn nothing() -> Vec<u8> {
    b"{}".to_vec()
}
