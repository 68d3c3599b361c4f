//! Tests routing profiles, queues, hours of operation and tags.

use floorkey::resource::{
    AgentStatus, Document, HoursOfOperation, ManualQueueLink, MediaConcurrency, OnDelete, OpeningPeriod, Queue,
    QueueLink, Reference, ResourceDetails, RoutingProfile,
};
use floorkey::{Command, NewResource, RecordKey, ResourceId, ResourceType, StoredResourceType};

use crate::test_instance::{TestInstance, operator, tags};

fn named(instance: &TestInstance, kind: ResourceType, name: &str) -> ResourceId {
    instance.directory.resource_by_name(kind, name).unwrap().id
}

fn make(instance: &mut TestInstance, name: &str, details: ResourceDetails) -> Command {
    let id = ResourceId::from_bits(instance.next_id());
    Command::CreateResource(Box::new(NewResource {
        id,
        name: name.to_owned(),
        description: None,
        tags: tags(&[]),
        details,
    }))
}

fn queue(hours: ResourceId) -> Queue {
    Queue {
        hours,
        max_contacts: None,
        enabled: true,
        caller_id_name: None,
        caller_id_number: None,
        outbound_flow: None,
        outbound_email: None,
        quick_connects: [].into(),
    }
}

fn hours() -> HoursOfOperation {
    HoursOfOperation { time_zone: "UTC".to_owned(), periods: Vec::new(), parents: Vec::new() }
}

fn routing(queue: ResourceId) -> RoutingProfile {
    RoutingProfile {
        default_outbound_queue: queue,
        queues: Vec::new(),
        manual_queues: Vec::new(),
        concurrencies: Vec::new(),
        availability_timer: None,
    }
}

#[test]
fn a_resource_in_use_cannot_be_deleted() {
    let mut instance = TestInstance::new();
    let hours = named(&instance, ResourceType::HoursOfOperation, "Basic Hours");
    let queue = named(&instance, ResourceType::Queue, "BasicQueue");
    let routing = instance.routing_profile();
    let delete = |kind, id| Command::DeleteResource { kind, id };
    assert_eq!(instance.refusal_code(&operator(), delete(StoredResourceType::RoutingProfile, routing)), "in-use");
    assert_eq!(instance.refusal_code(&operator(), delete(StoredResourceType::Queue, queue)), "in-use");
    assert_eq!(instance.refusal_code(&operator(), delete(StoredResourceType::HoursOfOperation, hours)), "in-use");
    // The resource must have the type in the command.
    assert_eq!(instance.refusal_code(&operator(), delete(StoredResourceType::Queue, hours)), "not-found");
    let other = make(&mut instance, "Other", ResourceDetails::RoutingProfile(self::routing(queue)));
    instance.run_ok(&operator(), other);
    let routing_profile = named(&instance, ResourceType::RoutingProfile, "Other");
    let user = instance.user("admin");
    instance.run_ok(&operator(), Command::UpdateUserRoutingProfile { user, routing_profile });
    instance.run_ok(&operator(), delete(StoredResourceType::RoutingProfile, routing));
    assert_eq!(instance.refusal_code(&operator(), delete(StoredResourceType::Queue, queue)), "in-use");
}

/// Returns the details of a resource that refers to the given resource.
fn referring(
    instance: &TestInstance,
    from: StoredResourceType,
    to: StoredResourceType,
    id: ResourceId,
) -> ResourceDetails {
    let basic_hours = named(instance, ResourceType::HoursOfOperation, "Basic Hours");
    match (from, to) {
        (StoredResourceType::RoutingProfile, StoredResourceType::Queue) => ResourceDetails::RoutingProfile(routing(id)),
        (StoredResourceType::Queue, StoredResourceType::HoursOfOperation) => ResourceDetails::Queue(queue(id)),
        (StoredResourceType::Queue, StoredResourceType::QuickConnect) => {
            ResourceDetails::Queue(Queue { quick_connects: [id].into(), ..queue(basic_hours) })
        }
        (StoredResourceType::HoursOfOperation, StoredResourceType::HoursOfOperation) => {
            ResourceDetails::HoursOfOperation(HoursOfOperation { parents: vec![id], ..hours() })
        }
        _ => {
            let rules = from.document_rules().unwrap_or_else(|| panic!("{from:?} refers to {to:?}: add it here"));
            let field = rules.fields.iter().find(|field| field.refers_to == Some(to.resource_type())).unwrap();
            let fields = [(field.name.to_owned(), id.to_string())].into();
            ResourceDetails::Document(Document { rules, fields })
        }
    }
}

