//! Operations that update a routing profile's settings, one operation per setting, and operations on its queues.

use floorkey::resource::{ManualQueueLink, QueueLink, ResourceChange, ResourceDetails};
use floorkey::{Action, Directory, Refusal, ResourceId, ResourceType, Target, visibility};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AssociateRoutingProfileQueuesInput, Channel, DisassociateRoutingProfileQueuesInput, Empty,
    ListRoutingProfileQueuesInput, ListRoutingProfileQueuesOutput, RoutingProfileManualAssignmentQueueConfig,
    RoutingProfileQueueConfig, RoutingProfileQueueConfigSummary, RoutingProfileQueueReference,
    UpdateRoutingProfileConcurrencyInput, UpdateRoutingProfileDefaultOutboundQueueInput, UpdateRoutingProfileNameInput,
    UpdateRoutingProfileQueuesInput,
};
use floorkey_aws::operation::Operation;

use super::listing::{ListId, PAGE_SIZE, Paging, RowKey};
use super::lookup::{not_found, parse_ref};
use super::members::{ArnContext, time};
use super::resources;
use super::routing_profiles::concurrency;
use crate::caller::{ApiResult, Caller};
use crate::refusal::exception;

pub(super) async fn name(caller: &Caller<'_>, input: UpdateRoutingProfileNameInput) -> ApiResult<Empty> {
    let directory = caller.directory(&input.instance_id)?;
    let change = ResourceChange::RoutingProfileName { name: input.name, description: input.description };
    let id = &input.routing_profile_id;
    resources::change(caller, &directory, id, change, Operation::UpdateRoutingProfileName).await
}

pub(super) async fn concurrencies(
    caller: &Caller<'_>,
    input: UpdateRoutingProfileConcurrencyInput,
) -> ApiResult<Empty> {
    let call = (Action::UpdateRoutingProfileConcurrency, Operation::UpdateRoutingProfileConcurrency);
    let directory = caller.directory(&input.instance_id)?;
    let new = input.media_concurrencies.iter().map(concurrency).collect::<Result<_, _>>();
    let change = new.map(ResourceChange::RoutingProfileConcurrency);
    execute_change(caller, &directory, &input.routing_profile_id, change, call).await
}

pub(super) async fn default_outbound_queue(
    caller: &Caller<'_>,
    input: UpdateRoutingProfileDefaultOutboundQueueInput,
) -> ApiResult<Empty> {
    let call = (Action::UpdateRoutingProfileDefaultOutboundQueue, Operation::UpdateRoutingProfileDefaultOutboundQueue);
    let directory = caller.directory(&input.instance_id)?;
    let change = parse_queue(&input.default_outbound_queue_id).map(ResourceChange::RoutingProfileDefaultOutboundQueue);
    execute_change(caller, &directory, &input.routing_profile_id, change, call).await
}

pub(super) async fn queues(caller: &Caller<'_>, input: UpdateRoutingProfileQueuesInput) -> ApiResult<Empty> {
    let call = (Action::UpdateRoutingProfileQueues, Operation::UpdateRoutingProfileQueues);
    let directory = caller.directory(&input.instance_id)?;
    let links = input.queue_configs.iter().map(queue_link).collect::<Result<_, _>>();
    let change = links.map(ResourceChange::RoutingProfileQueues);
    execute_change(caller, &directory, &input.routing_profile_id, change, call).await
}

pub(super) async fn associate(caller: &Caller<'_>, input: AssociateRoutingProfileQueuesInput) -> ApiResult<Empty> {
    let call = (Action::AssociateRoutingProfileQueues, Operation::AssociateRoutingProfileQueues);
    let directory = caller.directory(&input.instance_id)?;
    let queues = input.queue_configs.iter().flatten().map(queue_link).collect::<Result<_, _>>();
    let manual = input.manual_assignment_queue_configs.iter().flatten().map(manual_link).collect::<Result<_, _>>();
    let change = queues.and_then(|queues| Ok(ResourceChange::AddRoutingProfileQueues { queues, manual: manual? }));
    execute_change(caller, &directory, &input.routing_profile_id, change, call).await
}

pub(super) async fn disassociate(
    caller: &Caller<'_>,
    input: DisassociateRoutingProfileQueuesInput,
) -> ApiResult<Empty> {
    let call = (Action::DisassociateRoutingProfileQueues, Operation::DisassociateRoutingProfileQueues);
    let directory = caller.directory(&input.instance_id)?;
    let queues = input.queue_references.iter().flatten().map(reference).collect::<Result<_, _>>();
    let manual = input.manual_assignment_queue_references.iter().flatten().map(reference).collect::<Result<_, _>>();
    let change = queues.and_then(|queues| Ok(ResourceChange::RemoveRoutingProfileQueues { queues, manual: manual? }));
    execute_change(caller, &directory, &input.routing_profile_id, change, call).await
}

/// Lists a routing profile's queues in the order in which they were associated. Leaves out queues outside the caller's
/// scope, because the list of all queues does not show them either.
pub(super) async fn list_queues(
    caller: &Caller<'_>,
    input: ListRoutingProfileQueuesInput,
) -> ApiResult<ListRoutingProfileQueuesOutput> {
    let (action, operation) = (Action::ListRoutingProfileQueues, Operation::ListRoutingProfileQueues);
    let directory = caller.directory(&input.instance_id)?;
    let (resource_type, id) = (ResourceType::RoutingProfile, &input.routing_profile_id);
    let resource = caller.resource(&directory, resource_type, id, action, operation).await?;
    let ResourceDetails::RoutingProfile(profile) = &resource.details else {
        return Err(exception(not_found(resource_type, id).into(), operation));
    };
    let list = ListId { instance: &directory.instance().to_string(), filters: &resource.id.to_string() };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let (viewer, arns) =
        (visibility::Viewer::new(&directory, caller.principal(), caller.now), caller.arn_context(&directory));
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

/// Executes a change, or refuses a change that can't be built from its input. If the caller is not permitted to perform
/// the operation, the exception says that the caller lacks permission.
async fn execute_change(
    caller: &Caller<'_>,
    directory: &Directory,
    id: &str,
    change: Result<ResourceChange, Refusal>,
    (action, operation): (Action, Operation),
) -> ApiResult<Empty> {
    match change {
        Ok(change) => resources::change(caller, directory, id, change, operation).await,
        Err(refusal) => {
            let profile = caller.resource(directory, ResourceType::RoutingProfile, id, action, operation).await?.id;
            Err(caller.refuse_command(directory, action, &Target::Resource(profile), refusal, operation).await)
        }
    }
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
