//! The Amazon Connect API: finds the operation of a call, parses its input, and runs its handler.
//!
//! Handlers read the directory or call the service. The handlers for each type of resource are in a separate file.

mod agent_statuses;
mod call;
mod dispatch;
mod entity_profiles;
mod hierarchy;
mod hours_of_operation;
mod instance;
mod instance_attributes;
mod listing;
mod members;
mod phone;
mod prompts;
mod queue_updates;
mod queues;
mod quick_connects;
mod resources;
mod routing_profile_updates;
mod routing_profiles;
mod row_visibility;
mod search;
mod search_conditions;
mod search_filter;
mod search_users;
mod security_profile_lists;
mod security_profiles;
mod tags;
mod user_proficiencies;
mod user_updates;
mod users;

use std::sync::atomic::AtomicU64;

use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::operation::{Route, route};

use crate::Api;
use crate::admission::{CallOutcome, authenticate_caller};
use floorkey_http::FullRequest;
use floorkey_service::connection_thread::leave_connection_thread;

pub(crate) async fn handle(api: &Api, call: &FullRequest, request_id: &str, replaced: &AtomicU64) -> CallOutcome {
    let caller = match authenticate_caller(api, call, request_id, replaced).await {
        Ok(caller) => caller,
        Err(exception) => return CallOutcome::unrouted(exception),
    };
    let route = route(call.parts.method.as_str(), call.parts.uri.path());
    if let Some(exception) = route.refusal() {
        return CallOutcome::unrouted(exception);
    }
    let (Route::Served(operation, labels), Ok(body)) = (route, &call.body) else {
        let message = "There is no operation at this method and path.";
        return CallOutcome::unrouted(Exception::new(ExceptionKind::UnknownOperation, message));
    };
    if !dispatch::runs_inline(operation) {
        leave_connection_thread().await;
    }
    let query = call.parts.uri.query().unwrap_or_default();
    let result = dispatch::execute(&caller, operation, &labels, query, body).await;
    CallOutcome { operation: operation.name(), is_read: operation.is_read(), result }
}
