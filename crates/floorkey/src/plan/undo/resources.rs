//! The commands that restore stored resources.

use super::{Correction, rank};
use crate::command::{Command, NewResource};
use crate::id::ResourceId;
use crate::limits;
use crate::resource::{
    ManualQueueLink, Queue, QueueLink, Resource, ResourceChange, ResourceDetails, ResourceEdit, RoutingProfile,
};

/// Returns the command that deletes a resource, with its rank. Resources that refer to other resources are deleted
/// before these.
pub(super) fn delete(resource: &Resource) -> (u8, Command) {
    let kind = resource.details.stored_type();
    (rank::DELETE_RESOURCE - kind.reference_depth(), Command::DeleteResource { kind, id: resource.id })
}

/// Returns the command that creates a resource again, with its rank. Resources that refer to other resources are
/// created after these.
pub(super) fn create(resource: &Resource) -> (u8, Command) {
    let Resource { id, name, description, tags, details, .. } = resource.clone();
    let new = NewResource { id, name, description, tags, details };
    (rank::CREATE_RESOURCE + resource.details.stored_type().reference_depth(), Command::CreateResource(Box::new(new)))
}

/// Adds the commands that restore a resource. Each field that differs has its own command, so that the actor needs the
/// permission for each of the changes.
pub(super) fn edit<'a>(current: &Resource, before: &'a Resource, add: &mut impl FnMut(Command, Correction<'a>)) {
    let mut change = |change: ResourceChange| {
        let edit = ResourceEdit { id: before.id, change };
        add(Command::UpdateResource(Box::new(edit)), Correction::QueueOrder(before));
    };
    if (&current.name, &current.description) != (&before.name, &before.description) {
        let description = Some(before.description.clone().unwrap_or_default());
        let (stored_type, name) = (before.details.stored_type(), Some(before.name.clone()));
        change(ResourceChange::Name { stored_type, name, description });
    }
    match (&current.details, &before.details) {
        (ResourceDetails::Queue(current), ResourceDetails::Queue(before)) => edit_queue(current, before, &mut change),
        (ResourceDetails::RoutingProfile(current), ResourceDetails::RoutingProfile(before)) => {
            edit_routing_profile(current, before, &mut change);
        }
        (ResourceDetails::HoursOfOperation(current), ResourceDetails::HoursOfOperation(before))
            if current != before =>
        {
            let (time_zone, periods) = (Some(before.time_zone.clone()), Some(before.periods.clone()));
            change(ResourceChange::HoursOfOperation { name: None, description: None, time_zone, periods });
        }
        (ResourceDetails::Document(current), ResourceDetails::Document(before)) if current != before => {
            let (rules, fields) = (before.rules, Some(before.fields.clone()));
            change(ResourceChange::Document { rules, name: None, description: None, fields });
        }
        // The details are the same, or they belong to an agent status, which no command changes.
        _ => {}
    }
}

fn edit_queue(current: &Queue, before: &Queue, change: &mut impl FnMut(ResourceChange)) {
    if current.hours != before.hours {
        change(ResourceChange::QueueHours(before.hours));
    }
    if current.max_contacts != before.max_contacts {
        change(ResourceChange::QueueMaxContacts(before.max_contacts));
    }
    if current.enabled != before.enabled {
        change(ResourceChange::QueueEnabled(before.enabled));
    }
    let outbound =
        |queue: &Queue| (queue.caller_id_name.clone(), queue.caller_id_number.clone(), queue.outbound_flow.clone());
    if outbound(current) != outbound(before) {
        let (name, number, flow) = outbound(before);
        change(ResourceChange::QueueOutboundCaller { name, number, flow });
    }
    let difference = |from: &Queue, other: &Queue| -> Vec<ResourceId> {
        from.quick_connects.difference(&other.quick_connects).copied().collect()
    };
    for added in difference(current, before).chunks(limits::QUICK_CONNECTS_A_CALL_MAX) {
        change(ResourceChange::RemoveQueueQuickConnects(added.to_vec()));
    }
    for removed in difference(before, current).chunks(limits::QUICK_CONNECTS_A_CALL_MAX) {
        change(ResourceChange::AddQueueQuickConnects(removed.to_vec()));
    }
}

fn edit_routing_profile(current: &RoutingProfile, before: &RoutingProfile, change: &mut impl FnMut(ResourceChange)) {
    if current.concurrencies != before.concurrencies {
        change(ResourceChange::RoutingProfileConcurrency(before.concurrencies.clone()));
    }
    if current.default_outbound_queue != before.default_outbound_queue {
        change(ResourceChange::RoutingProfileDefaultOutboundQueue(before.default_outbound_queue));
    }
    let key = |link: &QueueLink| (link.queue, link.channel.clone());
    let manual_key = |link: &ManualQueueLink| (link.queue, link.channel.clone());
    let has = |links: &[QueueLink], one: &QueueLink| links.iter().any(|link| key(link) == key(one));
    let added: Vec<_> = current.queues.iter().filter(|link| !has(&before.queues, link)).map(key).collect();
    let removed: Vec<_> = before.queues.iter().filter(|link| !has(&current.queues, link)).cloned().collect();
    let kept = before.queues.iter().filter(|link| has(&current.queues, link));
    let edited: Vec<_> = kept.filter(|link| !current.queues.contains(link)).cloned().collect();
    let is_new = |link: &&ManualQueueLink| !before.manual_queues.contains(link);
    let added_manual: Vec<_> = current.manual_queues.iter().filter(is_new).map(manual_key).collect();
    let is_gone = |link: &&ManualQueueLink| !current.manual_queues.contains(link);
    let removed_manual: Vec<_> = before.manual_queues.iter().filter(is_gone).cloned().collect();
    for queues in added.chunks(limits::QUEUES_A_CALL_MAX) {
        change(ResourceChange::RemoveRoutingProfileQueues { queues: queues.to_vec(), manual: Vec::new() });
    }
    for manual in added_manual.chunks(limits::QUEUES_A_CALL_MAX) {
        change(ResourceChange::RemoveRoutingProfileQueues { queues: Vec::new(), manual: manual.to_vec() });
    }
    for queues in edited.chunks(limits::QUEUES_A_CALL_MAX) {
        change(ResourceChange::RoutingProfileQueues(queues.to_vec()));
    }
    for queues in removed.chunks(limits::QUEUES_A_CALL_MAX) {
        change(ResourceChange::AddRoutingProfileQueues { queues: queues.to_vec(), manual: Vec::new() });
    }
    for manual in removed_manual.chunks(limits::QUEUES_A_CALL_MAX) {
        change(ResourceChange::AddRoutingProfileQueues { queues: Vec::new(), manual: manual.to_vec() });
    }
}

/// Restores the order of a routing profile's queues, which determines the order of lists. Has no effect unless the same
/// queues are linked.
pub(super) fn restore_order(resource: &mut Resource, before: &Resource) {
    let (ResourceDetails::RoutingProfile(profile), ResourceDetails::RoutingProfile(before)) =
        (&mut resource.details, &before.details)
    else {
        return;
    };
    let is_same = |links: &[QueueLink]| {
        links.len() == before.queues.len() && links.iter().all(|link| before.queues.contains(link))
    };
    if is_same(&profile.queues) {
        profile.queues.clone_from(&before.queues);
    }
    let links = &profile.manual_queues;
    if links.len() == before.manual_queues.len() && links.iter().all(|link| before.manual_queues.contains(link)) {
        profile.manual_queues.clone_from(&before.manual_queues);
    }
}
