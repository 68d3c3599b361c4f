//! The rows for routing profiles, queues, hours of operation and agent statuses.

use floorkey::resource::{
    AgentStatus, HoursOfOperation, ManualQueueLink, Queue, QueueLink, ResourceChange, ResourceDetails, ResourceEdit,
    RoutingProfile,
};
use floorkey::tags::Tags;
use floorkey::{Command, NewResource, ResourceId, ResourceType, StoredResourceType};

use super::rows::{Row, row};
use crate::test_instance::{TestInstance, operator};

pub(super) fn on_resources(rows: &mut Vec<Row>) {
    for kind in [StoredResourceType::HoursOfOperation, StoredResourceType::Queue, StoredResourceType::RoutingProfile] {
        let resource_type = kind.resource_type();
        let words = resource_type.word();
        rows.push(row(format!("make: {words}"), move |world, _| {
            let new = new_resource(world, kind);
            Some(Command::CreateResource(Box::new(new)))
        }));
        rows.push(row(format!("delete, in use: {words}"), move |world, _| {
            let id = world.directory.resources(resource_type).next().unwrap().id;
            Some(Command::DeleteResource { kind, id })
        }));
        rows.push(row(format!("delete, not in use: {words}"), move |world, _| {
            let new = new_resource(world, kind);
            let id = new.id;
            world.run_ok(&operator(), Command::CreateResource(Box::new(new)));
            Some(Command::DeleteResource { kind, id })
        }));
    }
    type Change = fn(&TestInstance) -> ResourceChange;
    let changes: [(&str, Change); 12] = [
        ("rename a queue", |_| ResourceChange::QueueName { name: Some("Sales".to_owned()), description: None }),
        ("give a queue other hours", |world| ResourceChange::QueueHours(id(world, ResourceType::HoursOfOperation))),
        ("limit the contacts of a queue", |_| ResourceChange::QueueMaxContacts(Some(5))),
        ("disable a queue", |_| ResourceChange::QueueEnabled(false)),
        ("change what a queue's called people see", |_| ResourceChange::QueueOutboundCaller {
            name: Some("Harbour".to_owned()),
            number: None,
            flow: None,
        }),
        ("rename a routing profile", |_| ResourceChange::RoutingProfileName {
            name: Some("Sellers".to_owned()),
            description: None,
        }),
        ("change a routing profile's concurrency", |_| ResourceChange::RoutingProfileConcurrency(Vec::new())),
        ("change a routing profile's outbound queue", |world| {
            ResourceChange::RoutingProfileDefaultOutboundQueue(id(world, ResourceType::Queue))
        }),
        ("change a queue of a routing profile", |world| ResourceChange::RoutingProfileQueues(vec![voice(world)])),
        ("add a queue to a routing profile", |world| ResourceChange::AddRoutingProfileQueues {
            queues: Vec::new(),
            manual: vec![ManualQueueLink { queue: id(world, ResourceType::Queue), channel: "TASK".to_owned() }],
        }),
        ("remove a queue from a routing profile", |world| ResourceChange::RemoveRoutingProfileQueues {
            queues: vec![(id(world, ResourceType::Queue), "VOICE".to_owned())],
            manual: Vec::new(),
        }),
        ("change hours of operation", |_| ResourceChange::HoursOfOperation {
            name: None,
            description: None,
            time_zone: Some("Europe/Berlin".to_owned()),
            periods: None,
        }),
    ];
    for (words, change) in changes {
        rows.push(row(words, move |world, _| {
            let change = change(world);
            let id = id(world, change.resource_type());
            Some(Command::UpdateResource(Box::new(ResourceEdit { id, change })))
        }));
    }
}

/// Returns the id of the first resource of the type, which a new instance has by default.
fn id(world: &TestInstance, resource_type: ResourceType) -> ResourceId {
    world.directory.resources(resource_type).next().unwrap().id
}

fn voice(world: &TestInstance) -> QueueLink {
    QueueLink { queue: id(world, ResourceType::Queue), channel: "VOICE".to_owned(), priority: 2, delay_seconds: 10 }
}

pub(super) fn on_agent_statuses(rows: &mut Vec<Row>) {
    rows.push(row("make an agent status", |world, _| {
        let new = new_resource(world, StoredResourceType::AgentStatus);
        Some(Command::CreateResource(Box::new(new)))
    }));
    rows.push(row("delete an agent status", |world, _| {
        let id = world.directory.resources(ResourceType::AgentStatus).next().unwrap().id;
        Some(Command::DeleteResource { kind: StoredResourceType::AgentStatus, id })
    }));
}

fn new_resource(world: &mut TestInstance, kind: StoredResourceType) -> NewResource {
    let named = |kind, name: &str| world.directory.resource_by_name(kind, name).unwrap().id;
    let hours = named(ResourceType::HoursOfOperation, "Basic Hours");
    let queue = named(ResourceType::Queue, "BasicQueue");
    let details = match kind {
        StoredResourceType::Queue => ResourceDetails::Queue(Queue {
            hours,
            max_contacts: None,
            enabled: true,
            caller_id_name: None,
            caller_id_number: None,
            outbound_flow: None,
            outbound_email: None,
        }),
        StoredResourceType::RoutingProfile => ResourceDetails::RoutingProfile(RoutingProfile {
            default_outbound_queue: queue,
            queues: Vec::new(),
            manual_queues: Vec::new(),
            concurrencies: Vec::new(),
            availability_timer: None,
        }),
        StoredResourceType::AgentStatus => ResourceDetails::AgentStatus(AgentStatus {
            status_type: "CUSTOM".to_owned(),
            display_order: None,
            enabled: true,
        }),
        StoredResourceType::HoursOfOperation => {
            let (time_zone, periods, parents) = ("UTC".to_owned(), Vec::new(), Vec::new());
            ResourceDetails::HoursOfOperation(HoursOfOperation { time_zone, periods, parents })
        }
    };
    let id = ResourceId::from_bits(world.next_id());
    NewResource { id, name: "New".to_owned(), description: None, tags: Tags::new(), details }
}
