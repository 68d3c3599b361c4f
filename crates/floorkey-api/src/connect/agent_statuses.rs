//! Agent statuses. Floorkey creates them together with an instance, and the API can only read them.

use floorkey::resource::ResourceDetails;
use floorkey::{Action, Resource, ResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::exception::Exception;
use floorkey_aws::model::{
    AgentStatus, AgentStatusState, AgentStatusSummary, AgentStatusType, DescribeAgentStatusInput,
    DescribeAgentStatusOutput, ListAgentStatusesInput, ListAgentStatusesOutput,
};
use floorkey_aws::operation::Operation;

use super::lookup::not_found;
use super::members::time;
use super::resources::ListRequest;
use crate::caller::{ApiResult, Caller};
use crate::refusal::exception;

pub(super) async fn describe(
    caller: &Caller<'_>,
    input: DescribeAgentStatusInput,
) -> ApiResult<DescribeAgentStatusOutput> {
    let (action, operation) = (Action::DescribeAgentStatus, Operation::DescribeAgentStatus);
    let directory = caller.directory(&input.instance_id)?;
    let resource =
        caller.resource(&directory, ResourceType::AgentStatus, &input.agent_status_id, action, operation).await?;
    let ResourceDetails::AgentStatus(status) = &resource.details else {
        return Err(not_found_exception(&input.agent_status_id, operation));
    };
    let arns = caller.arn_context(&directory);
    let agent_status = AgentStatus {
        agent_status_arn: arns.arn(ResourceKind::AgentStatus, resource.id),
        agent_status_id: Some(resource.id.to_string()),
        description: resource.description.clone(),
        display_order: status.display_order.and_then(|order| i32::try_from(order).ok()),
        last_modified_region: arns.region(),
        last_modified_time: time(resource.modified),
        name: Some(resource.name.clone()),
        state: Some(if status.enabled { AgentStatusState::Enabled } else { AgentStatusState::Disabled }),
        tags: Some(resource.tags.clone()),
        r#type: status_type(resource),
    };
    Ok(DescribeAgentStatusOutput { agent_status: Some(agent_status) })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListAgentStatusesInput) -> ApiResult<ListAgentStatusesOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let types = input.agent_status_types.filter(|types| !types.is_empty());
    let list_request = ListRequest {
        resource_type: ResourceType::AgentStatus,
        action: Action::ListAgentStatuses,
        operation: Operation::ListAgentStatuses,
        filters: format!("{types:?}"),
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let arns = caller.arn_context(&directory);
    // A filter by type reveals the type of each matching agent status. If a caller can see only names, the matching
    // rows still contain only the ID, the ARN and the name.
    let matches_types = |resource: &Resource| match (&types, status_type(resource)) {
        (None, _) => true,
        (Some(types), Some(status_type)) => types.contains(&status_type),
        (Some(_), None) => false,
    };
    let page = list_request
        .page(caller, &directory, matches_types, |resource, visibility| AgentStatusSummary {
            arn: arns.arn(ResourceKind::AgentStatus, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: visibility.if_full(arns.region()),
            last_modified_time: visibility.if_full(time(resource.modified)),
            name: Some(resource.name.clone()),
            r#type: visibility.if_full(status_type(resource)),
        })
        .await?;
    Ok(ListAgentStatusesOutput { next_token: page.next, agent_status_summary_list: Some(page.rows) })
}

fn status_type(resource: &Resource) -> Option<AgentStatusType> {
    match &resource.details {
        ResourceDetails::AgentStatus(status) => AgentStatusType::from_name(&status.status_type),
        _ => None,
    }
}

fn not_found_exception(id: &str, operation: Operation) -> Exception {
    exception(not_found(ResourceType::AgentStatus, id).into(), operation)
}