#[test]
fn the_deletion_of_a_target_is_refused_or_removes_the_reference_as_the_table_says() {
    let references = |from: StoredResourceType| from.references().map(move |reference| (from, reference));
    for (from, Reference { to, on_delete }) in StoredResourceType::ALL.iter().copied().flat_map(references) {
        let mut instance = TestInstance::new();
        let basic_hours = named(&instance, ResourceType::HoursOfOperation, "Basic Hours");
        let target = match to {
            StoredResourceType::Queue => ResourceDetails::Queue(queue(basic_hours)),
            StoredResourceType::HoursOfOperation => ResourceDetails::HoursOfOperation(hours()),
            other => {
                let rules = other.document_rules().unwrap_or_else(|| panic!("{other:?}: add it here"));
                ResourceDetails::Document(Document { rules, fields: [].into() })
            }
        };
        let target = make(&mut instance, "Target", target);
        instance.run_ok(&operator(), target);
        let target = named(&instance, to.resource_type(), "Target");
        let details = referring(&instance, from, to, target);
        let source = make(&mut instance, "Source", details.clone());
        instance.run_ok(&operator(), source);
        let source = named(&instance, from.resource_type(), "Source");
        let delete = Command::DeleteResource { kind: to, id: target };
        match on_delete {
            OnDelete::Refuse => assert_eq!(instance.refusal_code(&operator(), delete), "in-use", "{from:?}, {to:?}"),
            OnDelete::Remove => {
                instance.run_ok(&operator(), delete);
                assert_ne!(instance.directory.resource(source).unwrap().details, details, "{from:?}, {to:?}");
            }
        }
    }
}

#[test]
fn only_custom_agent_statuses_can_be_created_and_none_deleted() {
    let mut instance = TestInstance::new();
    let status = instance.directory.resources(ResourceType::AgentStatus).next().unwrap().clone();
    let command = Command::DeleteResource { kind: StoredResourceType::AgentStatus, id: status.id };
    assert_eq!(instance.refusal_code(&operator(), command), "invalid");
    let command = make(&mut instance, "Lunch", status.details.clone());
    assert_eq!(instance.refusal_code(&operator(), command), "invalid", "it is routable");
    let custom = |display_order| AgentStatus { status_type: "CUSTOM".to_owned(), display_order, enabled: true };
    for (order, code) in [(Some(0), Some("invalid")), (Some(51), Some("invalid")), (Some(50), None), (None, None)] {
        let name = format!("Lunch {order:?}");
        let command = make(&mut instance, &name, ResourceDetails::AgentStatus(custom(order)));
        match code {
            Some(code) => assert_eq!(instance.refusal_code(&operator(), command), code, "{name}"),
            None => drop(instance.run_ok(&operator(), command)),
        }
    }
    let created = instance.directory.resource_by_name(ResourceType::AgentStatus, "Lunch None").unwrap().id;
    let command = Command::DeleteResource { kind: StoredResourceType::AgentStatus, id: created };
    assert_eq!(instance.refusal_code(&operator(), command), "invalid");
}

#[test]
fn names_are_unique_per_resource_type() {
    let mut instance = TestInstance::new();
    let basic = named(&instance, ResourceType::HoursOfOperation, "Basic Hours");
    let again = make(&mut instance, "BASICQUEUE", ResourceDetails::Queue(queue(basic)));
    assert_eq!(instance.refusal_code(&operator(), again), "duplicate");
    let elsewhere = make(&mut instance, "BasicQueue", ResourceDetails::HoursOfOperation(hours()));
    instance.run_ok(&operator(), elsewhere);
    let long = "x".repeat(128);
    for name in ["", "a\u{7}", long.as_str()] {
        let command = make(&mut instance, name, ResourceDetails::HoursOfOperation(hours()));
        assert_eq!(instance.refusal_code(&operator(), command), "invalid", "{name:?}");
    }
}

