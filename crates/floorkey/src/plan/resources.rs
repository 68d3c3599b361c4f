//! Commands on stored resources.

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use crate::command::NewResource;
use crate::decision::{ResourceAttributes, Target};
use crate::id::{ResourceId, UserId};
use crate::invalid::invalid;
use crate::limits;
use crate::record::RecordKey;
use crate::refusal::Refusal;
use crate::resource::{
    AgentStatus, Document, ManualQueueLink, MediaConcurrency, OnDelete, OpeningPeriod, QueueLink, Reference, Resource,
    ResourceDetails, ResourceType, RoutingProfile, StoredResourceType,
};
use crate::tags::{self, Tags};
use crate::user::CHANNELS;
use crate::value_revisions::ValueRevisions;

pub(super) fn create(builder: &mut ChangeBuilder<'_>, new: &NewResource) -> Result<(), Refusal> {
    let resource = Resource {
        id: new.id,
        name: new.name.clone(),
        description: new.description.clone(),
        tags: new.tags.clone(),
        tag_revisions: ValueRevisions::default().edited(&Tags::new(), &new.tags, builder.revision),
        modified: builder.now,
        details: new.details.clone(),
    };
    let resource_type = resource.resource_type();
    builder.authorize_new(ResourceAttributes::new(resource_type, &new.tags))?;
    check_texts(&new.name, new.description.as_deref())?;
    tags::check("Tags", &new.tags)?;
    check_name_available(builder, resource_type, new.id, &new.name)?;
    match &new.details {
        ResourceDetails::RoutingProfile(profile) => routing_profile(builder, profile)?,
        ResourceDetails::Queue(queue) => {
            check_linkable(builder, ResourceType::HoursOfOperation, queue.hours)?;
            max_contacts(queue.max_contacts)?;
            let quick_connects: Vec<_> = queue.quick_connects.iter().copied().collect();
            check_quick_connects(builder, &quick_connects)?;
        }
        ResourceDetails::HoursOfOperation(hours) => {
            periods(&hours.periods)?;
            for parent in &hours.parents {
                check_linkable(builder, ResourceType::HoursOfOperation, *parent)?;
            }
        }
        ResourceDetails::AgentStatus(status) => agent_status(status)?,
        ResourceDetails::Document(document) => check_document(builder, document, None)?,
    }
    builder.put_resource(resource);
    Ok(())
}

pub(super) fn delete(
    builder: &mut ChangeBuilder<'_>,
    resource_type: ResourceType,
    id: ResourceId,
) -> Result<(), Refusal> {
    if builder.before.resource_with_type(resource_type, id).is_none() {
        return Err(builder.not_found_or_denied(resource_type, id));
    }
    builder.resource(id)?;
    if resource_type == ResourceType::AgentStatus {
        return Err(invalid("Type", "agent statuses can't be deleted").into());
    }
    let in_use = |by: String| Err(Refusal::InUse { kind: resource_type.into(), id: id.to_string(), by });
    let users = builder.before.routing_user_count(id);
    if users > 0 {
        let count = match builder.viewer().sees_all_users() {
            true => format!("{users} users"),
            false => "users".to_owned(),
        };
        return in_use(format!("{count} have it: assign them another one first"));
    }
    if let Some(other) = builder.before.dependents(id).next() {
        let (what, names) =
            (other.resource_type().noun(), (other.name.as_str(), builder.viewer().resource_name(other.id)));
        return Err(builder.needed_by_refusal(resource_type, id, names, |name| {
            format!("the {what}{name} uses it: change or delete that first")
        }));
    }
    remove_references(builder, resource_type, id);
    builder.remove(RecordKey::Resource(id));
    Ok(())
}

/// Removes the references to a resource that do not prevent its deletion.
fn remove_references(builder: &mut ChangeBuilder<'_>, resource_type: ResourceType, id: ResourceId) {
    let is_removable = |one: Reference| one.to.resource_type() == resource_type && one.on_delete == OnDelete::Remove;
    let types = StoredResourceType::ALL.iter().filter(|from| from.references().any(is_removable));
    let resources: Vec<_> =
        types.flat_map(|from| builder.before.resources(from.resource_type())).map(|one| Resource::clone(one)).collect();
    for mut resource in resources {
        if resource.remove_reference(id) {
            builder.put_resource(resource);
        }
    }
}

