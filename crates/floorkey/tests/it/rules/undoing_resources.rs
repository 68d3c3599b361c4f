//! Tests that changes to stored resources can be undone, with the same permissions as the opposite changes.

use std::collections::BTreeMap;

use floorkey::resource::{
    Document, ManualQueueLink, MediaConcurrency, OpeningPeriod, QUICK_CONNECT, QueueLink, ResourceChange,
    ResourceDetails, ResourceEdit,
};
use floorkey::{
    Action, Command, NewResource, Record, RecordKey, Resource, ResourceId, ResourceType, StoredResourceType, Timestamp,
};

use crate::test_instance::{TestInstance, actor_of, granting, operator, tags, undo};

/// Returns all resources without their modification times.
fn resources(instance: &TestInstance) -> Vec<Resource> {
    let records = instance.directory.records().into_iter();
    let resource = |record| match record {
        Record::Resource(resource) => Some(Resource { modified: Timestamp::default(), ..Resource::clone(&resource) }),
        _ => None,
    };
    records.filter_map(resource).collect()
}

fn first(instance: &TestInstance, resource_type: ResourceType) -> ResourceId {
    instance.directory.resources(resource_type).next().unwrap().id
}

fn create(instance: &mut TestInstance, name: &str, details: ResourceDetails) -> ResourceId {
    let id = ResourceId::from_bits(instance.next_id());
    let (name, tags) = (name.to_owned(), tags(&[("team", "red")]));
    let new = NewResource { id, name, description: None, tags, details };
    instance.run_ok(&operator(), Command::CreateResource(Box::new(new)));
    id
}

fn update(id: ResourceId, change: ResourceChange) -> Command {
    Command::UpdateResource(Box::new(ResourceEdit { id, change }))
}

/// Returns an instance with a second queue and hours of operation, and with a quick connect.
fn instance() -> (TestInstance, ResourceId, ResourceId, ResourceId) {
    let mut instance = TestInstance::new();
    let details = |instance: &TestInstance, resource_type| {
        instance.directory.resource(first(instance, resource_type)).unwrap().details.clone()
    };
    let hours = details(&instance, ResourceType::HoursOfOperation);
    let hours = create(&mut instance, "Nights", hours);
    let queue = details(&instance, ResourceType::Queue);
    let queue = create(&mut instance, "Second", queue);
    let fields = BTreeMap::from([("queue".to_owned(), queue.to_string())]);
    let document = ResourceDetails::Document(Document { rules: &QUICK_CONNECT, fields });
    let quick_connect = create(&mut instance, "Second", document);
    (instance, hours, queue, quick_connect)
}

fn name(stored_type: StoredResourceType) -> ResourceChange {
    let (name, description) = (Some("Renamed".to_owned()), Some("Changed".to_owned()));
    ResourceChange::Name { stored_type, name, description }
}

#[test]
fn each_change_to_a_resource_can_be_undone() {
    let (instance, hours, second, quick_connect) = instance();
    let queue = first(&instance, ResourceType::Queue);
    let channel = || "VOICE".to_owned();
    let changes = [
        name(StoredResourceType::Queue),
        ResourceChange::QueueHours(hours),
        ResourceChange::QueueMaxContacts(Some(3)),
        ResourceChange::QueueEnabled(false),
        ResourceChange::QueueOutboundCaller { name: Some("Sales".to_owned()), number: None, flow: None },
        ResourceChange::AddQueueQuickConnects(vec![quick_connect]),
        name(StoredResourceType::RoutingProfile),
        ResourceChange::RoutingProfileConcurrency(vec![MediaConcurrency {
            channel: channel(),
            concurrency: 0,
            cross_channel: None,
        }]),
        ResourceChange::RoutingProfileDefaultOutboundQueue(second),
        ResourceChange::RoutingProfileQueues(vec![QueueLink {
            queue,
            channel: channel(),
            priority: 9,
            delay_seconds: 1,
        }]),
        ResourceChange::AddRoutingProfileQueues {
            queues: vec![QueueLink { queue: second, channel: channel(), priority: 1, delay_seconds: 0 }],
            manual: vec![ManualQueueLink { queue: second, channel: channel() }],
        },
        // The restored link must be at its previous position.
        ResourceChange::RemoveRoutingProfileQueues { queues: vec![(queue, channel())], manual: Vec::new() },
        ResourceChange::HoursOfOperation {
            name: Some("Changed".to_owned()),
            description: None,
            time_zone: Some("Europe/Berlin".to_owned()),
            periods: Some(vec![OpeningPeriod { day: "MONDAY".to_owned(), start_minute: 1, end_minute: 2 }]),
        },
        name(StoredResourceType::QuickConnect),
        ResourceChange::Document {
            rules: &QUICK_CONNECT,
            name: None,
            description: None,
            fields: Some(BTreeMap::from([("phone_number".to_owned(), "+4922112345".to_owned())])),
        },
    ];
    for change in changes {
        let mut instance = instance.clone();
        let text = format!("{change:?}");
        let id = first(&instance, change.stored_type().resource_type());
        let (before, expected) = (instance.directory.clone(), resources(&instance));
        let changed = instance.run_ok(&operator(), update(id, change));
        assert_ne!(resources(&instance), expected, "{text}");
        let undone = undo(&before, &changed);
        instance.run_ok(&operator(), undone);
        assert_eq!(resources(&instance), expected, "{text}");
    }
}

