//! Commands that change a stored resource.

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use super::resources::{
    check_document, check_linkable, check_name_available, check_quick_connects, check_texts, concurrencies,
    max_contacts, periods, queue_links,
};
use crate::id::ResourceId;
use crate::invalid::invalid;
use crate::limits;
use crate::refusal::Refusal;
use crate::resource::{
    Document, HoursOfOperation, ManualQueueLink, Queue, QueueLink, Resource, ResourceChange, ResourceDetails,
    ResourceEdit, ResourceType, RoutingProfile,
};

pub(super) fn change(builder: &mut ChangeBuilder<'_>, edit: &ResourceEdit) -> Result<(), Refusal> {
    let ResourceEdit { id, change } = edit;
    let resource_type = change.stored_type().resource_type();
    if builder.before.resource_with_type(resource_type, *id).is_none() {
        return Err(builder.not_found_or_denied(resource_type, *id));
    }
    let mut resource = builder.resource(*id)?;
    match change {
        ResourceChange::Name { name, description, .. } => {
            rename(builder, &mut resource, name.as_deref(), description.as_deref())?;
        }
        ResourceChange::Document { name, description, fields, .. } => {
            rename(builder, &mut resource, name.as_deref(), description.as_deref())?;
            if let (Some(fields), ResourceDetails::Document(document)) = (fields, &mut resource.details) {
                let new = Document { rules: document.rules, fields: fields.clone() };
                check_document(builder, &new, Some(document))?;
                *document = new;
            }
        }
        ResourceChange::QueueHours(hours) => {
            check_linkable(builder, ResourceType::HoursOfOperation, *hours)?;
            queue(&mut resource)?.hours = *hours;
        }
        ResourceChange::QueueMaxContacts(max) => {
            max_contacts(*max)?;
            queue(&mut resource)?.max_contacts = *max;
        }
        ResourceChange::QueueEnabled(enabled) => queue(&mut resource)?.enabled = *enabled,
        ResourceChange::QueueOutboundCaller { name, number, flow } => {
            let queue = queue(&mut resource)?;
            queue.caller_id_name.clone_from(name);
            queue.caller_id_number.clone_from(number);
            queue.outbound_flow.clone_from(flow);
        }
        ResourceChange::AddQueueQuickConnects(ids) => {
            check_quick_connects(builder, ids)?;
            let quick_connects = &mut queue(&mut resource)?.quick_connects;
            quick_connects.extend(ids);
            check::count("quick connects of a queue", quick_connects.len(), limits::QUICK_CONNECTS_A_QUEUE_MAX)?;
        }
        ResourceChange::RemoveQueueQuickConnects(ids) => {
            // A quick connect that the actor can't see is kept, as in `remove_queues`.
            let viewer = builder.viewer();
            let is_named = |id: &ResourceId| ids.contains(id) && viewer.resource_name(*id).is_some();
            queue(&mut resource)?.quick_connects.retain(|id| !is_named(id));
        }
        ResourceChange::RoutingProfileConcurrency(new) => {
            concurrencies(new)?;
            routing_profile(&mut resource)?.concurrencies.clone_from(new);
        }
        ResourceChange::RoutingProfileDefaultOutboundQueue(queue) => {
            check_linkable(builder, ResourceType::Queue, *queue)?;
            routing_profile(&mut resource)?.default_outbound_queue = *queue;
        }
        ResourceChange::RoutingProfileQueues(links) => set_queues(builder, routing_profile(&mut resource)?, links)?,
        ResourceChange::AddRoutingProfileQueues { queues, manual } => {
            add_queues(builder, routing_profile(&mut resource)?, queues, manual)?;
        }
        ResourceChange::RemoveRoutingProfileQueues { queues, manual } => {
            remove_queues(builder, routing_profile(&mut resource)?, queues, manual);
        }
        ResourceChange::HoursOfOperation { name, description, time_zone, periods: new } => {
            rename(builder, &mut resource, name.as_deref(), description.as_deref())?;
            let hours = hours(&mut resource)?;
            if let Some(time_zone) = time_zone {
                hours.time_zone.clone_from(time_zone);
            }
            if let Some(new) = new {
                periods(new)?;
                hours.periods.clone_from(new);
            }
        }
    }
    builder.put_resource(resource);
    Ok(())
}