/// Checks that the fields of a document are known and valid, and that its references are visible to the actor. The
/// actor need not see a reference that the document already has.
pub(super) fn check_document(
    builder: &ChangeBuilder<'_>,
    document: &Document,
    before: Option<&Document>,
) -> Result<(), Refusal> {
    for name in document.fields.keys() {
        if !document.rules.fields.iter().any(|field| field.name == name) {
            return Err(invalid("Fields", format!("`{name}` is not a field of this type of resource")).into());
        }
    }
    for field in document.rules.fields {
        let Some(value) = document.field(field.name) else { continue };
        check::length(field.input, value, 1, field.chars_max)?;
        check::plain_text(field.input, Some(value), field.chars_max)?;
        if let Some(refers_to) = field.refers_to
            && before.is_none_or(|before| before.field(field.name) != Some(value))
        {
            check_reference(builder, refers_to, value)?;
        }
    }
    Ok(())
}

/// Checks that a document can refer to a user or to a stored resource.
fn check_reference(builder: &ChangeBuilder<'_>, resource_type: ResourceType, id: &str) -> Result<(), Refusal> {
    if resource_type != ResourceType::User {
        let resource = ResourceId::parse(id).ok_or_else(|| not_found(resource_type, id))?;
        return check_linkable(builder, resource_type, resource);
    }
    let user = UserId::parse(id).ok_or_else(|| not_found(resource_type, id))?;
    if builder.before.user(user).is_none() {
        return Err(builder.link_not_found_or_denied(resource_type, user));
    }
    builder.check_linkable(resource_type, &Target::User(user), user)
}

/// Checks the quick connects that one call adds to a queue.
pub(super) fn check_quick_connects(builder: &ChangeBuilder<'_>, ids: &[ResourceId]) -> Result<(), Refusal> {
    check::count("quick connects in one call", ids.len(), limits::QUICK_CONNECTS_A_CALL_MAX)?;
    ids.iter().try_for_each(|id| check_linkable(builder, ResourceType::QuickConnect, *id))
}

/// Checks a resource's name and description.
pub(super) fn check_texts(name: &str, description: Option<&str>) -> Result<(), Refusal> {
    check::length("Name", name, 1, limits::RESOURCE_NAME_CHARS_MAX)?;
    check::plain_text("Name", Some(name), limits::RESOURCE_NAME_CHARS_MAX)?;
    check::plain_text("Description", description, limits::DESCRIPTION_CHARS_MAX)?;
    Ok(())
}

/// Checks that no other resource of the given type has the given name.
pub(super) fn check_name_available(
    builder: &ChangeBuilder<'_>,
    resource_type: ResourceType,
    id: ResourceId,
    name: &str,
) -> Result<(), Refusal> {
    match builder.before.resource_by_name(resource_type, name).filter(|other| other.id != id) {
        Some(other) => {
            let name = builder.viewer().resource_name(other.id).unwrap_or(name).to_owned();
            Err(Refusal::Duplicate { kind: resource_type.into(), name })
        }
        None => Ok(()),
    }
}

/// Checks a queue's maximum number of contacts.
pub(super) fn max_contacts(max: Option<i64>) -> Result<(), Refusal> {
    match max.is_some_and(|max| max < 0) {
        true => Err(invalid("MaxContacts", "must be 0 or more").into()),
        false => Ok(()),
    }
}

fn routing_profile(builder: &ChangeBuilder<'_>, profile: &RoutingProfile) -> Result<(), Refusal> {
    check_linkable(builder, ResourceType::Queue, profile.default_outbound_queue)?;
    queue_links(builder, &profile.queues, &profile.manual_queues)?;
    concurrencies(&profile.concurrencies)
}