#[test]
fn creations_deletions_and_tags_can_be_undone() {
    let (instance, hours, second, quick_connect) = instance();
    let delete = |kind, id| Command::DeleteResource { kind, id };
    let target = RecordKey::Resource(hours);
    let commands = [
        delete(StoredResourceType::QuickConnect, quick_connect),
        Command::TagResource { target: target.clone(), tags: tags(&[("team", "blue"), ("site", "Cork")]) },
        Command::UntagResource { target, keys: ["team".to_owned()].into() },
    ];
    for command in commands {
        let mut instance = instance.clone();
        let (before, expected) = (instance.directory.clone(), resources(&instance));
        let changed = instance.run_ok(&operator(), command);
        let undone = undo(&before, &changed);
        instance.run_ok(&operator(), undone);
        assert_eq!(resources(&instance), expected);
    }
    let mut instance = instance;
    instance.run_ok(&operator(), delete(StoredResourceType::QuickConnect, quick_connect));
    instance.run_ok(&operator(), delete(StoredResourceType::Queue, second));
    let (before, expected) = (instance.directory.clone(), resources(&instance));
    let created = create_command(&mut instance);
    let changed = instance.run_ok(&operator(), created);
    let undone = undo(&before, &changed);
    instance.run_ok(&operator(), undone);
    assert_eq!(resources(&instance), expected);
}

#[test]
fn resources_are_restored_after_and_removed_before_those_they_refer_to() {
    let (mut instance, hours, second, quick_connect) = instance();
    let delete = |kind, id| Command::DeleteResource { kind, id };
    let hours_of_second = update(second, ResourceChange::QueueHours(hours));
    instance.run_ok(&operator(), hours_of_second);
    let routing_profile = first(&instance, ResourceType::RoutingProfile);
    let details = instance.directory.resource(routing_profile).unwrap().details.clone();
    let ResourceDetails::RoutingProfile(mut profile) = details else { panic!("{details:?}") };
    profile.default_outbound_queue = second;
    let routing_profile = create(&mut instance, "Second", ResourceDetails::RoutingProfile(profile));
    let (before, expected) = (instance.directory.clone(), resources(&instance));
    let commands = vec![
        delete(StoredResourceType::RoutingProfile, routing_profile),
        delete(StoredResourceType::QuickConnect, quick_connect),
        delete(StoredResourceType::Queue, second),
        delete(StoredResourceType::HoursOfOperation, hours),
    ];
    let deleted = instance.run_ok(&operator(), Command::Batch { action: Action::DeleteQueue, commands });
    let (without, restore) = (resources(&instance), undo(&before, &deleted));
    assert_eq!(without.len(), expected.len() - 4);
    for order in [steps_reversed(&restore), restore] {
        let mut instance = instance.clone();
        let before = instance.directory.clone();
        let restored = instance.run_ok(&operator(), order);
        assert_eq!(resources(&instance), expected);
        for order in [undo(&before, &restored), steps_reversed(&undo(&before, &restored))] {
            let mut instance = instance.clone();
            instance.run_ok(&operator(), order);
            assert_eq!(resources(&instance), without);
        }
    }
}

/// Returns the undo with its steps in reverse order.
fn steps_reversed(undo: &Command) -> Command {
    let Command::Undo { revision, made, steps } = undo.clone() else { panic!("{undo:?}") };
    Command::Undo { revision, made, steps: steps.into_iter().rev().collect() }
}

fn create_command(instance: &mut TestInstance) -> Command {
    let details = instance.directory.resource(first(instance, ResourceType::Queue)).unwrap().details.clone();
    let id = ResourceId::from_bits(instance.next_id());
    let new = NewResource { id, name: "New".to_owned(), description: None, tags: tags(&[]), details };
    Command::CreateResource(Box::new(new))
}

#[test]
fn an_undo_needs_the_permission_for_each_opposite_change() {
    let (mut instance, ..) = instance();
    let queue = first(&instance, ResourceType::Queue);
    let undoing = ["Queues.View", "Queues.Edit"];
    instance.create_profile("Names", granting(&undoing));
    let ann = actor_of(instance.create_user("ann", &["Names"]));
    let before = instance.directory.clone();
    let renamed = instance.run_ok(&operator(), update(queue, name(StoredResourceType::Queue)));
    let undone = undo(&before, &renamed);
    instance.run_ok(&ann, undone);
    let before = instance.directory.clone();
    let disabled = instance.run_ok(&operator(), update(queue, ResourceChange::QueueEnabled(false)));
    let undone = undo(&before, &disabled);
    // Enabling a queue needs a permission of its own.
    assert_eq!(instance.refusal_code(&ann, undone), "not-permitted");
}

#[test]
fn a_resource_that_changed_again_or_is_hidden_is_not_restored() {
    let (mut instance, _, _, quick_connect) = instance();
    let queue = first(&instance, ResourceType::Queue);
    let before = instance.directory.clone();
    let renamed = instance.run_ok(&operator(), update(queue, name(StoredResourceType::Queue)));
    instance.create_profile("Users", granting(&["Users.View", "Users.Edit"]));
    let ann = actor_of(instance.create_user("ann", &["Users"]));
    assert_eq!(instance.refusal_code(&ann, undo(&before, &renamed)), "out-of-scope");
    let mut after_deletion = instance.clone();
    let before_deletion = after_deletion.directory.clone();
    let kind = StoredResourceType::QuickConnect;
    let deleted = after_deletion.run_ok(&operator(), Command::DeleteResource { kind, id: quick_connect });
    assert_eq!(after_deletion.refusal_code(&ann, undo(&before_deletion, &deleted)), "out-of-scope");
    instance.run_ok(&operator(), update(queue, ResourceChange::QueueMaxContacts(Some(1))));
    assert_eq!(instance.refusal_code(&operator(), undo(&before, &renamed)), "stale");
}
