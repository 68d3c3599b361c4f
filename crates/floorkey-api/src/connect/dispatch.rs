//! Maps operations to their handlers.

use floorkey::Action;
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::input::Input;
use floorkey_aws::operation::Operation;
use floorkey_aws::path::Labels;
use serde::Serialize;

use super::call::{Call, CallResult};
use super::listing::PageRequest;
use super::{
    agent_statuses, entity_profiles, hierarchy, hours_of_operation, instance, instance_attributes, prompts,
    queue_updates, queues, quick_connects, routing_profile_updates, routing_profiles, search_users,
    security_profile_lists, security_profiles, tags, user_proficiencies, user_updates, users,
};
use crate::caller::{ApiResult, Caller};
use crate::refusal::declared;

/// Generates the dispatch of operations: parses an operation's input, runs the operation's handler and serializes the
/// output. If an operation has no handler, the code does not compile. Handlers of operations on an instance get a
/// [`Call`]; the others get only the caller.
macro_rules! operations {
    (
        on an instance: { $($operation:ident => $handler:path,)* }
        others: { $($other:ident => $other_handler:path,)* }
    ) => {
        /// Returns the action of an operation. Each operation of Connect is an action with the same name.
        const fn action(operation: Operation) -> Action {
            match operation {
                $(Operation::$operation => Action::$operation,)*
                $(Operation::$other => Action::$other,)*
            }
        }

        /// Executes an operation and returns the response body.
        ///
        /// # Errors
        /// Returns the handler's exception, or the exception for invalid input.
        pub(super) async fn execute(
            caller: &Caller<'_>,
            operation: Operation,
            labels: &Labels,
            query: &str,
            body: &[u8],
        ) -> Result<Vec<u8>, Exception> {
            // The handlers' futures are boxed. Otherwise, this function's future would always be as large as the
            // largest handler's future.
            match operation {
                $(Operation::$operation => {
                    let input = parse(labels, query, body)?;
                    let call = call_with_input(caller, &input)?;
                    serialize(operation, Box::pin($handler(&call, input)).await)
                })*
                $(Operation::$other => {
                    let input = parse(labels, query, body)?;
                    serialize(operation, Box::pin($other_handler(caller, input)).await)
                })*
            }
        }
    };
}

operations! {
    on an instance: {
        AssociateQueueQuickConnects => queue_updates::associate_quick_connects,
        AssociateRoutingProfileQueues => routing_profile_updates::associate,
        AssociateSecurityProfiles => entity_profiles::associate,
        AssociateUserProficiencies => user_proficiencies::associate,
        CreateHoursOfOperation => hours_of_operation::create,
        CreatePrompt => prompts::create,
        CreateQueue => queues::create,
        CreateQuickConnect => quick_connects::create,
        CreateRoutingProfile => routing_profiles::create,
        CreateSecurityProfile => security_profiles::create,
        CreateUser => users::create,
        CreateUserHierarchyGroup => hierarchy::create_group,
        DeleteHoursOfOperation => hours_of_operation::delete,
        DeleteInstance => instance::delete,
        DeletePrompt => prompts::delete,
        DeleteQueue => queues::delete,
        DeleteQuickConnect => quick_connects::delete,
        DeleteRoutingProfile => routing_profiles::delete,
        DeleteSecurityProfile => security_profiles::delete,
        DeleteUser => users::delete,
        DeleteUserHierarchyGroup => hierarchy::delete_group,
        DescribeAgentStatus => agent_statuses::describe,
        DescribeHoursOfOperation => hours_of_operation::describe,
        DescribeInstance => instance::describe,
        DescribeInstanceAttribute => instance_attributes::describe,
        DescribePrompt => prompts::describe,
        DescribeQueue => queues::describe,
        DescribeQuickConnect => quick_connects::describe,
        DescribeRoutingProfile => routing_profiles::describe,
        DescribeSecurityProfile => security_profiles::describe,
        DescribeUser => users::describe,
        DescribeUserHierarchyGroup => hierarchy::describe_group,
        DescribeUserHierarchyStructure => hierarchy::describe_structure,
        DisassociateQueueQuickConnects => queue_updates::disassociate_quick_connects,
        DisassociateRoutingProfileQueues => routing_profile_updates::disassociate,
        DisassociateSecurityProfiles => entity_profiles::disassociate,
        DisassociateUserProficiencies => user_proficiencies::disassociate,
        ListAgentStatuses => agent_statuses::list,
        ListEntitySecurityProfiles => entity_profiles::list,
        ListHoursOfOperations => hours_of_operation::list,
        ListInstanceAttributes => instance_attributes::list,
        ListPrompts => prompts::list,
        ListQueueQuickConnects => queue_updates::list_quick_connects,
        ListQueues => queues::list,
        ListQuickConnects => quick_connects::list,
        ListRoutingProfileQueues => routing_profile_updates::list_queues,
        ListRoutingProfiles => routing_profiles::list,
        ListSecurityProfileAIAgents => security_profile_lists::ai_agents,
        ListSecurityProfileApplications => security_profile_lists::applications,
        ListSecurityProfileFlowModules => security_profile_lists::flow_modules,
        ListSecurityProfilePermissions => security_profile_lists::permissions,
        ListSecurityProfiles => security_profiles::list,
        ListUserHierarchyGroups => hierarchy::list_groups,
        ListUserProficiencies => user_proficiencies::list,
        ListUsers => users::list,
        SearchAgentStatuses => agent_statuses::search,
        SearchHoursOfOperations => hours_of_operation::search,
        SearchPrompts => prompts::search,
        SearchQueues => queues::search,
        SearchQuickConnects => quick_connects::search,
        SearchRoutingProfiles => routing_profiles::search,
        SearchSecurityProfiles => security_profiles::search,
        SearchUserHierarchyGroups => hierarchy::search_groups,
        SearchUsers => search_users::search,
        UpdateHoursOfOperation => hours_of_operation::update,
        UpdateInstanceAttribute => instance_attributes::update,
        UpdatePrompt => prompts::update,
        UpdateQueueHoursOfOperation => queue_updates::hours_of_operation,
        UpdateQueueMaxContacts => queue_updates::max_contacts,
        UpdateQueueName => queue_updates::name,
        UpdateQueueOutboundCallerConfig => queue_updates::outbound_caller_config,
        UpdateQueueStatus => queue_updates::status,
        UpdateQuickConnectConfig => quick_connects::update_config,
        UpdateQuickConnectName => quick_connects::rename,
        UpdateRoutingProfileConcurrency => routing_profile_updates::concurrencies,
        UpdateRoutingProfileDefaultOutboundQueue => routing_profile_updates::default_outbound_queue,
        UpdateRoutingProfileName => routing_profile_updates::name,
        UpdateRoutingProfileQueues => routing_profile_updates::queues,
        UpdateSecurityProfile => security_profiles::update,
        UpdateUserConfig => user_updates::config,
        UpdateUserHierarchy => user_updates::hierarchy,
        UpdateUserHierarchyGroupName => hierarchy::rename_group,
        UpdateUserHierarchyStructure => hierarchy::update_structure,
        UpdateUserIdentityInfo => user_updates::identity_info,
        UpdateUserNotificationStatus => user_updates::notification_status,
        UpdateUserPhoneConfig => user_updates::phone_config,
        UpdateUserProficiencies => user_proficiencies::update,
        UpdateUserRoutingProfile => user_updates::routing_profile,
        UpdateUserSecurityProfiles => user_updates::security_profiles,
    }
    others: {
        CreateInstance => instance::create,
        ListInstances => instance::list,
        ListTagsForResource => tags::list,
        TagResource => tags::tag,
        UntagResource => tags::untag,
    }
}

