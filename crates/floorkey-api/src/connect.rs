//! The Amazon Connect API: finds the operation of a call, parses its input, and runs its handler.
//!
//! Handlers read the directory or call the service. There is one file of handlers per resource.

mod agent_statuses;
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

use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::operation::{Route, route};

use crate::Api;
use crate::admission::{Handled, admit};
use floorkey_http::Call;
use floorkey_service::connection_thread::leave_connection_thread;

pub(crate) async fn handle(api: &Api, call: &Call, request_id: &str, replaced: &AtomicU64) -> Handled {
    let caller = match admit(api, call, request_id, replaced).await {
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
