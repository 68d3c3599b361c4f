//! Routing profiles, which determine which contacts agents receive.

use floorkey::resource::{
    MediaConcurrency as StoredConcurrency, ResourceDetails, RoutingProfile as StoredRoutingProfile,
};
use floorkey::{Invalid, Refusal, Resource, ResourceId, ResourceType, StoredResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AgentAvailabilityTimer, BehaviorType, Channel, CreateRoutingProfileInput, CreateRoutingProfileOutput,
    CrossChannelBehavior, DeleteRoutingProfileInput, DescribeRoutingProfileInput, DescribeRoutingProfileOutput, Empty,
    ListRoutingProfilesInput, ListRoutingProfilesOutput, MediaConcurrency, RoutingProfile, RoutingProfileSummary,
    SearchRoutingProfilesInput, SearchRoutingProfilesOutput,
};

use super::call::parse_ref;
use super::call::{Call, CallResult};
use super::members::{ArnContext, time};
use super::resources::{self, CommonInput, ResourceModel};
use super::routing_profile_updates::{manual_link, queue_link};
use super::search_filter::TagFilter;

const KIND: StoredResourceType = StoredResourceType::RoutingProfile;

pub(super) async fn create(
    call: &Call<'_>,
    input: CreateRoutingProfileInput,
) -> CallResult<CreateRoutingProfileOutput> {
    let details = details(&input);
    let common = CommonInput { name: input.name, description: Some(input.description), tags: input.tags };
    let created = resources::create(call, KIND, common, details).await?;
    Ok(CreateRoutingProfileOutput { routing_profile_arn: created.arn, routing_profile_id: created.id })
}

pub(super) async fn delete(call: &Call<'_>, input: DeleteRoutingProfileInput) -> CallResult<Empty> {
    resources::delete(call, KIND, &input.routing_profile_id).await
}

pub(super) async fn describe(
    call: &Call<'_>,
    input: DescribeRoutingProfileInput,
) -> CallResult<DescribeRoutingProfileOutput> {
    let routing_profile = Some(resources::describe(call, &input.routing_profile_id).await?);
    Ok(DescribeRoutingProfileOutput { routing_profile })
}

pub(super) async fn search(
    call: &Call<'_>,
    input: SearchRoutingProfilesInput,
) -> CallResult<SearchRoutingProfilesOutput> {
    let filter = TagFilter::parse(input.search_filter.and_then(|filter| filter.tag_filter))?;
    let page = resources::search(call, input.search_criteria, filter).await?;
    Ok(SearchRoutingProfilesOutput {
        routing_profiles: page.rows,
        next_token: page.next,
        approximate_total_count: page.total,
    })
}

