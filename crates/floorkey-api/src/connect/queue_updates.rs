//! Operations that update a queue's settings, one operation per setting, and operations on a queue's quick connects.

use floorkey::resource::{ResourceChange, ResourceDetails};
use floorkey::{Refusal, ResourceId, ResourceType, StoredResourceType};
use floorkey_aws::model::{
    AssociateQueueQuickConnectsInput, DisassociateQueueQuickConnectsInput, Empty, ListQueueQuickConnectsInput,
    ListQueueQuickConnectsOutput, QueueStatus, UpdateQueueHoursOfOperationInput, UpdateQueueMaxContactsInput,
    UpdateQueueNameInput, UpdateQueueOutboundCallerConfigInput, UpdateQueueStatusInput,
};

use super::call::parse_ref;
use super::call::{Call, CallResult};
use super::listing::NamedRow as _;
use super::members::{non_empty, time};
use super::queues::parse_quick_connects;
use super::row_visibility::RowVisibility;
use super::{quick_connects, resources};

const KIND: StoredResourceType = StoredResourceType::Queue;

pub(super) async fn name(call: &Call<'_>, input: UpdateQueueNameInput) -> CallResult<Empty> {
    let change = ResourceChange::Name { stored_type: KIND, name: input.name, description: input.description };
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

pub(super) async fn associate_quick_connects(
    call: &Call<'_>,
    input: AssociateQueueQuickConnectsInput,
) -> CallResult<Empty> {
    let quick_connects = parse_quick_connects(&input.quick_connect_ids);
    resources::change(call, KIND, &input.queue_id, quick_connects.map(ResourceChange::AddQueueQuickConnects)).await
}

pub(super) async fn disassociate_quick_connects(
    call: &Call<'_>,
    input: DisassociateQueueQuickConnectsInput,
) -> CallResult<Empty> {
    let quick_connects = parse_quick_connects(&input.quick_connect_ids);
    resources::change(call, KIND, &input.queue_id, quick_connects.map(ResourceChange::RemoveQueueQuickConnects)).await
}

/// Lists a queue's quick connects, sorted by name. Leaves out quick connects outside the caller's scope, because the
/// list of all quick connects does not show them either.
pub(super) async fn list_quick_connects(
    call: &Call<'_>,
    input: ListQueueQuickConnectsInput,
) -> CallResult<ListQueueQuickConnectsOutput> {
    let resource = call.resource(ResourceType::Queue, &input.queue_id).await?;
    let (viewer, arns) = (call.viewer(), call.arns());
    let quick_connects = match &resource.details {
        ResourceDetails::Queue(queue) => queue.quick_connects.iter().filter_map(|id| call.directory.resource(*id)),
        _ => return Err(call.not_found_or_denied(ResourceType::Queue, &input.queue_id).await),
    };
    let mut rows: Vec<_> = quick_connects
        .filter_map(|quick_connect| {
            let visibility = viewer.resource(quick_connect.id);
            visibility.shows_name().then(|| {
                let visibility = RowVisibility::from_visibility(visibility);
                (quick_connect.key(), quick_connects::summary(quick_connect, visibility, &arns))
            })
        })
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let page = call.paging(&resource.id.to_string())?.page(rows)?;
    Ok(ListQueueQuickConnectsOutput {
        last_modified_region: arns.region(),
        last_modified_time: time(resource.modified),
        next_token: page.next,
        quick_connect_summary_list: Some(page.rows),
    })
}

async fn update(call: &Call<'_>, id: &str, change: ResourceChange) -> CallResult<Empty> {
    resources::change(call, KIND, id, Ok::<_, Refusal>(change)).await
}