#[test]
fn a_queue_needs_hours_and_a_non_negative_contact_limit() {
    let mut instance = TestInstance::new();
    let (hours, other) = (named(&instance, ResourceType::HoursOfOperation, "Basic Hours"), instance.routing_profile());
    for missing in [other, ResourceId::from_bits(7)] {
        let command = make(&mut instance, "Sales", ResourceDetails::Queue(queue(missing)));
        assert_eq!(instance.refusal_code(&operator(), command), "not-found");
    }
    let negative = Queue { max_contacts: Some(-1), ..queue(hours) };
    let command = make(&mut instance, "Sales", ResourceDetails::Queue(negative));
    assert_eq!(instance.refusal_code(&operator(), command), "invalid");
    let none = Queue { max_contacts: Some(0), ..queue(hours) };
    let command = make(&mut instance, "Sales", ResourceDetails::Queue(none));
    instance.run_ok(&operator(), command);
}

#[test]
fn an_invalid_routing_profile_is_refused() {
    let mut instance = TestInstance::new();
    let queue = named(&instance, ResourceType::Queue, "BasicQueue");
    let link = |channel: &str, priority, delay_seconds| QueueLink {
        queue,
        channel: channel.to_owned(),
        priority,
        delay_seconds,
    };
    let media =
        |channel: &str, concurrency| MediaConcurrency { channel: channel.to_owned(), concurrency, cross_channel: None };
    let manual = ManualQueueLink { queue, channel: "CHAT".to_owned() };
    let basic = routing(queue);
    let bad = [
        RoutingProfile { queues: vec![link("FAX", 1, 0)], ..basic.clone() },
        RoutingProfile { queues: vec![link("CHAT", 1, 0), link("CHAT", 2, 0)], ..basic.clone() },
        RoutingProfile { queues: vec![link("CHAT", 0, 0)], ..basic.clone() },
        RoutingProfile { queues: vec![link("CHAT", 100, 0)], ..basic.clone() },
        RoutingProfile { queues: vec![link("CHAT", 1, 10_000)], ..basic.clone() },
        RoutingProfile { manual_queues: vec![manual.clone(), manual.clone()], ..basic.clone() },
        RoutingProfile { concurrencies: vec![media("VOICE", 2)], ..basic.clone() },
        RoutingProfile { concurrencies: vec![media("CHAT", 11)], ..basic.clone() },
        RoutingProfile { concurrencies: vec![media("CHAT", 1), media("CHAT", 2)], ..basic.clone() },
    ];
    for details in bad {
        let command = make(&mut instance, "Sales", ResourceDetails::RoutingProfile(details.clone()));
        assert_eq!(instance.refusal_code(&operator(), command), "invalid", "{details:?}");
    }
    let many = RoutingProfile { queues: vec![link("CHAT", 1, 0); 11], ..basic.clone() };
    let command = make(&mut instance, "Sales", ResourceDetails::RoutingProfile(many));
    assert_eq!(instance.refusal_code(&operator(), command), "limit-exceeded");
    let missing = make(&mut instance, "Sales", ResourceDetails::RoutingProfile(routing(ResourceId::from_bits(7))));
    assert_eq!(instance.refusal_code(&operator(), missing), "not-found");
    let good = RoutingProfile {
        queues: vec![link("CHAT", 99, 9_999), link("VOICE", 1, 0)],
        manual_queues: vec![manual],
        concurrencies: vec![media("VOICE", 1), media("CHAT", 10)],
        ..basic
    };
    let command = make(&mut instance, "Sales", ResourceDetails::RoutingProfile(good));
    instance.run_ok(&operator(), command);
}

