//! Tests of records. The store keeps all versions of records, and loads the current versions.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::profile::{AiAgent, ApplicationGrant, FlowModule, PrimaryAttributeValue};
use floorkey::resource::{HoursOfOperation, ManualQueueLink, OpeningPeriod, Queue, ResourceDetails, RoutingProfile};
use floorkey::user::{Assignment, ChannelSettings, Identity, Proficiency};
use floorkey::{
    AnyPermission, Command, Condition, Directory, FindingEdit, FindingId, GuardMode, HierarchyGroupId,
    HierarchyLevelId, NewResource, NewSecurityProfile, RecordKey, ResourceId, Revision, SecurityProfileEdit,
    SecurityProfileId, StoredResourceType, Timestamp, UserId,
};

use super::TestStorage;
use crate::test_instance::{TestInstance, key_id, password, sorted};

/// Returns commands that together affect every kind of record and every field that a command can set.
fn commands(fixture: &mut TestInstance) -> Vec<Command> {
    let mut ids = || fixture.id();
    let (group, below) = (HierarchyGroupId::from_bits(ids()), HierarchyGroupId::from_bits(ids()));
    let (profile, user) = (SecurityProfileId::from_bits(ids()), UserId::from_bits(ids()));
    let (hours, queue, routing) = (resource(ids()), resource(ids()), resource(ids()));
    let levels = ["Site", "Team"].map(|name| (name.to_owned(), HierarchyLevelId::from_bits(ids()))).to_vec();
    let new_user = floorkey::NewUser {
        id: user,
        identity: identity(),
        directory_user_id: None,
        profiles: vec![profile],
        routing_profile: routing,
        hierarchy_group: Some(below),
        channels: vec![channel()],
        tags: tags(),
        ..fixture.new_user()
    };
    let with_dates =
        Assignment { profile, from: Some(Timestamp::from_millis(5)), until: Some(Timestamp::from_millis(1 << 42)) };
    let without_dates = Assignment::always(fixture.profile("Agent"));
    vec![
        Command::UpdateUserHierarchyStructure { levels },
        Command::CreateUserHierarchyGroup { id: group, name: "Köln".to_owned(), parent: None, tags: tags() },
        Command::CreateUserHierarchyGroup { id: below, name: "Süd".to_owned(), parent: Some(group), tags: tags() },
        Command::CreateResource(Box::new(new_resource(hours, "Late", hours_details()))),
        Command::CreateResource(Box::new(new_resource(queue, "Sales", queue_details(hours)))),
        Command::CreateResource(Box::new(new_resource(routing, "Sellers", routing_details(queue)))),
        Command::CreateSecurityProfile(Box::new(new_profile(profile, below))),
        Command::SetAssignableProfiles { profile, assignable: BTreeSet::from([fixture.profile("Agent")]) },
        Command::CreateUser(Box::new(new_user)),
        Command::UpdateUserSecurityProfiles { user, assignments: vec![with_dates, without_dates] },
        Command::AssociateUserProficiencies {
            user,
            proficiencies: vec![Proficiency { attribute: "language".to_owned(), value: "de".to_owned(), level: 3.7 }],
        },
        TestInstance::new_key(user, &key_id(1)),
        Command::SetEscalationGuard { mode: GuardMode::Enforce, reason: "because".to_owned() },
        Command::UpdateFinding(FindingId::UnusedProfiles, dismissal()),
        Command::UpdateInstanceAttribute { name: "CONTACT_LENS".to_owned(), value: "true".to_owned() },
        Command::ResetUserPassword { user, password: password("second"), revoke_access_keys: true },
        Command::RenameUserLogin { user, username: "anna".to_owned() },
        Command::SetUserEnabled { user, enabled: false },
        Command::DeleteUser { user },
        Command::DeleteResource { kind: StoredResourceType::RoutingProfile, id: routing },
        Command::DeleteSecurityProfile { profile },
        Command::DeleteUserHierarchyGroup { group: below },
    ]
}

/// Runs only the commands before the first deletion, so that every kind of record exists.
pub(crate) async fn every_record_kind_is_loaded_unchanged<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let commands = commands(&mut fixture);
    for command in commands.into_iter().take_while(|command| !matches!(command, Command::ResetUserPassword { .. })) {
        fixture.run(command).await;
    }
    let loaded = fixture.store.load(fixture.instance).await.unwrap();
    assert_eq!(sorted(loaded.records), sorted(fixture.directory.records()));
    let kinds: BTreeSet<_> =
        fixture.directory.records().iter().map(std::mem::discriminant).map(|kind| format!("{kind:?}")).collect();
    assert_eq!(kinds.len(), 8, "every kind of record is there");
}

