//! Queues, in which contacts wait.

use floorkey::resource::{Queue as Kept, ResourceDetails};
use floorkey::{
    Act, Command, NewResource, Refusal, Resource, ResourceId, ResourceType, StoredResourceType, Target, Thing,
};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateQueueInput, CreateQueueOutput, DeleteQueueInput, DescribeQueueInput, DescribeQueueOutput, Empty,
    ListQueuesInput, ListQueuesOutput, OutboundCallerConfig, OutboundEmailConfig, Queue, QueueStatus, QueueSummary,
    QueueType,
};
use floorkey_aws::operation::Operation;

use super::lookup::{linked, not_found};
use super::resources::{self, Asked};
use super::wire::{Wire, said, time};
use crate::caller::{Caller, Refuse};
use crate::refusal::exception;
use floorkey_service::outside;

pub(super) async fn create(caller: &Caller<'_>, input: CreateQueueInput) -> Refuse<CreateQueueOutput> {
    let (act, operation) = (Act::CreateQueue, Operation::CreateQueue);
    let directory = caller.directory(&input.instance_id)?;
    let id = ResourceId::from_bits(outside::id());
    let tags = input.tags.clone().unwrap_or_default();
    let details = match details(&input) {
        Ok(details) => details,
        Err(refusal) => {
            let thing = Thing::new(ResourceType::Queue, &tags);
            return Err(caller.refuse_command(&directory, act, &Target::Described(thing), refusal, operation).await);
        }
    };
    let description = said(input.description.as_deref());
    let new = NewResource { id, name: input.name, description, tags, details };
    caller.execute(&directory, Command::CreateResource(Box::new(new)), operation).await?;
    Ok(CreateQueueOutput {
        queue_arn: caller.wire(&directory).arn(ResourceKind::Queue, id),
        queue_id: Some(id.to_string()),
    })
}

pub(super) async fn delete(caller: &Caller<'_>, input: DeleteQueueInput) -> Refuse<Empty> {
    let (act, operation) = (Act::DeleteQueue, Operation::DeleteQueue);
    let directory = caller.directory(&input.instance_id)?;
    resources::delete(caller, &directory, StoredResourceType::Queue, &input.queue_id, act, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe(caller: &Caller<'_>, input: DescribeQueueInput) -> Refuse<DescribeQueueOutput> {
    let (act, operation) = (Act::DescribeQueue, Operation::DescribeQueue);
    let directory = caller.directory(&input.instance_id)?;
    let found = caller.resource(&directory, ResourceType::Queue, &input.queue_id, act, operation).await?;
    let ResourceDetails::Queue(queue) = &found.details else {
        return Err(exception(not_found(ResourceType::Queue, &input.queue_id).into(), operation));
    };
    Ok(DescribeQueueOutput { queue: Some(described(found, queue, &caller.wire(&directory))) })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListQueuesInput) -> Refuse<ListQueuesOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let types = input.queue_types.filter(|types| !types.is_empty());
    let asked = Asked {
        resource_type: ResourceType::Queue,
        act: Act::ListQueues,
        operation: Operation::ListQueues,
        filters: format!("{types:?}"),
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    // All queues in Floorkey are standard ones; agents have no queues of their own.
    let wanted = types.is_none_or(|types| types.contains(&QueueType::Standard));
    let wire = caller.wire(&directory);
    let page = asked
        .page(
            caller,
            &directory,
            |_| wanted,
            |resource, sight| QueueSummary {
                arn: wire.arn(ResourceKind::Queue, resource.id),
                id: Some(resource.id.to_string()),
                last_modified_region: sight.whole(wire.region()),
                last_modified_time: sight.whole(time(resource.modified)),
                name: Some(resource.name.clone()),
                queue_type: sight.whole(Some(QueueType::Standard)),
            },
        )
        .await?;
    Ok(ListQueuesOutput { queue_summary_list: Some(page.rows), next_token: page.next })
}

/// Floorkey has no quick connects and no email addresses, so each ID in the request is one that doesn't exist.
fn details(input: &CreateQueueInput) -> Result<ResourceDetails, Refusal> {
    if let Some(id) = input.quick_connect_ids.iter().flatten().next() {
        return Err(not_found(ResourceType::QuickConnect, id));
    }
    if let Some(address) = input.email_addresses_config.iter().flatten().next() {
        return Err(Refusal::NotFound { what: "email address", id: address.email_address_id.clone() });
    }
    let caller = input.outbound_caller_config.clone().unwrap_or_default();
    let email = input.outbound_email_config.clone().unwrap_or_default();
    Ok(ResourceDetails::Queue(Kept {
        hours: linked(ResourceType::HoursOfOperation, &input.hours_of_operation_id, ResourceId::parse)?,
        max_contacts: input.max_contacts.map(i64::from),
        enabled: true,
        caller_id_name: said(caller.outbound_caller_id_name.as_deref()),
        caller_id_number: said(caller.outbound_caller_id_number_id.as_deref()),
        outbound_flow: said(caller.outbound_flow_id.as_deref()),
        outbound_email: said(email.outbound_email_address_id.as_deref()),
    }))
}

fn described(found: &Resource, queue: &Kept, wire: &Wire<'_>) -> Queue {
    let caller = OutboundCallerConfig {
        outbound_caller_id_name: queue.caller_id_name.clone(),
        outbound_caller_id_number_id: queue.caller_id_number.clone(),
        outbound_flow_id: queue.outbound_flow.clone(),
    };
    let email = queue.outbound_email.clone();
    Queue {
        description: found.description.clone(),
        hours_of_operation_id: Some(queue.hours.to_string()),
        last_modified_region: wire.region(),
        last_modified_time: time(found.modified),
        max_contacts: queue.max_contacts.and_then(|max| i32::try_from(max).ok()),
        name: Some(found.name.clone()),
        outbound_caller_config: Some(caller).filter(|caller| *caller != OutboundCallerConfig::default()),
        outbound_email_config: email.map(|id| OutboundEmailConfig { outbound_email_address_id: Some(id) }),
        queue_arn: wire.arn(ResourceKind::Queue, found.id),
        queue_id: Some(found.id.to_string()),
        status: Some(if queue.enabled { QueueStatus::Enabled } else { QueueStatus::Disabled }),
        tags: Some(found.tags.clone()),
    }
}
