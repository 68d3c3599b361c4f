//! Routing profiles, which determine the contacts that agents get.

use floorkey::resource::{MediaConcurrency as KeptConcurrency, ResourceDetails, RoutingProfile as Kept};
use floorkey::visibility::Viewer;
use floorkey::{
    Act, Command, Directory, Invalid, NewResource, Refusal, Resource, ResourceId, ResourceType, StoredResourceType,
    Target, Thing,
};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AgentAvailabilityTimer, BehaviorType, Channel, CreateRoutingProfileInput, CreateRoutingProfileOutput,
    CrossChannelBehavior, DeleteRoutingProfileInput, DescribeRoutingProfileInput, DescribeRoutingProfileOutput, Empty,
    ListRoutingProfilesInput, ListRoutingProfilesOutput, MediaConcurrency, RoutingProfile, RoutingProfileSummary,
};
use floorkey_aws::operation::Operation;

use super::lookup::{linked, not_found};
use super::resources::{self, Asked};
use super::routing_profile_updates::{manual_link, queue_link};
use super::wire::{Wire, time};
use crate::caller::{Caller, Refuse};
use crate::refusal::exception;
use floorkey_service::outside;

pub(super) async fn create(
    caller: &Caller<'_>,
    input: CreateRoutingProfileInput,
) -> Refuse<CreateRoutingProfileOutput> {
    let (act, operation) = (Act::CreateRoutingProfile, Operation::CreateRoutingProfile);
    let directory = caller.directory(&input.instance_id)?;
    let id = ResourceId::from_bits(outside::id());
    let tags = input.tags.clone().unwrap_or_default();
    let details = match details(&input) {
        Ok(details) => details,
        Err(refusal) => {
            let thing = Thing::new(ResourceType::RoutingProfile, &tags);
            return Err(caller.refuse_command(&directory, act, &Target::Described(thing), refusal, operation).await);
        }
    };
    let new = NewResource { id, name: input.name, description: Some(input.description), tags, details };
    caller.execute(&directory, Command::CreateResource(Box::new(new)), operation).await?;
    Ok(CreateRoutingProfileOutput {
        routing_profile_arn: caller.wire(&directory).arn(ResourceKind::RoutingProfile, id),
        routing_profile_id: Some(id.to_string()),
    })
}

