//! The management API under `/floorkey/v1/`, for operations that Connect doesn't have.
//!
//! The API's protocol is REST-JSON, with signatures and responses like Connect's. Members are in PascalCase,
//! `InstanceId` is an ID or an ARN, and exceptions have the same names as in Connect. Unlike Connect, the management
//! API refuses unknown members, because its clients are written only for this server.
//!
//! [`route`] maps a method and a path to an operation. The handlers for each type of resource are in a separate file.

mod access;
mod access_keys;
mod api_tokens;
mod application_resources;
mod applications;
mod audit;
mod audit_event;
mod body;
mod bundle;
mod catalog;
mod conditions;
mod credentials;
mod findings;
mod grants;
mod guard;
mod guard_check;
mod many_users;
mod paging;
mod passwords;
mod permission_use;
mod replace;
mod reset;
mod route;
mod security_profiles;
mod undo;
mod user_permissions;
mod users;

use std::sync::atomic::AtomicU64;

use floorkey_aws::exception::{Exception, ExceptionKind};
use serde::Serialize;

use crate::Api;
use crate::admission::{CallOutcome, authenticate_caller};
use crate::caller::Caller;
use floorkey_aws::path::Labels;
use floorkey_http::FullRequest;
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::service::CommandResult;
use route::ManagementOperation;

pub use catalog::permission_catalog;
pub use route::ROUTES;

/// Whether the path belongs to the management API.
pub(crate) fn is_management(path: &str) -> bool {
    path.starts_with("/floorkey/v1/")
}

/// Handles a signed call to the management API and returns its outcome.
pub(crate) async fn handle(api: &Api, call: &FullRequest, request_id: &str, replaced: &AtomicU64) -> CallOutcome {
    let caller = match authenticate_caller(api, call, request_id, replaced).await {
        Ok(caller) => caller,
        Err(exception) => return CallOutcome::unrouted(exception),
    };
    let route = route::find(call.parts.method.as_str(), call.parts.uri.path());
    let (Some((operation, labels)), Ok(body)) = (route, &call.body) else {
        let message = "The management API has no operation at this method and path.";
        return CallOutcome::unrouted(Exception::new(ExceptionKind::UnknownOperation, message));
    };
    // Some management operations take a long time. None of them is called often, so all of them run on the main
    // runtime.
    leave_connection_thread().await;
    let context =
        CallContext { caller: &caller, labels: &labels, query: call.parts.uri.query().unwrap_or_default(), body };
    let result = dispatch(operation, &context).await;
    CallOutcome { operation: operation.name(), is_read: call.parts.method == http::Method::GET, result }
}

/// A call to the management API.
struct CallContext<'a> {
    caller: &'a Caller<'a>,
    /// The decoded labels in the request path.
    labels: &'a Labels,
    /// The query string as received.
    query: &'a str,
    /// The request body as received.
    body: &'a [u8],
}

impl CallContext<'_> {
    /// Returns the value of a label, or an empty string if the operation's path does not contain the label.
    fn label(&self, name: &str) -> &str {
        self.labels.get(name).unwrap_or_default()
    }
}

async fn dispatch(operation: ManagementOperation, context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    match operation {
        ManagementOperation::ListPermissions => catalog::list(),
        ManagementOperation::ListAccessKeys => access_keys::list(context).await,
        ManagementOperation::CreateAccessKey => access_keys::create(context).await,
        ManagementOperation::RevokeAccessKey => access_keys::revoke(context).await,
        ManagementOperation::ReinstateAccessKey => access_keys::reinstate(context).await,
        ManagementOperation::ResetUserPassword => passwords::reset(context).await,
        ManagementOperation::EnableUser => users::set_enabled(context, true).await,
        ManagementOperation::DisableUser => users::set_enabled(context, false).await,
        ManagementOperation::EndUserSessions => credentials::end_sessions(context).await,
        ManagementOperation::UnlockUser => credentials::unlock(context).await,
        ManagementOperation::RemoveSecondFactors => credentials::remove_second_factors(context).await,
        ManagementOperation::InviteUser => credentials::invite(context).await,
        ManagementOperation::RenameUserLogin => users::rename_login(context).await,
        ManagementOperation::DescribeUserStatus => users::status(context).await,
        ManagementOperation::DescribeUserByLogin => users::by_login(context).await,
        ManagementOperation::EditUsers => many_users::edit(context).await,
        ManagementOperation::RestoreUsers => many_users::restore(context).await,
        ManagementOperation::ListUserPermissions => user_permissions::list(context).await,
        ManagementOperation::ListPermissionUse => permission_use::list(context).await,
        ManagementOperation::DescribeEscalationGuard => guard::describe(context).await,
        ManagementOperation::SetEscalationGuard => guard::set(context).await,
        ManagementOperation::CheckEscalationGuard => guard_check::check(context).await,
        ManagementOperation::ListFindings => findings::list(context).await,
        ManagementOperation::DismissFinding => findings::dismiss(context).await,
        ManagementOperation::ReopenFinding => findings::reopen(context).await,
        ManagementOperation::AssignFinding => findings::assign(context).await,
        ManagementOperation::ListAssignableProfiles => security_profiles::list(context).await,
        ManagementOperation::SetAssignableProfiles => security_profiles::set(context).await,
        ManagementOperation::RenameSecurityProfile => security_profiles::rename(context).await,
        ManagementOperation::ReplaceSecurityProfile => replace::replace(context).await,
        ManagementOperation::ExportBundle => bundle::export(context).await,
        ManagementOperation::DescribeBundleKey => bundle::key(context),
        ManagementOperation::Undo => undo::undo(context).await,
        ManagementOperation::ListApplications => applications::list(context).await,
        ManagementOperation::DescribeApplication => applications::describe(context).await,
        ManagementOperation::RegisterApplication => applications::register(context).await,
        ManagementOperation::UnregisterApplication => applications::unregister(context).await,
        ManagementOperation::ListApplicationResources => application_resources::list(context).await,
        ManagementOperation::PutApplicationResources => application_resources::put(context).await,
        ManagementOperation::DeleteApplicationResources => application_resources::delete(context).await,
        ManagementOperation::ListGrantConditions => conditions::list(context).await,
        ManagementOperation::SetGrantConditions => conditions::set(context).await,
        ManagementOperation::ListApiTokens => api_tokens::list(context).await,
        ManagementOperation::CreateApiToken => api_tokens::create(context).await,
        ManagementOperation::UpdateApiToken => api_tokens::update(context).await,
        ManagementOperation::RevokeApiToken => api_tokens::revoke(context).await,
        ManagementOperation::Reset => reset::reset(context).await,
        ManagementOperation::ListAuditEvents => audit::list(context).await,
        ManagementOperation::DescribeAuditEvent => audit::describe(context).await,
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

/// Returns the response for a successful change. The response contains the revision that the change created.
fn revision_response(result: CommandResult) -> Result<Vec<u8>, Exception> {
    json(&serde_json::json!({ "Revision": result.revision.0 }))
}

/// Returns the response for an operation that returns no data.
fn empty_response() -> Vec<u8> {
    b"{}".to_vec()
}
