//! Queues, where contacts wait for agents.

use floorkey::resource::{Queue as StoredQueue, ResourceDetails};
use floorkey::{
    Action, Command, NewResource, Refusal, Resource, ResourceAttributes, ResourceId, ResourceType, StoredResourceType,
    Target,
};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateQueueInput, CreateQueueOutput, DeleteQueueInput, DescribeQueueInput, DescribeQueueOutput, Empty,
    ListQueuesInput, ListQueuesOutput, OutboundCallerConfig, OutboundEmailConfig, Queue, QueueStatus, QueueSummary,
    QueueType,
};
use floorkey_aws::operation::Operation;

use super::lookup::{not_found, parse_ref};
use super::members::{ArnContext, non_empty, time};
use super::resources::{self, ListRequest};
use crate::caller::{ApiResult, Caller};
use crate::refusal::exception;
use floorkey_service::entropy;

pub(super) async fn create(caller: &Caller<'_>, input: CreateQueueInput) -> ApiResult<CreateQueueOutput> {
    let (action, operation) = (Action::CreateQueue, Operation::CreateQueue);
    let directory = caller.directory(&input.instance_id)?;
    let id = ResourceId::from_bits(entropy::random_id());
    let tags = input.tags.clone().unwrap_or_default();
    let details = match details(&input) {
        Ok(details) => details,
        Err(refusal) => {
            let thing = ResourceAttributes::new(ResourceType::Queue, &tags);
            return Err(caller.refuse_command(&directory, action, &Target::Described(thing), refusal, operation).await);
        }
    };
    let description = non_empty(input.description.as_deref());
    let new = NewResource { id, name: input.name, description, tags, details };
    caller.execute(&directory, Command::CreateResource(Box::new(new)), operation).await?;
    Ok(CreateQueueOutput {
        queue_arn: caller.arn_context(&directory).arn(ResourceKind::Queue, id),
        queue_id: Some(id.to_string()),
    })
}

pub(super) async fn delete(caller: &Caller<'_>, input: DeleteQueueInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::DeleteQueue, Operation::DeleteQueue);
    let directory = caller.directory(&input.instance_id)?;
    resources::delete(caller, &directory, StoredResourceType::Queue, &input.queue_id, action, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe(caller: &Caller<'_>, input: DescribeQueueInput) -> ApiResult<DescribeQueueOutput> {
    let (action, operation) = (Action::DescribeQueue, Operation::DescribeQueue);
    let directory = caller.directory(&input.instance_id)?;
    let resource = caller.resource(&directory, ResourceType::Queue, &input.queue_id, action, operation).await?;
    let ResourceDetails::Queue(queue) = &resource.details else {
        return Err(exception(not_found(ResourceType::Queue, &input.queue_id).into(), operation));
    };
    Ok(DescribeQueueOutput { queue: Some(to_model(resource, queue, &caller.arn_context(&directory))) })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListQueuesInput) -> ApiResult<ListQueuesOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let types = input.queue_types.filter(|types| !types.is_empty());
    let list_request = ListRequest {
        resource_type: ResourceType::Queue,
        action: Action::ListQueues,
        operation: Operation::ListQueues,
        filters: format!("{types:?}"),
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    // All queues in Floorkey are standard queues. There are no agent queues.
    let includes_standard = types.is_none_or(|types| types.contains(&QueueType::Standard));
    let arns = caller.arn_context(&directory);
    let page = list_request
        .page(
            caller,
            &directory,
            |_| includes_standard,
            |resource, visibility| QueueSummary {
                arn: arns.arn(ResourceKind::Queue, resource.id),
                id: Some(resource.id.to_string()),
                last_modified_region: visibility.if_full(arns.region()),
                last_modified_time: visibility.if_full(time(resource.modified)),
                name: Some(resource.name.clone()),
                queue_type: visibility.if_full(Some(QueueType::Standard)),
            },
        )
        .await?;
    Ok(ListQueuesOutput { queue_summary_list: Some(page.rows), next_token: page.next })
}

/// Floorkey has no quick connects and no email addresses, so a request that references either is refused.
fn details(input: &CreateQueueInput) -> Result<ResourceDetails, Refusal> {
    if let Some(id) = input.quick_connect_ids.iter().flatten().next() {
        return Err(not_found(ResourceType::QuickConnect, id));
    }
    if let Some(address) = input.email_addresses_config.iter().flatten().next() {
        return Err(Refusal::NotFound { what: "email address", id: address.email_address_id.clone() });
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
    }))
}

fn to_model(resource: &Resource, queue: &StoredQueue, arns: &ArnContext<'_>) -> Queue {
    let caller = OutboundCallerConfig {
        outbound_caller_id_name: queue.caller_id_name.clone(),
        outbound_caller_id_number_id: queue.caller_id_number.clone(),
        outbound_flow_id: queue.outbound_flow.clone(),
    };
    let email = queue.outbound_email.clone();
    Queue {
        description: resource.description.clone(),
        hours_of_operation_id: Some(queue.hours.to_string()),
        last_modified_region: arns.region(),
        last_modified_time: time(resource.modified),
        max_contacts: queue.max_contacts.and_then(|max| i32::try_from(max).ok()),
        name: Some(resource.name.clone()),
        outbound_caller_config: Some(caller).filter(|caller| *caller != OutboundCallerConfig::default()),
        outbound_email_config: email.map(|id| OutboundEmailConfig { outbound_email_address_id: Some(id) }),
        queue_arn: arns.arn(ResourceKind::Queue, resource.id),
        queue_id: Some(resource.id.to_string()),
        status: Some(if queue.enabled { QueueStatus::Enabled } else { QueueStatus::Disabled }),
        tags: Some(resource.tags.clone()),
    }
}
