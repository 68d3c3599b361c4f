//! Agent statuses. Floorkey creates them together with an instance, and the API can only read them.

use floorkey::resource::ResourceDetails;
use floorkey::{Resource, StoredResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AgentStatus, AgentStatusState, AgentStatusSummary, AgentStatusType, DescribeAgentStatusInput,
    DescribeAgentStatusOutput, ListAgentStatusesInput, ListAgentStatusesOutput, SearchAgentStatusesInput,
    SearchAgentStatusesOutput,
};

use super::call::{Call, CallResult};
use super::members::{ArnContext, time};
use super::resources::{self, ResourceModel};
use super::search_filter::{AttributeFilter, TagFilter};

pub(super) async fn describe(
    call: &Call<'_>,
    input: DescribeAgentStatusInput,
) -> CallResult<DescribeAgentStatusOutput> {
    Ok(DescribeAgentStatusOutput { agent_status: Some(resources::describe(call, &input.agent_status_id).await?) })
}

pub(super) async fn search(call: &Call<'_>, input: SearchAgentStatusesInput) -> CallResult<SearchAgentStatusesOutput> {
    let attributes = input.search_filter.and_then(|filter| filter.attribute_filter);
    let filter = TagFilter::from_attributes(AttributeFilter::for_tags(attributes)?);
    let page = resources::search(call, input.search_criteria, filter).await?;
    Ok(SearchAgentStatusesOutput {
        agent_statuses: page.rows,
        next_token: page.next,
        approximate_total_count: page.total,
    })
}

pub(super) async fn list(call: &Call<'_>, input: ListAgentStatusesInput) -> CallResult<ListAgentStatusesOutput> {
    let types = input.agent_status_types.filter(|types| !types.is_empty());
    let arns = call.arns();
    // A filter by type reveals the type of each matching agent status. If a caller can see only names, the matching
    // rows still contain only the ID, the ARN and the name.
    let matches_types = |resource: &Resource| match (&types, status_type(resource)) {
        (None, _) => true,
        (Some(types), Some(status_type)) => types.contains(&status_type),
        (Some(_), None) => false,
    };
    let page = resources::list(call, StoredResourceType::AgentStatus, &format!("{types:?}"), |resource, visibility| {
        matches_types(resource).then(|| AgentStatusSummary {
            arn: arns.arn(ResourceKind::AgentStatus, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: visibility.if_full(arns.region()),
            last_modified_time: visibility.if_full(time(resource.modified)),
            name: Some(resource.name.clone()),
            r#type: visibility.if_full(status_type(resource)),
        })
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

impl ResourceModel for AgentStatus {
    const STORED_TYPE: StoredResourceType = StoredResourceType::AgentStatus;

    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self {
        Self {
            agent_status_arn: arns.arn(ResourceKind::AgentStatus, resource.id),
            agent_status_id: Some(resource.id.to_string()),
            name: Some(resource.name.clone()),
            ..Self::default()
        }
    }

    fn from_resource(resource: &Resource, _: &Call<'_>, arns: &ArnContext<'_>) -> Self {
        let named = Self::named(resource, arns);
        let ResourceDetails::AgentStatus(status) = &resource.details else { return named };
        Self {
            description: resource.description.clone(),
            display_order: status.display_order.and_then(|order| i32::try_from(order).ok()),
            last_modified_region: arns.region(),
            last_modified_time: time(resource.modified),
            state: Some(if status.enabled { AgentStatusState::Enabled } else { AgentStatusState::Disabled }),
            tags: Some(resource.tags.clone()),
            r#type: status_type(resource),
            ..named
        }
    }
}
