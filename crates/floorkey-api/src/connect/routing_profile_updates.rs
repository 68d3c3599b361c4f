//! Operations that update a routing profile's settings, one operation per setting, and operations on its queues.

use floorkey::resource::{ManualQueueLink, QueueLink, ResourceChange, ResourceDetails};
use floorkey::{Refusal, ResourceId, ResourceType, StoredResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AssociateRoutingProfileQueuesInput, Channel, DisassociateRoutingProfileQueuesInput, Empty,
    ListRoutingProfileQueuesInput, ListRoutingProfileQueuesOutput, RoutingProfileManualAssignmentQueueConfig,
    RoutingProfileQueueConfig, RoutingProfileQueueConfigSummary, RoutingProfileQueueReference,
    UpdateRoutingProfileConcurrencyInput, UpdateRoutingProfileDefaultOutboundQueueInput, UpdateRoutingProfileNameInput,
    UpdateRoutingProfileQueuesInput,
};

use super::call::parse_ref;
use super::call::{Call, CallResult};
use super::listing::RowKey;
use super::members::{ArnContext, time};
use super::resources;
use super::routing_profiles::concurrency;

const KIND: StoredResourceType = StoredResourceType::RoutingProfile;

pub(super) async fn name(call: &Call<'_>, input: UpdateRoutingProfileNameInput) -> CallResult<Empty> {
    let change = ResourceChange::Name { stored_type: KIND, name: input.name, description: input.description };
    resources::change(call, KIND, &input.routing_profile_id, Ok::<_, Refusal>(change)).await
}

pub(super) async fn concurrencies(call: &Call<'_>, input: UpdateRoutingProfileConcurrencyInput) -> CallResult<Empty> {
    let new = input.media_concurrencies.iter().map(concurrency).collect::<Result<_, _>>();
    let change = new.map(ResourceChange::RoutingProfileConcurrency);
    resources::change(call, KIND, &input.routing_profile_id, change).await
}

pub(super) async fn default_outbound_queue(
    call: &Call<'_>,
    input: UpdateRoutingProfileDefaultOutboundQueueInput,
) -> CallResult<Empty> {
    let change = parse_queue(&input.default_outbound_queue_id).map(ResourceChange::RoutingProfileDefaultOutboundQueue);
    resources::change(call, KIND, &input.routing_profile_id, change).await
}

pub(super) async fn queues(call: &Call<'_>, input: UpdateRoutingProfileQueuesInput) -> CallResult<Empty> {
    let links = input.queue_configs.iter().map(queue_link).collect::<Result<_, _>>();
    let change = links.map(ResourceChange::RoutingProfileQueues);
    resources::change(call, KIND, &input.routing_profile_id, change).await
}

pub(super) async fn associate(call: &Call<'_>, input: AssociateRoutingProfileQueuesInput) -> CallResult<Empty> {
    let queues = input.queue_configs.iter().flatten().map(queue_link).collect::<Result<_, _>>();
    let manual = input.manual_assignment_queue_configs.iter().flatten().map(manual_link).collect::<Result<_, _>>();
    let change = queues.and_then(|queues| Ok(ResourceChange::AddRoutingProfileQueues { queues, manual: manual? }));
    resources::change(call, KIND, &input.routing_profile_id, change).await
}

pub(super) async fn disassociate(call: &Call<'_>, input: DisassociateRoutingProfileQueuesInput) -> CallResult<Empty> {
    let queues = input.queue_references.iter().flatten().map(reference).collect::<Result<_, _>>();
    let manual = input.manual_assignment_queue_references.iter().flatten().map(reference).collect::<Result<_, _>>();
    let change = queues.and_then(|queues| Ok(ResourceChange::RemoveRoutingProfileQueues { queues, manual: manual? }));
    resources::change(call, KIND, &input.routing_profile_id, change).await
}

/// Lists a routing profile's queues in the order in which they were associated. Leaves out queues outside the caller's
/// scope, because the list of all queues does not show them either.
pub(super) async fn list_queues(
    call: &Call<'_>,
    input: ListRoutingProfileQueuesInput,
) -> CallResult<ListRoutingProfileQueuesOutput> {
    let (resource_type, id) = (ResourceType::RoutingProfile, &input.routing_profile_id);
    let resource = call.resource(resource_type, id).await?;
    let ResourceDetails::RoutingProfile(profile) = &resource.details else {
        return Err(call.not_found_or_denied(resource_type, id).await);
    };
    let paging = call.paging(&resource.id.to_string())?;
    let (viewer, arns) = (call.viewer(), call.arns());
    let rows = profile.queues.iter().enumerate().filter_map(|(index, link)| {
        let name = viewer.resource_name(link.queue)?;
        Some((RowKey::by_index(index), summary(link, name, &arns)?))
    });
    let page = paging.page(rows)?;
    Ok(ListRoutingProfileQueuesOutput {
        last_modified_region: arns.region(),
        last_modified_time: time(resource.modified),
        next_token: page.next,
        routing_profile_queue_config_summary_list: Some(page.rows),
    })
}

fn summary(link: &QueueLink, name: &str, arns: &ArnContext<'_>) -> Option<RoutingProfileQueueConfigSummary> {
    Some(RoutingProfileQueueConfigSummary {
        channel: Channel::from_name(&link.channel)?,
        delay: i32::try_from(link.delay_seconds).ok()?,
        priority: i32::try_from(link.priority).ok()?,
        queue_arn: arns.arn(ResourceKind::Queue, link.queue)?,
        queue_id: link.queue.to_string(),
        queue_name: name.to_owned(),
    })
}

fn parse_queue(id: &str) -> Result<ResourceId, Refusal> {
    parse_ref(ResourceType::Queue, id, ResourceId::parse)
}

/// Converts an associated queue whose contacts are routed to agents automatically.
///
/// # Errors
/// If the queue's ID is invalid.
pub(super) fn queue_link(config: &RoutingProfileQueueConfig) -> Result<QueueLink, Refusal> {
    Ok(QueueLink {
        queue: parse_queue(&config.queue_reference.queue_id)?,
        channel: config.queue_reference.channel.as_str().to_owned(),
        priority: i64::from(config.priority),
        delay_seconds: i64::from(config.delay),
    })
}

/// Converts an associated queue whose contacts are picked manually by agents.
///
/// # Errors
/// If the queue's ID is invalid.
pub(super) fn manual_link(config: &RoutingProfileManualAssignmentQueueConfig) -> Result<ManualQueueLink, Refusal> {
    Ok(ManualQueueLink {
        queue: parse_queue(&config.queue_reference.queue_id)?,
        channel: config.queue_reference.channel.as_str().to_owned(),
    })
}

fn reference(reference: &RoutingProfileQueueReference) -> Result<(ResourceId, String), Refusal> {
    Ok((parse_queue(&reference.queue_id)?, reference.channel.as_str().to_owned()))
}