#[test]
fn hours_are_within_days_of_the_week() {
    let mut instance = TestInstance::new();
    let period = |day: &str, start_minute, end_minute| OpeningPeriod { day: day.to_owned(), start_minute, end_minute };
    for bad in [period("HOLIDAY", 0, 1), period("MONDAY", 1_440, 1), period("MONDAY", 0, 1_440)] {
        let details = HoursOfOperation { periods: vec![bad], ..hours() };
        let command = make(&mut instance, "Sales", ResourceDetails::HoursOfOperation(details));
        assert_eq!(instance.refusal_code(&operator(), command), "invalid");
    }
    let parents = vec![ResourceId::from_bits(7)];
    let command =
        make(&mut instance, "Sales", ResourceDetails::HoursOfOperation(HoursOfOperation { parents, ..hours() }));
    assert_eq!(instance.refusal_code(&operator(), command), "not-found");
    let basic = named(&instance, ResourceType::HoursOfOperation, "Basic Hours");
    let details = HoursOfOperation { parents: vec![basic], periods: vec![period("SUNDAY", 0, 1_439)], ..hours() };
    let command = make(&mut instance, "Sales", ResourceDetails::HoursOfOperation(details));
    instance.run_ok(&operator(), command);
}

#[test]
fn tags_are_added_replaced_and_removed() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let ann = instance.create_user("ann", &["Agent"]);
    let targets = [
        RecordKey::User(ann),
        RecordKey::Profile(instance.profile("Agent")),
        RecordKey::Group(instance.group("Harbour", None)),
        RecordKey::Resource(instance.routing_profile()),
        RecordKey::Settings,
    ];
    for target in targets {
        let put = |pairs: &[(&str, &str)]| Command::TagResource { target: target.clone(), tags: tags(pairs) };
        instance.run_ok(&operator(), put(&[("a", "1"), ("b", "2")]));
        instance.run_ok(&operator(), put(&[("A", "3"), ("b", "4")]));
        assert_eq!(tags_of(&instance, &target), tags(&[("a", "1"), ("A", "3"), ("b", "4")]), "letter case counts");
        let keys = ["a", "nothing"].map(str::to_owned).into();
        instance.run_ok(&operator(), Command::UntagResource { target: target.clone(), keys });
        assert_eq!(tags_of(&instance, &target), tags(&[("A", "3"), ("b", "4")]));
    }
}

fn tags_of(instance: &TestInstance, target: &RecordKey) -> floorkey::tags::Tags {
    let directory = &instance.directory;
    match target {
        RecordKey::User(id) => directory.user(*id).unwrap().tags.clone(),
        RecordKey::Profile(id) => directory.profile(*id).unwrap().tags.clone(),
        RecordKey::Group(id) => directory.group(*id).unwrap().tags.clone(),
        RecordKey::Resource(id) => directory.resource(*id).unwrap().tags.clone(),
        _ => directory.settings().tags.clone(),
    }
}

#[test]
fn tags_are_valid_and_at_most_fifty() {
    let mut instance = TestInstance::new();
    let target = RecordKey::User(instance.create_user("ann", &["Agent"]));
    let (long_key, long_value) = ("x".repeat(129), "x".repeat(257));
    let bad = [("", "x"), ("aws:x", "x"), ("a#b", "x"), (long_key.as_str(), "x"), ("a", long_value.as_str())];
    for pair in bad {
        let command = Command::TagResource { target: target.clone(), tags: tags(&[pair]) };
        assert_eq!(instance.refusal_code(&operator(), command), "invalid", "{pair:?}");
    }
    let keys: Vec<String> = (0..51).map(|at| format!("key {at}")).collect();
    let pairs: Vec<_> = keys.iter().map(|key| (key.as_str(), "")).collect();
    let put = |pairs: &[(&str, &str)]| Command::TagResource { target: target.clone(), tags: tags(pairs) };
    assert_eq!(instance.refusal_code(&operator(), put(&pairs)), "invalid");
    instance.run_ok(&operator(), put(&pairs[..50]));
    assert_eq!(instance.refusal_code(&operator(), put(&pairs[50..])), "invalid");
}

#[test]
fn hierarchy_levels_and_access_keys_have_no_tags() {
    let mut instance = TestInstance::new();
    let key = instance.key(instance.user("admin"));
    for target in [RecordKey::Structure, RecordKey::AccessKey(key)] {
        let command = Command::TagResource { target, tags: tags(&[("a", "b")]) };
        assert_eq!(instance.refusal_code(&operator(), command), "not-found");
    }
}