/// Returns the call of an operation on an instance.
///
/// # Errors
/// Returns an exception if the instance does not exist or the caller can't see it.
pub(super) fn new_call<'a>(caller: &'a Caller<'a>, operation: Operation, instance: &str) -> ApiResult<Call<'a>> {
    let directory = caller.directory(instance)?;
    Ok(Call { caller, directory, operation, action: action(operation), page: PageRequest::default() })
}

fn call_with_input<'a, I: Input>(caller: &'a Caller<'a>, input: &I) -> ApiResult<Call<'a>> {
    let page = PageRequest { max_results: input.max_results(), next_token: input.next_token().map(str::to_owned) };
    let call = new_call(caller, I::OPERATION, input.instance_id().unwrap_or_default());
    Ok(Call { page, ..call.map_err(|exception| declared(exception, I::OPERATION))? })
}

fn parse<I: Input>(labels: &Labels, query: &str, body: &[u8]) -> ApiResult<I> {
    I::parse(labels, query, body).map_err(|error| error.exception(I::OPERATION))
}

/// Whether an operation can run on the connection's thread. The operation must take only microseconds regardless of the
/// instance's size, or must move longer work to the main runtime.
pub(super) fn runs_inline(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::DescribeAgentStatus
            | Operation::DescribeHoursOfOperation
            | Operation::DescribeInstance
            | Operation::DescribeInstanceAttribute
            | Operation::DescribePrompt
            | Operation::DescribeQueue
            | Operation::DescribeQuickConnect
            | Operation::DescribeSecurityProfile
            | Operation::DescribeUser
            | Operation::DescribeUserHierarchyGroup
            | Operation::DescribeUserHierarchyStructure
            | Operation::ListUsers
    )
}

/// Initial capacities, in bytes, of the response buffers for a single resource and for a list. Few responses are larger
/// than these capacities.
const ANSWER_BYTES: usize = 2 * 1024;
const LIST_BYTES: usize = 32 * 1024;

fn serialize<T: Serialize>(operation: Operation, result: CallResult<T>) -> Result<Vec<u8>, Exception> {
    let output = result.map_err(|error| error.into_exception(operation))?;
    let is_list = matches!(operation, Operation::ListUsers | Operation::SearchUsers);
    let mut text = Vec::with_capacity(if is_list { LIST_BYTES } else { ANSWER_BYTES });
    match serde_json::to_writer(&mut text, &output) {
        Ok(()) => Ok(text),
        Err(error) => {
            tracing::error!(%error, "can't serialize a response");
            let message = "The response can't be created because of an internal error. See the server's log.";
            Err(Exception::new(ExceptionKind::InternalService, message))
        }
    }
}