pub(super) async fn delete(caller: &Caller<'_>, input: DeleteRoutingProfileInput) -> Refuse<Empty> {
    let (act, operation) = (Act::DeleteRoutingProfile, Operation::DeleteRoutingProfile);
    let directory = caller.directory(&input.instance_id)?;
    let id = &input.routing_profile_id;
    resources::delete(caller, &directory, StoredResourceType::RoutingProfile, id, act, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe(
    caller: &Caller<'_>,
    input: DescribeRoutingProfileInput,
) -> Refuse<DescribeRoutingProfileOutput> {
    let (act, operation) = (Act::DescribeRoutingProfile, Operation::DescribeRoutingProfile);
    let directory = caller.directory(&input.instance_id)?;
    let (resource_type, id) = (ResourceType::RoutingProfile, &input.routing_profile_id);
    let found = caller.resource(&directory, resource_type, id, act, operation).await?;
    let ResourceDetails::RoutingProfile(profile) = &found.details else {
        return Err(exception(not_found(resource_type, id).into(), operation));
    };
    let viewer = Viewer::new(&directory, caller.principal(), caller.at);
    let routing_profile = Some(described(found, profile, &directory, &viewer, &caller.wire(&directory)));
    Ok(DescribeRoutingProfileOutput { routing_profile })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListRoutingProfilesInput) -> Refuse<ListRoutingProfilesOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let asked = Asked {
        resource_type: ResourceType::RoutingProfile,
        act: Act::ListRoutingProfiles,
        operation: Operation::ListRoutingProfiles,
        filters: String::new(),
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let wire = caller.wire(&directory);
    let page = asked
        .page(
            caller,
            &directory,
            |_| true,
            |resource, sight| RoutingProfileSummary {
                arn: wire.arn(ResourceKind::RoutingProfile, resource.id),
                id: Some(resource.id.to_string()),
                last_modified_region: sight.whole(wire.region()),
                last_modified_time: sight.whole(time(resource.modified)),
                name: Some(resource.name.clone()),
            },
        )
        .await?;
    Ok(ListRoutingProfilesOutput { routing_profile_summary_list: Some(page.rows), next_token: page.next })
}

fn details(input: &CreateRoutingProfileInput) -> Result<ResourceDetails, Refusal> {
    let queues = input.queue_configs.iter().flatten().map(queue_link);
    let manual = input.manual_assignment_queue_configs.iter().flatten().map(manual_link);
    Ok(ResourceDetails::RoutingProfile(Kept {
        default_outbound_queue: linked(ResourceType::Queue, &input.default_outbound_queue_id, ResourceId::parse)?,
        queues: queues.collect::<Result<_, _>>()?,
        manual_queues: manual.collect::<Result<_, _>>()?,
        concurrencies: input.media_concurrencies.iter().map(concurrency).collect::<Result<_, _>>()?,
        availability_timer: input.agent_availability_timer.map(|timer| timer.as_str().to_owned()),
    }))
}

/// Converts the concurrency of a channel. Floorkey doesn't store concurrencies by workload type, so it refuses them
/// rather than dropping them silently.
///
/// # Errors
/// If there are concurrencies by workload type, or if the channel has no number.
pub(super) fn concurrency(media: &MediaConcurrency) -> Result<KeptConcurrency, Refusal> {
    let wrong = |problem: String| Invalid { input: "MediaConcurrencies", problem };
    let channel = media.channel;
    if media.workload_type_concurrencies.as_ref().is_some_and(|list| !list.is_empty()) {
        let problem =
            format!("{channel} has WorkloadTypeConcurrencies, which Floorkey does not support: leave them out");
        return Err(wrong(problem).into());
    }
    let concurrency = media.concurrency.ok_or_else(|| wrong(format!("{channel} has no Concurrency")))?;
    Ok(KeptConcurrency {
        channel: channel.as_str().to_owned(),
        concurrency: i64::from(concurrency),
        cross_channel: media.cross_channel_behavior.as_ref().map(|cross| cross.behavior_type.as_str().to_owned()),
    })
}

/// Leaves out `IsDefault`, because no routing profile is assigned by default. Associated queues and users with this
/// profile are included as far as the viewer can see them.
fn described(
    found: &Resource,
    profile: &Kept,
    directory: &Directory,
    viewer: &Viewer<'_>,
    wire: &Wire<'_>,
) -> RoutingProfile {
    let is_seen = |queue: &ResourceId| viewer.resource_name(*queue).is_some();
    let queues = distinct(profile.queues.iter().map(|link| link.queue).filter(is_seen));
    let manual = distinct(profile.manual_queues.iter().map(|link| link.queue).filter(is_seen));
    let count = |count: usize| i64::try_from(count).ok();
    let media = |media: &KeptConcurrency| {
        let behavior = media.cross_channel.as_deref().and_then(BehaviorType::from_name);
        Some(MediaConcurrency {
            channel: Channel::from_name(&media.channel)?,
            concurrency: i32::try_from(media.concurrency).ok(),
            cross_channel_behavior: behavior.map(|behavior_type| CrossChannelBehavior { behavior_type }),
            workload_type_concurrencies: None,
        })
    };
    RoutingProfile {
        agent_availability_timer: profile.availability_timer.as_deref().and_then(AgentAvailabilityTimer::from_name),
        default_outbound_queue_id: Some(profile.default_outbound_queue.to_string()),
        description: found.description.clone(),
        instance_id: Some(directory.instance().to_string()),
        is_default: None,
        last_modified_region: wire.region(),
        last_modified_time: time(found.modified),
        media_concurrencies: Some(profile.concurrencies.iter().filter_map(media).collect()),
        name: Some(found.name.clone()),
        number_of_associated_manual_assignment_queues: count(manual.len()),
        number_of_associated_queues: count(queues.len()),
        number_of_associated_users: viewer
            .sees_all_users()
            .then(|| count(directory.routing_user_count(found.id)))
            .flatten(),
        associated_manual_assignment_queue_ids: Some(manual),
        associated_queue_ids: Some(queues),
        routing_profile_arn: wire.arn(ResourceKind::RoutingProfile, found.id),
        routing_profile_id: Some(found.id.to_string()),
        tags: Some(found.tags.clone()),
    }
}

/// Returns each queue once, even if it is associated for several channels.
fn distinct(queues: impl Iterator<Item = ResourceId>) -> Vec<String> {
    let mut seen = Vec::new();
    for queue in queues {
        if !seen.contains(&queue) {
            seen.push(queue);
        }
    }
    seen.iter().map(ToString::to_string).collect()
}
