//! Queues, where contacts wait for agents.

use floorkey::resource::{Queue as StoredQueue, ResourceDetails};
use floorkey::{EntityKind, Refusal, Resource, ResourceId, ResourceType, StoredResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateQueueInput, CreateQueueOutput, DeleteQueueInput, DescribeQueueInput, DescribeQueueOutput, Empty,
    ListQueuesInput, ListQueuesOutput, OutboundCallerConfig, OutboundEmailConfig, Queue, QueueStatus, QueueSummary,
    QueueType, SearchQueuesInput, SearchQueuesOutput,
};

use super::call::parse_ref;
use super::call::{Call, CallResult};
use super::members::{ArnContext, non_empty, time};
use super::resources::{self, CommonInput, ResourceModel};
use super::search_filter::TagFilter;

const KIND: StoredResourceType = StoredResourceType::Queue;

pub(super) async fn create(call: &Call<'_>, input: CreateQueueInput) -> CallResult<CreateQueueOutput> {
    let details = details(&input);
    let common = CommonInput { name: input.name, description: input.description, tags: input.tags };
    let created = resources::create(call, KIND, common, details).await?;
    Ok(CreateQueueOutput { queue_arn: created.arn, queue_id: created.id })
}

pub(super) async fn delete(call: &Call<'_>, input: DeleteQueueInput) -> CallResult<Empty> {
    resources::delete(call, KIND, &input.queue_id).await
}

pub(super) async fn describe(call: &Call<'_>, input: DescribeQueueInput) -> CallResult<DescribeQueueOutput> {
    Ok(DescribeQueueOutput { queue: Some(resources::describe(call, &input.queue_id).await?) })
}

pub(super) async fn list(call: &Call<'_>, input: ListQueuesInput) -> CallResult<ListQueuesOutput> {
    let types = input.queue_types.filter(|types| !types.is_empty());
    // All queues in Floorkey are standard queues. There are no agent queues.
    let includes_standard = types.as_ref().is_none_or(|types| types.contains(&QueueType::Standard));
    let arns = call.arns();
    let page = resources::list(call, KIND, &format!("{types:?}"), |resource, visibility| {
        includes_standard.then(|| QueueSummary {
            arn: arns.arn(ResourceKind::Queue, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: visibility.if_full(arns.region()),
            last_modified_time: visibility.if_full(time(resource.modified)),
            name: Some(resource.name.clone()),
            queue_type: visibility.if_full(Some(QueueType::Standard)),
        })
    })
    .await?;
    Ok(ListQueuesOutput { queue_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search(call: &Call<'_>, input: SearchQueuesInput) -> CallResult<SearchQueuesOutput> {
    let filter = TagFilter::parse(input.search_filter.and_then(|filter| filter.tag_filter))?;
    let page = resources::search(call, input.search_criteria, filter).await?;
    Ok(SearchQueuesOutput { queues: page.rows, next_token: page.next, approximate_total_count: page.total })
}

/// Floorkey has no email addresses, so a request that references one is refused.
fn details(input: &CreateQueueInput) -> Result<ResourceDetails, Refusal> {
    if let Some(address) = input.email_addresses_config.iter().flatten().next() {
        return Err(Refusal::NotFound { kind: EntityKind::EmailAddress, id: address.email_address_id.clone() });
    }
    let caller = input.outbound_caller_config.clone().unwrap_or_default();
    let email = input.outbound_email_config.clone().unwrap_or_default();
    Ok(ResourceDetails::Queue(StoredQueue {
        hours: parse_ref(ResourceType::HoursOfOperation, &input.hours_of_operation_id, ResourceId::parse)?,
        max_contacts: input.max_contacts.map(i64::from),
        enabled: true,
        caller_id_name: non_empty(caller.outbound_caller_id_name.as_deref()),
        caller_id_number: non_empty(caller.outbound_caller_id_number_id.as_deref()),
        outbound_flow: non_empty(caller.outbound_flow_id.as_deref()),
        outbound_email: non_empty(email.outbound_email_address_id.as_deref()),
        quick_connects: parse_quick_connects(input.quick_connect_ids.as_deref().unwrap_or_default())?
            .into_iter()
            .collect(),
    }))
}

/// Parses the IDs of quick connects.
///
/// # Errors
/// Returns an error for the first string that is not an ID.
pub(super) fn parse_quick_connects(ids: &[String]) -> Result<Vec<ResourceId>, Refusal> {
    ids.iter().map(|id| parse_ref(ResourceType::QuickConnect, id, ResourceId::parse)).collect()
}

impl ResourceModel for Queue {
    const STORED_TYPE: StoredResourceType = KIND;

    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self {
        Self {
            name: Some(resource.name.clone()),
            queue_arn: arns.arn(ResourceKind::Queue, resource.id),
            queue_id: Some(resource.id.to_string()),
            ..Self::default()
        }
    }

    fn from_resource(resource: &Resource, _: &Call<'_>, arns: &ArnContext<'_>) -> Self {
        let named = Self::named(resource, arns);
        let ResourceDetails::Queue(queue) = &resource.details else { return named };
        let caller = OutboundCallerConfig {
            outbound_caller_id_name: queue.caller_id_name.clone(),
            outbound_caller_id_number_id: queue.caller_id_number.clone(),
            outbound_flow_id: queue.outbound_flow.clone(),
        };
        let email = queue.outbound_email.clone();
        Self {
            description: resource.description.clone(),
            hours_of_operation_id: Some(queue.hours.to_string()),
            last_modified_region: arns.region(),
            last_modified_time: time(resource.modified),
            max_contacts: queue.max_contacts.and_then(|max| i32::try_from(max).ok()),
            outbound_caller_config: Some(caller).filter(|caller| *caller != OutboundCallerConfig::default()),
            outbound_email_config: email.map(|id| OutboundEmailConfig { outbound_email_address_id: Some(id) }),
            status: Some(if queue.enabled { QueueStatus::Enabled } else { QueueStatus::Disabled }),
            tags: Some(resource.tags.clone()),
            ..named
        }
    }
}
