//! Agent statuses. They are created with the instance; Floorkey supports reading them only.

use floorkey::resource::ResourceDetails;
use floorkey::{Act, Resource, ResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::exception::Exception;
use floorkey_aws::model::{
    AgentStatus, AgentStatusState, AgentStatusSummary, AgentStatusType, DescribeAgentStatusInput,
    DescribeAgentStatusOutput, ListAgentStatusesInput, ListAgentStatusesOutput,
};
use floorkey_aws::operation::Operation;

use super::lookup::not_found;
use super::resources::Asked;
use super::wire::time;
use crate::caller::{Caller, Refuse};
use crate::refusal::exception;

pub(super) async fn describe(
    caller: &Caller<'_>,
    input: DescribeAgentStatusInput,
) -> Refuse<DescribeAgentStatusOutput> {
    let (act, operation) = (Act::DescribeAgentStatus, Operation::DescribeAgentStatus);
    let directory = caller.directory(&input.instance_id)?;
    let found = caller.resource(&directory, ResourceType::AgentStatus, &input.agent_status_id, act, operation).await?;
    let ResourceDetails::AgentStatus(status) = &found.details else {
        return Err(gone(&input.agent_status_id, operation));
    };
    let wire = caller.wire(&directory);
    let agent_status = AgentStatus {
        agent_status_arn: wire.arn(ResourceKind::AgentStatus, found.id),
        agent_status_id: Some(found.id.to_string()),
        description: found.description.clone(),
        display_order: status.display_order.and_then(|order| i32::try_from(order).ok()),
        last_modified_region: wire.region(),
        last_modified_time: time(found.modified),
        name: Some(found.name.clone()),
        state: Some(if status.enabled { AgentStatusState::Enabled } else { AgentStatusState::Disabled }),
        tags: Some(found.tags.clone()),
        r#type: type_of(found),
    };
    Ok(DescribeAgentStatusOutput { agent_status: Some(agent_status) })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListAgentStatusesInput) -> Refuse<ListAgentStatusesOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let types = input.agent_status_types.filter(|types| !types.is_empty());
    let asked = Asked {
        resource_type: ResourceType::AgentStatus,
        act: Act::ListAgentStatuses,
        operation: Operation::ListAgentStatuses,
        filters: format!("{types:?}"),
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let wire = caller.wire(&directory);
    // Filtering by type reveals the type of each result. Callers who see only the names in this list see nothing more
    // with the filter than without it.
    let wanted = |resource: &Resource| match (&types, type_of(resource)) {
        (None, _) => true,
        (Some(types), Some(found)) => types.contains(&found),
        (Some(_), None) => false,
    };
    let page = asked
        .page(caller, &directory, wanted, |resource, sight| AgentStatusSummary {
            arn: wire.arn(ResourceKind::AgentStatus, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: sight.whole(wire.region()),
            last_modified_time: sight.whole(time(resource.modified)),
            name: Some(resource.name.clone()),
            r#type: sight.whole(type_of(resource)),
        })
        .await?;
    Ok(ListAgentStatusesOutput { next_token: page.next, agent_status_summary_list: Some(page.rows) })
}

fn type_of(resource: &Resource) -> Option<AgentStatusType> {
    match &resource.details {
        ResourceDetails::AgentStatus(status) => AgentStatusType::from_name(&status.status_type),
        _ => None,
    }
}

fn gone(id: &str, operation: Operation) -> Exception {
    exception(not_found(ResourceType::AgentStatus, id).into(), operation)
}
