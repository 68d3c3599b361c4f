//! Operations that update a queue's settings, one operation per setting, and operations on a queue's quick connects.

use floorkey::resource::ResourceChange;
use floorkey::{Refusal, ResourceId, ResourceType, StoredResourceType};
use floorkey_aws::model::{
    AssociateQueueQuickConnectsInput, DisassociateQueueQuickConnectsInput, Empty, ListQueueQuickConnectsInput,
    ListQueueQuickConnectsOutput, QueueStatus, UpdateQueueHoursOfOperationInput, UpdateQueueMaxContactsInput,
    UpdateQueueNameInput, UpdateQueueOutboundCallerConfigInput, UpdateQueueStatusInput,
};

use super::call::{Call, CallResult};
use super::call::{not_found, parse_ref};
use super::listing::RowKey;
use super::members::{non_empty, time};
use super::resources;

const KIND: StoredResourceType = StoredResourceType::Queue;

pub(super) async fn name(call: &Call<'_>, input: UpdateQueueNameInput) -> CallResult<Empty> {
    let change = ResourceChange::QueueName { name: input.name, description: input.description };
    update(call, &input.queue_id, change).await
}

pub(super) async fn hours_of_operation(call: &Call<'_>, input: UpdateQueueHoursOfOperationInput) -> CallResult<Empty> {
    let hours = parse_ref(ResourceType::HoursOfOperation, &input.hours_of_operation_id, ResourceId::parse);
    resources::change(call, KIND, &input.queue_id, hours.map(ResourceChange::QueueHours)).await
}

pub(super) async fn max_contacts(call: &Call<'_>, input: UpdateQueueMaxContactsInput) -> CallResult<Empty> {
    update(call, &input.queue_id, ResourceChange::QueueMaxContacts(input.max_contacts.map(i64::from))).await
}

pub(super) async fn status(call: &Call<'_>, input: UpdateQueueStatusInput) -> CallResult<Empty> {
    update(call, &input.queue_id, ResourceChange::QueueEnabled(input.status == QueueStatus::Enabled)).await
}

pub(super) async fn outbound_caller_config(
    call: &Call<'_>,
    input: UpdateQueueOutboundCallerConfigInput,
) -> CallResult<Empty> {
    let config = input.outbound_caller_config;
    let change = ResourceChange::QueueOutboundCaller {
        name: non_empty(config.outbound_caller_id_name.as_deref()),
        number: non_empty(config.outbound_caller_id_number_id.as_deref()),
        flow: non_empty(config.outbound_flow_id.as_deref()),
    };
    update(call, &input.queue_id, change).await
}

/// Always refuses the request, because Floorkey has no quick connects.
pub(super) async fn associate_quick_connects(
    call: &Call<'_>,
    input: AssociateQueueQuickConnectsInput,
) -> CallResult<Empty> {
    resources::change(call, KIND, &input.queue_id, Err(first_not_found(&input.quick_connect_ids))).await
}

pub(super) async fn disassociate_quick_connects(
    call: &Call<'_>,
    input: DisassociateQueueQuickConnectsInput,
) -> CallResult<Empty> {
    resources::change(call, KIND, &input.queue_id, Err(first_not_found(&input.quick_connect_ids))).await
}

/// Returns an empty list, because Floorkey has no quick connects.
pub(super) async fn list_quick_connects(
    call: &Call<'_>,
    input: ListQueueQuickConnectsInput,
) -> CallResult<ListQueueQuickConnectsOutput> {
    let queue = call.resource(ResourceType::Queue, &input.queue_id).await?;
    let paging = call.paging(&queue.id.to_string())?;
    let page = paging.page(std::iter::empty::<(RowKey, _)>())?;
    Ok(ListQueueQuickConnectsOutput {
        last_modified_region: call.arns().region(),
        last_modified_time: time(queue.modified),
        next_token: page.next,
        quick_connect_summary_list: Some(page.rows),
    })
}

fn first_not_found(quick_connects: &[String]) -> Refusal {
    not_found(ResourceType::QuickConnect, quick_connects.first().map_or("", String::as_str))
}

async fn update(call: &Call<'_>, id: &str, change: ResourceChange) -> CallResult<Empty> {
    resources::change(call, KIND, id, Ok::<_, Refusal>(change)).await
}