/// Checks the queues that one call links to a routing profile.
pub(super) fn queue_links(
    builder: &ChangeBuilder<'_>,
    queues: &[QueueLink],
    manual: &[ManualQueueLink],
) -> Result<(), Refusal> {
    check::count("queues in one call", queues.len(), limits::QUEUES_A_CALL_MAX)?;
    check::count("queues for manual assignment in one call", manual.len(), limits::QUEUES_A_CALL_MAX)?;
    let pairs: Vec<_> = queues.iter().map(|link| (link.queue, link.channel.as_str())).collect();
    let manual: Vec<_> = manual.iter().map(|link| (link.queue, link.channel.as_str())).collect();
    for list in [&pairs, &manual] {
        for (at, (queue, channel)) in list.iter().enumerate() {
            check_linkable(builder, ResourceType::Queue, *queue)?;
            known_channel(channel)?;
            if list.iter().take(at).any(|other| *other == (*queue, *channel)) {
                return Err(
                    invalid("QueueConfigs", format!("the queue {queue} occurs more than once for {channel}")).into()
                );
            }
        }
    }
    for link in queues {
        if !(1..=99).contains(&link.priority) || !(0..=9999).contains(&link.delay_seconds) {
            return Err(
                invalid("QueueConfigs", "a priority must be 1 to 99, and a delay must be 0 to 9999 seconds").into()
            );
        }
    }
    Ok(())
}

/// Checks the number of contacts that an agent can handle at the same time in each channel.
pub(super) fn concurrencies(concurrencies: &[MediaConcurrency]) -> Result<(), Refusal> {
    for (at, media) in concurrencies.iter().enumerate() {
        known_channel(&media.channel)?;
        if concurrencies.iter().take(at).any(|other| other.channel == media.channel) {
            return Err(invalid("MediaConcurrencies", format!("{} occurs more than once", media.channel)).into());
        }
        let max = if media.channel == "VOICE" { 1 } else { 10 };
        if !(0..=max).contains(&media.concurrency) {
            return Err(invalid(
                "MediaConcurrencies",
                format!("the concurrency of {} must be at most {max}", media.channel),
            )
            .into());
        }
    }
    Ok(())
}

/// Checks the fields of a new agent status. Every instance has one status of each of the other types.
fn agent_status(status: &AgentStatus) -> Result<(), Refusal> {
    if status.status_type != "CUSTOM" {
        let problem = format!("`{}`: only agent statuses of the type CUSTOM can be created", status.status_type);
        return Err(invalid("Type", problem).into());
    }
    match status.display_order {
        Some(order) if !limits::AGENT_STATUS_ORDER.contains(&order) => {
            Err(invalid("DisplayOrder", format!("{order} is not a position from 1 to 50")).into())
        }
        _ => Ok(()),
    }
}

/// Checks opening times.
pub(super) fn periods(periods: &[OpeningPeriod]) -> Result<(), Refusal> {
    const DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    for period in periods {
        if !DAYS.contains(&period.day.as_str()) {
            return Err(invalid("Config", format!("`{}` is not a day of the week", period.day)).into());
        }
        if period.start_minute >= 24 * 60 || period.end_minute >= 24 * 60 {
            return Err(invalid("Config", "times must be between 0:00 and 23:59").into());
        }
    }
    Ok(())
}

/// Checks that the resource exists, has the given type, and is visible to the actor.
pub(super) fn check_linkable(
    builder: &ChangeBuilder<'_>,
    resource_type: ResourceType,
    id: ResourceId,
) -> Result<(), Refusal> {
    if builder.before.resource_with_type(resource_type, id).is_none() {
        return Err(builder.link_not_found_or_denied(resource_type, id));
    }
    builder.check_linkable(resource_type, &Target::Resource(id), id)
}

fn known_channel(channel: &str) -> Result<(), Refusal> {
    match CHANNELS.contains(&channel) {
        true => Ok(()),
        false => Err(invalid("Channel", format!("`{channel}` must be VOICE, CHAT, TASK or EMAIL")).into()),
    }
}
