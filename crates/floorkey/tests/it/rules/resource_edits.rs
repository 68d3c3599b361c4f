//! Tests changes to routing profiles, queues and hours of operation.

use floorkey::audit::ValueChange;
use floorkey::resource::{
    HoursOfOperation, ManualQueueLink, MediaConcurrency, OpeningPeriod, Queue, QueueLink, ResourceChange,
    ResourceDetails, ResourceEdit, RoutingProfile,
};
use floorkey::{Command, NewResource, ResourceId, ResourceType, StoredResourceType};

use crate::test_instance::{TestInstance, actor_of, granting_tagged, operator, tags};

fn id(instance: &TestInstance, resource_type: ResourceType, name: &str) -> ResourceId {
    instance.directory.resource_by_name(resource_type, name).unwrap().id
}

fn basic_queue(instance: &TestInstance) -> ResourceId {
    id(instance, ResourceType::Queue, "BasicQueue")
}

fn edit(id: ResourceId, change: ResourceChange) -> Command {
    Command::UpdateResource(Box::new(ResourceEdit { id, change }))
}

fn name(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn link(queue: ResourceId, channel: &str, priority: i64) -> QueueLink {
    QueueLink { queue, channel: channel.to_owned(), priority, delay_seconds: 0 }
}

fn queue_of(instance: &TestInstance, id: ResourceId) -> Queue {
    match &instance.directory.resource(id).unwrap().details {
        ResourceDetails::Queue(queue) => queue.clone(),
        other => panic!("{other:?}"),
    }
}

fn routing_of(instance: &TestInstance) -> RoutingProfile {
    match &instance.directory.resource(instance.routing_profile()).unwrap().details {
        ResourceDetails::RoutingProfile(profile) => profile.clone(),
        other => panic!("{other:?}"),
    }
}

fn new_queue(instance: &mut TestInstance, name: &str) -> ResourceId {
    let details = ResourceDetails::Queue(queue_of(instance, basic_queue(instance)));
    let id = ResourceId::from_bits(instance.next_id());
    let (name, tags) = (name.to_owned(), tags(&[]));
    let new = NewResource { id, name, description: None, tags, details };
    instance.run_ok(&operator(), Command::CreateResource(Box::new(new)));
    id
}

#[test]
fn settings_of_a_queue_change_one_at_a_time() {
    let mut instance = TestInstance::new();
    let queue = basic_queue(&instance);
    let before = instance.directory.resource(queue).unwrap().clone();
    let description = name("For all");
    instance.run_ok(
        &operator(),
        edit(queue, ResourceChange::Name { stored_type: StoredResourceType::Queue, name: name("Sales"), description }),
    );
    instance.run_ok(&operator(), edit(queue, ResourceChange::QueueMaxContacts(Some(0))));
    instance.run_ok(&operator(), edit(queue, ResourceChange::QueueEnabled(false)));
    let (caller, flow) = (name("Harbour"), name("flow"));
    let outbound = ResourceChange::QueueOutboundCaller { name: caller.clone(), number: None, flow: flow.clone() };
    instance.run_ok(&operator(), edit(queue, outbound));
    let after = instance.directory.resource(queue).unwrap().clone();
    assert_eq!((after.name.as_str(), after.description.as_deref()), ("Sales", Some("For all")));
    assert!(after.modified > before.modified);
    assert_eq!((&after.tags, after.id), (&before.tags, before.id));
    let details = queue_of(&instance, queue);
    assert_eq!(
        (details.max_contacts, details.enabled, details.caller_id_name, details.outbound_flow),
        (Some(0), false, caller, flow)
    );
    // The queue is found by its new name but not by its old name.
    assert_eq!(id(&instance, ResourceType::Queue, "sales"), queue);
    assert!(instance.directory.resource_by_name(ResourceType::Queue, "BasicQueue").is_none());
    // An omitted value is left unchanged, and an empty value is cleared.
    instance.run_ok(
        &operator(),
        edit(queue, ResourceChange::Name { stored_type: StoredResourceType::Queue, name: None, description: name("") }),
    );
    instance.run_ok(&operator(), edit(queue, ResourceChange::QueueMaxContacts(None)));
    let cleared = ResourceChange::QueueOutboundCaller { name: None, number: name("n"), flow: None };
    instance.run_ok(&operator(), edit(queue, cleared));
    let after = instance.directory.resource(queue).unwrap().clone();
    assert_eq!((after.name.as_str(), after.description.as_deref()), ("Sales", None));
    let details = queue_of(&instance, queue);
    assert_eq!((details.max_contacts, details.caller_id_name, details.caller_id_number), (None, None, name("n")));
}

#[test]
fn a_taken_or_invalid_name_is_refused_but_the_own_name_is_not() {
    let mut instance = TestInstance::new();
    let queue = new_queue(&mut instance, "Sales");
    let rename =
        |to: &str| ResourceChange::Name { stored_type: StoredResourceType::Queue, name: name(to), description: None };
    assert_eq!(instance.refusal_code(&operator(), edit(queue, rename("BASICQUEUE"))), "duplicate");
    for wrong in ["", "a\u{7}", "x".repeat(128).as_str()] {
        assert_eq!(instance.refusal_code(&operator(), edit(queue, rename(wrong))), "invalid", "{wrong:?}");
    }
    let long = ResourceChange::Name {
        stored_type: StoredResourceType::Queue,
        name: None,
        description: name(&"x".repeat(251)),
    };
    assert_eq!(instance.refusal_code(&operator(), edit(queue, long)), "invalid");
    assert_eq!(instance.refusal_code(&operator(), edit(queue, ResourceChange::QueueMaxContacts(Some(-1)))), "invalid");
    instance.run_ok(&operator(), edit(queue, rename("SALES")));
    // A queue can have the same name as a resource of a different type.
    instance.run_ok(&operator(), edit(queue, rename("Basic Hours")));
}

#[test]
fn a_change_applies_to_one_type_and_its_links_must_exist() {
    let mut instance = TestInstance::new();
    let (queue, hours) = (basic_queue(&instance), id(&instance, ResourceType::HoursOfOperation, "Basic Hours"));
    let rename = || ResourceChange::Name { stored_type: StoredResourceType::Queue, name: name("x"), description: None };
    for other in [hours, instance.routing_profile(), ResourceId::from_bits(7)] {
        assert_eq!(instance.refusal_code(&operator(), edit(other, rename())), "not-found");
    }
    assert_eq!(instance.refusal_code(&operator(), edit(queue, ResourceChange::QueueHours(queue))), "not-found");
    let outbound = ResourceChange::RoutingProfileDefaultOutboundQueue(hours);
    assert_eq!(instance.refusal_code(&operator(), edit(instance.routing_profile(), outbound)), "not-found");
    instance.run_ok(&operator(), edit(queue, ResourceChange::QueueHours(hours)));
}

#[test]
fn queues_are_linked_changed_and_unlinked() {
    let mut instance = TestInstance::new();
    let routing = instance.routing_profile();
    let (queue, other) = (basic_queue(&instance), new_queue(&mut instance, "Sales"));
    let start = routing_of(&instance).queues;
    let add = |queues: Vec<QueueLink>, manual: Vec<ManualQueueLink>| {
        edit(routing, ResourceChange::AddRoutingProfileQueues { queues, manual })
    };
    let by_hand = ManualQueueLink { queue, channel: "CHAT".to_owned() };
    instance.run_ok(&operator(), add(vec![link(other, "VOICE", 3), link(other, "CHAT", 4)], vec![by_hand.clone()]));
    // Adding the same link again has no effect. Adding the link with another priority is an error.
    instance.run_ok(&operator(), add(vec![link(other, "VOICE", 3)], vec![by_hand.clone()]));
    let linked = routing_of(&instance);
    assert_eq!(linked.queues, [start.clone(), vec![link(other, "VOICE", 3), link(other, "CHAT", 4)]].concat());
    assert_eq!(linked.manual_queues, [by_hand]);
    assert_eq!(instance.refusal_code(&operator(), add(vec![link(other, "VOICE", 5)], Vec::new())), "invalid");
    let change = |links| edit(routing, ResourceChange::RoutingProfileQueues(links));
    instance.run_ok(&operator(), change(vec![link(other, "CHAT", 9)]));
    assert_eq!(instance.refusal_code(&operator(), change(vec![link(other, "TASK", 9)])), "invalid");
    assert_eq!(instance.refusal_code(&operator(), change(vec![link(other, "CHAT", 0)])), "invalid");
    assert!(routing_of(&instance).queues.contains(&link(other, "CHAT", 9)));
    // A queue can't be deleted while it is linked. It can be deleted after it is unlinked.
    let kind = StoredResourceType::Queue;
    assert_eq!(instance.refusal_code(&operator(), Command::DeleteResource { kind, id: other }), "in-use");
    let pairs = vec![(other, "VOICE".to_owned()), (other, "CHAT".to_owned()), (other, "EMAIL".to_owned())];
    let manual = vec![(queue, "CHAT".to_owned())];
    instance.run_ok(&operator(), edit(routing, ResourceChange::RemoveRoutingProfileQueues { queues: pairs, manual }));
    assert_eq!((routing_of(&instance).queues, routing_of(&instance).manual_queues), (start, Vec::new()));
    instance.run_ok(&operator(), Command::DeleteResource { kind, id: other });
}

#[test]
fn links_are_bounded_per_call_and_in_total() {
    let mut instance = TestInstance::new();
    let routing = instance.routing_profile();
    let queues: Vec<_> = (0..126).map(|number| new_queue(&mut instance, &format!("Q{number}"))).collect();
    let all: Vec<_> = ["VOICE", "CHAT", "TASK", "EMAIL"]
        .into_iter()
        .flat_map(|channel| queues.iter().map(move |queue| link(*queue, channel, 1)))
        .collect();
    let add = |queues: &[QueueLink]| {
        edit(routing, ResourceChange::AddRoutingProfileQueues { queues: queues.to_vec(), manual: Vec::new() })
    };
    assert_eq!(instance.refusal_code(&operator(), add(&all[..11])), "limit-exceeded");
    let room = 500 - routing_of(&instance).queues.len();
    for links in all[..room].chunks(10) {
        instance.run_ok(&operator(), add(links));
    }
    assert_eq!(instance.refusal_code(&operator(), add(&all[room..=room])), "limit-exceeded");
}

#[test]
fn an_edit_of_hours_keeps_omitted_fields() {
    let mut instance = TestInstance::new();
    let hours = id(&instance, ResourceType::HoursOfOperation, "Basic Hours");
    let period = OpeningPeriod { day: "MONDAY".to_owned(), start_minute: 540, end_minute: 1020 };
    let change = |name: Option<&str>, zone: Option<&str>, periods: Option<Vec<OpeningPeriod>>| {
        let (name, time_zone) = (name.map(str::to_owned), zone.map(str::to_owned));
        edit(hours, ResourceChange::HoursOfOperation { name, description: None, time_zone, periods })
    };
    instance.run_ok(&operator(), change(None, Some("Europe/Berlin"), Some(vec![period.clone()])));
    instance.run_ok(&operator(), change(Some("Office"), None, None));
    let found = instance.directory.resource(hours).unwrap();
    let ResourceDetails::HoursOfOperation(HoursOfOperation { time_zone, periods, .. }) = &found.details else {
        panic!("{found:?}")
    };
    assert_eq!((found.name.as_str(), time_zone.as_str(), periods), ("Office", "Europe/Berlin", &vec![period.clone()]));
    let never = OpeningPeriod { day: "FUNDAY".to_owned(), ..period };
    assert_eq!(instance.refusal_code(&operator(), change(None, None, Some(vec![never]))), "invalid");
    instance.run_ok(&operator(), change(None, None, Some(Vec::new())));
}

#[test]
fn edits_of_queues_are_limited_to_the_scope_of_the_permission() {
    let mut instance = TestInstance::new();
    let queue = new_queue(&mut instance, "Red queue");
    let target = floorkey::RecordKey::Resource(queue);
    instance.run_ok(&operator(), Command::TagResource { target, tags: tags(&[("team", "red")]) });
    let red = granting_tagged(&["Queues.Edit", "RoutingPolicies.Edit"], &["Queue"], ("team", "red"));
    instance.create_profile("Red", red);
    let rita = actor_of(instance.create_user("rita", &["Red"]));
    let off = || ResourceChange::QueueMaxContacts(Some(1));
    instance.run_ok(&rita, edit(queue, off()));
    assert_eq!(instance.refusal_code(&rita, edit(basic_queue(&instance), off())), "out-of-scope");
    assert_eq!(instance.refusal_code(&rita, edit(ResourceId::from_bits(7), off())), "out-of-scope");
    // Enabling and disabling queues requires a separate permission.
    assert_eq!(instance.refusal_code(&rita, edit(queue, ResourceChange::QueueEnabled(false))), "not-permitted");
}

#[test]
fn the_audit_event_lists_the_changed_fields() {
    let mut instance = TestInstance::new();
    let (routing, queue) = (instance.routing_profile(), new_queue(&mut instance, "Sales"));
    let fields = |change: &floorkey::Change| {
        let fields = change.event().changes.iter();
        fields.map(|change| (change.field, change.change.clone())).collect::<Vec<_>>()
    };
    let value = |before: Option<&str>, after: Option<&str>| ValueChange::Value {
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let change = instance.run_ok(&operator(), edit(queue, ResourceChange::QueueMaxContacts(Some(5))));
    assert_eq!(fields(&change), [("max_contacts", value(None, Some("5")))]);
    let change = instance.run_ok(&operator(), edit(queue, ResourceChange::QueueEnabled(false)));
    assert_eq!(fields(&change), [("takes_contacts", value(Some("true"), Some("false")))]);
    let new = ResourceChange::AddRoutingProfileQueues { queues: vec![link(queue, "TASK", 7)], manual: Vec::new() };
    let change = instance.run_ok(&operator(), edit(routing, new));
    let added = vec![format!("{queue} for TASK, priority 7, delay 0 s")];
    assert_eq!(fields(&change), [("queues", ValueChange::Members { added, removed: Vec::new() })]);
    let media = MediaConcurrency { channel: "CHAT".to_owned(), concurrency: 3, cross_channel: None };
    let change = instance.run_ok(&operator(), edit(routing, ResourceChange::RoutingProfileConcurrency(vec![media])));
    let [(field, ValueChange::Members { added, .. })] = &fields(&change)[..] else { panic!("{change:?}") };
    assert_eq!((*field, added.as_slice()), ("concurrencies", &["CHAT 3".to_owned()][..]));
}