pub(crate) async fn memory_equals_disk_after_every_batch<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let commands = commands(&mut fixture);
    // Batches with one change and batches with up to three changes alternate.
    for (batch, size) in commands.chunks(4).flat_map(|chunk| [chunk.split_at(1).0, chunk.split_at(1).1]).zip(1..) {
        let changes = batch.iter().map(|command| fixture.plan(command)).collect();
        fixture.commit(changes).await.unwrap();
        fixture.assert_stored().await;
        assert_eq!(fixture.head.audit_size(), fixture.head.revision().0, "batch {size}: each change has its event");
    }
}

pub(crate) async fn versions_are_consecutive<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let user = fixture.add_user().await;
    let key = RecordKey::User(user);
    let mut expected = vec![fixture.directory.revision()];
    for name in ["b", "c", "d"] {
        fixture.add_user().await;
        fixture.run(Command::RenameUserLogin { user, username: name.to_owned() }).await;
        expected.push(fixture.directory.revision());
    }
    let versions = fixture.store.record_versions(fixture.instance, key.clone()).await.unwrap();
    assert_eq!(versions.iter().map(|version| version.revision).collect::<Vec<_>>(), expected);
    assert_eq!(
        versions.iter().map(|version| version.until).collect::<Vec<_>>(),
        [Some(expected[1]), Some(expected[2]), Some(expected[3]), None]
    );
    let floorkey::Record::User(last) = &versions[3].record else { panic!("not a user") };
    assert_eq!(last.username, "d");

    fixture.run(Command::DeleteUser { user }).await;
    let versions = fixture.store.record_versions(fixture.instance, key).await.unwrap();
    assert_eq!(versions.len(), 4, "a deletion is no version");
    assert_eq!(versions[3].until, Some(fixture.directory.revision()));
    let never = RecordKey::User(UserId::from_bits(1));
    assert_eq!(fixture.store.record_versions(fixture.instance, never).await.unwrap(), []);
}

pub(crate) async fn a_node_catches_up_from_any_revision<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let mut directories: Vec<Directory> = vec![Directory::empty(fixture.instance), fixture.directory.clone()];
    for command in commands(&mut fixture) {
        fixture.run(command).await;
        directories.push(fixture.directory.clone());
    }
    for (revision, earlier) in (0..).map(Revision).zip(&directories) {
        let since = fixture.store.load_since(fixture.instance, revision).await.unwrap();
        assert_eq!(since.head, fixture.head);
        let caught_up = earlier.apply(since.head.revision(), &since.changes);
        assert_eq!(caught_up.records(), fixture.directory.records(), "from revision {revision}");
        let changed_keys: BTreeSet<_> = since.changes.iter().map(floorkey::RecordChange::key).collect();
        assert_eq!(changed_keys.len(), since.changes.len(), "each record comes once");
    }
    let nothing = fixture.store.load_since(fixture.instance, fixture.head.revision()).await.unwrap();
    assert_eq!(nothing.changes, []);
}

pub(crate) async fn loading_during_writes_is_a_snapshot<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writing = tokio::spawn(async move {
        let mut directories = BTreeMap::from([(fixture.head.revision(), fixture.directory.records())]);
        while stopped.try_recv().is_err() {
            let changes = (0..3).map(|_| fixture.plan_user().1).collect();
            fixture.commit(changes).await.unwrap();
            directories.insert(fixture.head.revision(), fixture.directory.records());
        }
        directories
    });
    let mut loaded_states = Vec::new();
    for _ in 0..40 {
        loaded_states.push(store.load(instance).await.unwrap());
    }
    stop.send(()).unwrap();
    let directories = writing.await.unwrap();
    let revisions: BTreeSet<_> = loaded_states.iter().map(|loaded| loaded.head.revision()).collect();
    assert!(revisions.len() > 5, "something was written meanwhile");
    for loaded in loaded_states {
        let revision = loaded.head.revision();
        let directory = Directory::from_records(instance, revision, loaded.records);
        assert!(
            directories.get(&revision) == Some(&directory.records()),
            "revision {revision} is not what was written"
        );
    }
}

fn resource(bits: u128) -> ResourceId {
    ResourceId::from_bits(bits)
}

fn dismissal() -> FindingEdit {
    FindingEdit::Dismiss { reason: "moving".to_owned(), until: Timestamp::from_millis(1_700_100_000_000) }
}

fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("team".to_owned(), "blue".to_owned()), ("site".to_owned(), "Köln".to_owned())])
}

fn identity() -> Identity {
    Identity {
        first_name: Some("Anna".to_owned()),
        last_name: Some("Müller".to_owned()),
        email: Some("anna@example.com".to_owned()),
        secondary_email: Some("anna@example.org".to_owned()),
        mobile: Some("+491701234567".to_owned()),
    }
}

fn channel() -> ChannelSettings {
    ChannelSettings {
        channel: "VOICE".to_owned(),
        auto_accept: Some(true),
        callback_auto_accept: Some(false),
        after_contact_work_seconds: Some(30),
        callback_after_contact_work_seconds: Some(0),
        phone_type: Some("DESK_PHONE".to_owned()),
        phone_number: Some("+49221123456".to_owned()),
        persistent_connection: Some(true),
        voice_enhancement: Some("NONE".to_owned()),
    }
}

fn new_resource(id: ResourceId, name: &str, details: ResourceDetails) -> NewResource {
    NewResource { id, name: name.to_owned(), description: Some("For tests".to_owned()), tags: tags(), details }
}

fn hours_details() -> ResourceDetails {
    ResourceDetails::HoursOfOperation(HoursOfOperation {
        time_zone: "Europe/Berlin".to_owned(),
        periods: vec![OpeningPeriod { day: "MONDAY".to_owned(), start_minute: 540, end_minute: 1020 }],
        parents: Vec::new(),
    })
}

fn queue_details(hours: ResourceId) -> ResourceDetails {
    ResourceDetails::Queue(Queue {
        hours,
        max_contacts: Some(12),
        enabled: true,
        caller_id_name: Some("Sales".to_owned()),
        caller_id_number: Some("00000000-0000-4000-8000-000000000001".to_owned()),
        outbound_flow: Some("00000000-0000-4000-8000-000000000002".to_owned()),
        outbound_email: Some("00000000-0000-4000-8000-000000000003".to_owned()),
        quick_connects: BTreeSet::new(),
    })
}

fn routing_details(queue: ResourceId) -> ResourceDetails {
    let link =
        |priority| floorkey::resource::QueueLink { queue, channel: "VOICE".to_owned(), priority, delay_seconds: 7 };
    let media = floorkey::resource::MediaConcurrency {
        channel: "VOICE".to_owned(),
        concurrency: 1,
        cross_channel: Some("ROUTE_ANY_CHANNEL".to_owned()),
    };
    ResourceDetails::RoutingProfile(RoutingProfile {
        default_outbound_queue: queue,
        queues: vec![link(3)],
        manual_queues: vec![ManualQueueLink { queue, channel: "TASK".to_owned() }],
        concurrencies: vec![media],
        availability_timer: Some("TIME_SINCE_LAST_INBOUND".to_owned()),
    })
}

fn new_profile(id: SecurityProfileId, group: HierarchyGroupId) -> NewSecurityProfile {
    let value = PrimaryAttributeValue {
        access: Some("ALLOW".to_owned()),
        attribute: Some("region".to_owned()),
        values: vec!["north".to_owned()],
    };
    let content = SecurityProfileEdit {
        description: Some("Everything set".to_owned()),
        permissions: Some(vec!["Users.Edit".to_owned(), "RestrictTaskCreation.Access".to_owned()]),
        applications: Some(vec![ApplicationGrant {
            namespace: "crm".to_owned(),
            permissions: vec!["read".to_owned()],
            kind: Some("THIRD_PARTY_APPLICATION".to_owned()),
        }]),
        conditions: Some(BTreeMap::from([(
            AnyPermission::Application { namespace: "crm".to_owned(), name: "read".to_owned() },
            BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]),
        )])),
        access_control_tags: Some(BTreeMap::from([("team".to_owned(), "blue".to_owned())])),
        tag_restricted: Some(vec!["Queue".to_owned()]),
        hierarchy_restricted: Some(vec!["User".to_owned()]),
        hierarchy_group: Some(group.to_string()),
        flow_modules: Some(vec![FlowModule {
            id: "00000000-0000-4000-8000-000000000004".to_owned(),
            kind: Some("MCP".to_owned()),
        }]),
        ai_agents: Some(vec![AiAgent {
            arn: "arn:aws:wisdom:us-east-1:123456789012:ai-agent/a".to_owned(),
            kind: Some("THIRD_PARTY".to_owned()),
        }]),
        data_table_values: Some(Some(vec![value])),
    };
    NewSecurityProfile { id, name: "Full".to_owned(), content, tags: tags() }
}