pub(super) async fn list(call: &Call<'_>, _: ListRoutingProfilesInput) -> CallResult<ListRoutingProfilesOutput> {
    let arns = call.arns();
    let page = resources::list(call, KIND, "", |resource, visibility| {
        Some(RoutingProfileSummary {
            arn: arns.arn(ResourceKind::RoutingProfile, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: visibility.if_full(arns.region()),
            last_modified_time: visibility.if_full(time(resource.modified)),
            name: Some(resource.name.clone()),
        })
    })
    .await?;
    Ok(ListRoutingProfilesOutput { routing_profile_summary_list: Some(page.rows), next_token: page.next })
}

fn details(input: &CreateRoutingProfileInput) -> Result<ResourceDetails, Refusal> {
    let queues = input.queue_configs.iter().flatten().map(queue_link);
    let manual = input.manual_assignment_queue_configs.iter().flatten().map(manual_link);
    Ok(ResourceDetails::RoutingProfile(StoredRoutingProfile {
        default_outbound_queue: parse_ref(ResourceType::Queue, &input.default_outbound_queue_id, ResourceId::parse)?,
        queues: queues.collect::<Result<_, _>>()?,
        manual_queues: manual.collect::<Result<_, _>>()?,
        concurrencies: input.media_concurrencies.iter().map(concurrency).collect::<Result<_, _>>()?,
        availability_timer: input.agent_availability_timer.map(|timer| timer.as_str().to_owned()),
    }))
}

/// Converts a channel's concurrency. Concurrencies by workload type are refused, because Floorkey doesn't store them.
/// Dropping them silently would mislead the caller.
///
/// # Errors
/// If there are concurrencies by workload type, or if the channel's concurrency is missing.
pub(super) fn concurrency(media: &MediaConcurrency) -> Result<StoredConcurrency, Refusal> {
    let invalid = |problem: String| Invalid { input: "MediaConcurrencies", problem };
    let channel = media.channel;
    if media.workload_type_concurrencies.as_ref().is_some_and(|list| !list.is_empty()) {
        let problem =
            format!("{channel} has WorkloadTypeConcurrencies, which Floorkey does not support: leave them out");
        return Err(invalid(problem).into());
    }
    let concurrency = media.concurrency.ok_or_else(|| invalid(format!("{channel} has no Concurrency")))?;
    Ok(StoredConcurrency {
        channel: channel.as_str().to_owned(),
        concurrency: i64::from(concurrency),
        cross_channel: media.cross_channel_behavior.as_ref().map(|cross| cross.behavior_type.as_str().to_owned()),
    })
}

impl ResourceModel for RoutingProfile {
    const STORED_TYPE: StoredResourceType = KIND;

    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self {
        Self {
            name: Some(resource.name.clone()),
            routing_profile_arn: arns.arn(ResourceKind::RoutingProfile, resource.id),
            routing_profile_id: Some(resource.id.to_string()),
            ..Self::default()
        }
    }

    /// Leaves out `IsDefault`, because no routing profile is assigned by default. Includes only associated queues that
    /// the caller can see. Includes the number of users only if the caller can see all users.
    fn from_resource(resource: &Resource, call: &Call<'_>, arns: &ArnContext<'_>) -> Self {
        let named = Self::named(resource, arns);
        let ResourceDetails::RoutingProfile(profile) = &resource.details else { return named };
        let viewer = call.viewer();
        let is_visible = |queue: &ResourceId| viewer.resource_name(*queue).is_some();
        let queues = distinct(profile.queues.iter().map(|link| link.queue).filter(is_visible));
        let manual = distinct(profile.manual_queues.iter().map(|link| link.queue).filter(is_visible));
        let count = |count: usize| i64::try_from(count).ok();
        let users = viewer.sees_all_users().then(|| count(call.directory.routing_user_count(resource.id))).flatten();
        Self {
            agent_availability_timer: profile.availability_timer.as_deref().and_then(AgentAvailabilityTimer::from_name),
            default_outbound_queue_id: Some(profile.default_outbound_queue.to_string()),
            description: resource.description.clone(),
            instance_id: Some(call.directory.instance().to_string()),
            last_modified_region: arns.region(),
            last_modified_time: time(resource.modified),
            media_concurrencies: Some(profile.concurrencies.iter().filter_map(to_concurrency_model).collect()),
            number_of_associated_manual_assignment_queues: count(manual.len()),
            number_of_associated_queues: count(queues.len()),
            number_of_associated_users: users,
            associated_manual_assignment_queue_ids: Some(manual),
            associated_queue_ids: Some(queues),
            tags: Some(resource.tags.clone()),
            ..named
        }
    }
}

fn to_concurrency_model(media: &StoredConcurrency) -> Option<MediaConcurrency> {
    let behavior = media.cross_channel.as_deref().and_then(BehaviorType::from_name);
    Some(MediaConcurrency {
        channel: Channel::from_name(&media.channel)?,
        concurrency: i32::try_from(media.concurrency).ok(),
        cross_channel_behavior: behavior.map(|behavior_type| CrossChannelBehavior { behavior_type }),
        workload_type_concurrencies: None,
    })
}

/// Returns each queue's ID once, even if the queue is associated for several channels.
fn distinct(queues: impl Iterator<Item = ResourceId>) -> Vec<String> {
    let mut seen = Vec::new();
    for queue in queues {
        if !seen.contains(&queue) {
            seen.push(queue);
        }
    }
    seen.iter().map(ToString::to_string).collect()
}