/// Sets a resource's name and description. `None` leaves a value unchanged, and an empty string removes the
/// description.
fn rename(
    builder: &ChangeBuilder<'_>,
    resource: &mut Resource,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(name) = name {
        check_name_available(builder, resource.resource_type(), resource.id, name)?;
        name.clone_into(&mut resource.name);
    }
    if let Some(description) = description {
        resource.description = Some(description.to_owned()).filter(|description| !description.is_empty());
    }
    check_texts(&resource.name, resource.description.as_deref())
}

/// Changes the priorities and delays of queues that are already linked.
fn set_queues(builder: &ChangeBuilder<'_>, profile: &mut RoutingProfile, links: &[QueueLink]) -> Result<(), Refusal> {
    queue_links(builder, links, &[])?;
    for new in links {
        let linked = profile.queues.iter_mut().find(|link| (link.queue, &link.channel) == (new.queue, &new.channel));
        let Some(linked) = linked else {
            let problem =
                format!("the queue {} is not linked for {}: associate the queue first", new.queue, new.channel);
            return Err(invalid("QueueConfigs", problem).into());
        };
        linked.clone_from(new);
    }
    Ok(())
}

fn add_queues(
    builder: &ChangeBuilder<'_>,
    profile: &mut RoutingProfile,
    queues: &[QueueLink],
    manual: &[ManualQueueLink],
) -> Result<(), Refusal> {
    queue_links(builder, queues, manual)?;
    for new in queues {
        match profile.queues.iter().find(|link| (link.queue, &link.channel) == (new.queue, &new.channel)) {
            None => profile.queues.push(new.clone()),
            Some(known) if known == new => {}
            Some(_) => {
                let problem = format!(
                    "the queue {} is already linked for {}: use UpdateRoutingProfileQueues to change its \
                    priority and delay",
                    new.queue, new.channel
                );
                return Err(invalid("QueueConfigs", problem).into());
            }
        }
    }
    for new in manual {
        if !profile.manual_queues.contains(new) {
            profile.manual_queues.push(new.clone());
        }
    }
    for links in [profile.queues.len(), profile.manual_queues.len()] {
        check::count("queues of a routing profile", links, limits::QUEUES_A_ROUTING_PROFILE_MAX)?;
    }
    Ok(())
}

/// Removes links to queues. A link to a queue that the actor can't see is kept, and the result is the same as if the
/// queue were not linked. The actor therefore can't find out whether the queue is linked.
fn remove_queues(
    builder: &ChangeBuilder<'_>,
    profile: &mut RoutingProfile,
    queues: &[(ResourceId, String)],
    manual: &[(ResourceId, String)],
) {
    let viewer = builder.viewer();
    let is_named = |pairs: &[(ResourceId, String)], queue: ResourceId, channel: &str| {
        pairs.iter().any(|(id, of)| *id == queue && of == channel) && viewer.resource_name(queue).is_some()
    };
    profile.queues.retain(|link| !is_named(queues, link.queue, &link.channel));
    profile.manual_queues.retain(|link| !is_named(manual, link.queue, &link.channel));
}

/// Returns a queue's details. The caller must already have checked the resource's type.
fn queue(resource: &mut Resource) -> Result<&mut Queue, Refusal> {
    match &mut resource.details {
        ResourceDetails::Queue(queue) => Ok(queue),
        _ => Err(not_found(ResourceType::Queue, resource.id)),
    }
}

fn routing_profile(resource: &mut Resource) -> Result<&mut RoutingProfile, Refusal> {
    match &mut resource.details {
        ResourceDetails::RoutingProfile(profile) => Ok(profile),
        _ => Err(not_found(ResourceType::RoutingProfile, resource.id)),
    }
}

fn hours(resource: &mut Resource) -> Result<&mut HoursOfOperation, Refusal> {
    match &mut resource.details {
        ResourceDetails::HoursOfOperation(hours) => Ok(hours),
        _ => Err(not_found(ResourceType::HoursOfOperation, resource.id)),
    }
}
