//! The table's rows for stored resources.

use std::collections::BTreeMap;

use floorkey::resource::{
    AgentStatus, Document, HoursOfOperation, ManualQueueLink, Queue, QueueLink, ResourceChange, ResourceDetails,
    ResourceEdit, RoutingProfile,
};
use floorkey::tags::Tags;
use floorkey::{Command, NewResource, ResourceId, ResourceType, StoredResourceType};

use super::rows::{Row, row};
use crate::test_instance::{TestInstance, operator};

pub(super) fn resource_rows(rows: &mut Vec<Row>) {
    for kind in StoredResourceType::ALL.iter().copied().filter(|kind| *kind != StoredResourceType::AgentStatus) {
        let resource_type = kind.resource_type();
        let description = resource_type.as_str();
        rows.push(row(format!("make: {description}"), move |instance, _| {
            let new = new_resource(instance, kind);
            Some(Command::CreateResource(Box::new(new)))
        }));
        rows.push(row(format!("delete, in use: {description}"), move |instance, _| {
            let id = instance.directory.resources(resource_type).next()?.id;
            Some(Command::DeleteResource { kind, id })
        }));
        rows.push(row(format!("delete, not in use: {description}"), move |instance, _| {
            let new = new_resource(instance, kind);
            let id = new.id;
            instance.run_ok(&operator(), Command::CreateResource(Box::new(new)));
            Some(Command::DeleteResource { kind, id })
        }));
    }
    type Change = fn(&TestInstance) -> ResourceChange;
    let changes: [(&str, Change); 15] = [
        ("rename a queue", |_| ResourceChange::Name {
            stored_type: StoredResourceType::Queue,
            name: Some("Sales".to_owned()),
            description: None,
        }),
        ("give a queue other hours", |instance| {
            ResourceChange::QueueHours(id(instance, ResourceType::HoursOfOperation))
        }),
        ("limit the contacts of a queue", |_| ResourceChange::QueueMaxContacts(Some(5))),
        ("disable a queue", |_| ResourceChange::QueueEnabled(false)),
        ("change what a queue's called people see", |_| ResourceChange::QueueOutboundCaller {
            name: Some("Harbour".to_owned()),
            number: None,
            flow: None,
        }),
        ("rename a routing profile", |_| ResourceChange::Name {
            stored_type: StoredResourceType::RoutingProfile,
            name: Some("Sellers".to_owned()),
            description: None,
        }),
        ("change a routing profile's concurrency", |_| ResourceChange::RoutingProfileConcurrency(Vec::new())),
        ("change a routing profile's outbound queue", |instance| {
            ResourceChange::RoutingProfileDefaultOutboundQueue(id(instance, ResourceType::Queue))
        }),
        ("change a queue of a routing profile", |instance| ResourceChange::RoutingProfileQueues(vec![voice(instance)])),
        ("add a queue to a routing profile", |instance| ResourceChange::AddRoutingProfileQueues {
            queues: Vec::new(),
            manual: vec![ManualQueueLink { queue: id(instance, ResourceType::Queue), channel: "TASK".to_owned() }],
        }),
        ("remove a queue from a routing profile", |instance| ResourceChange::RemoveRoutingProfileQueues {
            queues: vec![(id(instance, ResourceType::Queue), "VOICE".to_owned())],
            manual: Vec::new(),
        }),
        ("add a quick connect to a queue", |_| ResourceChange::AddQueueQuickConnects(Vec::new())),
        ("remove a quick connect from a queue", |_| ResourceChange::RemoveQueueQuickConnects(Vec::new())),
        ("rename an agent status", |_| ResourceChange::Name {
            stored_type: StoredResourceType::AgentStatus,
            name: Some("Lunch".to_owned()),
            description: None,
        }),
        ("change hours of operation", |_| ResourceChange::HoursOfOperation {
            name: None,
            description: None,
            time_zone: Some("Europe/Berlin".to_owned()),
            periods: None,
        }),
    ];
    for (description, change) in changes {
        rows.push(row(description, move |instance, _| {
            let change = change(instance);
            let id = id(instance, change.stored_type().resource_type());
            Some(Command::UpdateResource(Box::new(ResourceEdit { id, change })))
        }));
    }
}

/// Adds the changes to each type of document.
pub(super) fn document_rows(rows: &mut Vec<Row>) {
    for rules in StoredResourceType::ALL.iter().filter_map(|stored| stored.document_rules()) {
        let (stored_type, noun) = (rules.stored_type, rules.stored_type.resource_type().noun());
        let rename = ResourceChange::Name { stored_type, name: Some("Renamed".to_owned()), description: None };
        let fields = Some(BTreeMap::new());
        let change = ResourceChange::Document { rules, name: None, description: None, fields };
        for (text, change) in [("rename", rename), ("change the fields", change)] {
            rows.push(row(format!("{text}: {noun}"), move |instance, _| {
                let new = new_resource(instance, stored_type);
                let id = new.id;
                instance.run_ok(&operator(), Command::CreateResource(Box::new(new)));
                Some(Command::UpdateResource(Box::new(ResourceEdit { id, change: change.clone() })))
            }));
        }
    }
}

/// Returns the ID of the first resource of the given type.
fn id(instance: &TestInstance, resource_type: ResourceType) -> ResourceId {
    instance.directory.resources(resource_type).next().unwrap().id
}

fn voice(instance: &TestInstance) -> QueueLink {
    QueueLink { queue: id(instance, ResourceType::Queue), channel: "VOICE".to_owned(), priority: 2, delay_seconds: 10 }
}

pub(super) fn agent_status_rows(rows: &mut Vec<Row>) {
    rows.push(row("make an agent status", |instance, _| {
        let new = new_resource(instance, StoredResourceType::AgentStatus);
        Some(Command::CreateResource(Box::new(new)))
    }));
    rows.push(row("delete an agent status", |instance, _| {
        let id = instance.directory.resources(ResourceType::AgentStatus).next().unwrap().id;
        Some(Command::DeleteResource { kind: StoredResourceType::AgentStatus, id })
    }));
}

fn new_resource(instance: &mut TestInstance, kind: StoredResourceType) -> NewResource {
    let named = |kind, name: &str| instance.directory.resource_by_name(kind, name).unwrap().id;
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
            quick_connects: [].into(),
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
        document => {
            let (rules, fields) = (document.document_rules().unwrap(), BTreeMap::new());
            ResourceDetails::Document(Document { rules, fields })
        }
    };
    let id = ResourceId::from_bits(instance.next_id());
    NewResource { id, name: "New".to_owned(), description: None, tags: Tags::new(), details }
}
