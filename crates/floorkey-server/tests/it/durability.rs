//! Tests that every acknowledged change survives a crash, and that every change is written completely or not at all.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation;
use floorkey_store::{Store, StoreSettings, StoredOutcome};
use serde_json::json;

use crate::client::Client;
use crate::world::{World, column};

/// How many times the test kills the server.
const ROUNDS: usize = 100;

/// The number of concurrent writers.
const WRITERS: usize = 4;

#[test]
fn no_acknowledged_change_is_lost_when_the_server_is_killed_a_hundred_times_during_writes() {
    let mut world = World::new();
    let acknowledged = Mutex::new(BTreeSet::new());
    for round in 0..ROUNDS {
        let operator = world.server.operator();
        std::thread::scope(|scope| {
            let mut writers = Vec::new();
            for writer in 0..WRITERS {
                let (operator, instance, acknowledged) = (&operator, &world.instance, &acknowledged);
                let name = format!("r{round}-w{writer}");
                writers.push(scope.spawn(move || write(operator, instance, &name, acknowledged)));
            }
            // Each round kills the server at a different time. Over all rounds, every step of a commit is interrupted.
            std::thread::sleep(Duration::from_micros(5_000 + (round as u64 * 7_919) % 40_000));
            world.server.kill();
        });
        world.server.restart();
        if round % 10 == 9 {
            check(&world, &acknowledged.lock().unwrap());
        }
    }
    assert!(acknowledged.lock().unwrap().len() > ROUNDS, "hardly anything was written: the test tests nothing");
    world.server.kill();
    check_history(&world);
}

/// Creates profiles until the server no longer responds. Records which profiles the server has acknowledged.
fn write(operator: &Client, instance: &str, name: &str, acknowledged: &Mutex<BTreeSet<String>>) {
    for at in 0.. {
        let name = format!("{name}-{at}");
        let input = json!({ "InstanceId": instance, "SecurityProfileName": name, "Permissions": ["Users.Edit"] });
        match operator.try_call(Operation::CreateSecurityProfile, &input) {
            Some(answer) if answer.status == 200 => acknowledged.lock().unwrap().insert(name),
            Some(answer) => panic!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)),
            None => return,
        };
    }
}

/// Checks that the server lists every acknowledged profile.
fn check(world: &World, acknowledged: &BTreeSet<String>) {
    let operator = world.server.operator();
    let mut names = BTreeSet::new();
    let mut input = world.in_instance(json!({ "maxResults": 1000 }));
    loop {
        let page = operator.ok(Operation::ListSecurityProfiles, &input);
        names.extend(column(&page["SecurityProfileSummaryList"], "Name"));
        let Some(token) = page.get("NextToken") else { break };
        input["nextToken"] = token.clone();
    }
    let lost: Vec<_> = acknowledged.difference(&names).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

/// Checks that the history has exactly one event for each revision, and that the current profiles match the history.
fn check_history(world: &World) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&StoreSettings { folder: world.server.data() }).unwrap();
        let instance = floorkey::InstanceId::parse(&world.instance).unwrap();
        let loaded = store.load(instance).await.unwrap();
        let events = store.audit_events(instance, None, usize::MAX).await.unwrap();
        assert_eq!(events.len() as u64, loaded.head.audit_size());
        let mut revisions: Vec<u64> = events
            .iter()
            .filter_map(|event| match event.outcome {
                StoredOutcome::Done { revision } => Some(revision),
                StoredOutcome::Refused { .. } => None,
            })
            .collect();
        revisions.sort_unstable();
        assert!(revisions.into_iter().eq(1..=loaded.head.revision().0), "a revision without its event, or twice");
        let made = events.iter().filter(|event| event.event_type == "CreateSecurityProfile").count();
        let directory = floorkey::Directory::from_records(instance, loaded.head.revision(), loaded.records);
        let profiles = directory.profiles().filter(|profile| profile.name.starts_with('r')).count();
        assert_eq!(profiles, made, "a profile without its event, or an event without its profile");
        for profile in directory.profiles().filter(|profile| profile.name.starts_with('r')) {
            let names: Vec<_> = profile.permissions.permissions().iter().map(floorkey::Permission::name).collect();
            assert_eq!(names, ["Users.View", "Users.Edit"], "{} is half done", profile.name);
        }
    });
}

#[test]
fn refusals_that_were_answered_survive_a_crash() {
    let mut world = World::new();
    let (nobody, admin) = (world.somebody("nobody", &["BasicAgentAccess"]), world.user("admin"));
    let input = world.in_instance(json!({ "UserId": admin }));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    nobody.refused(Operation::DeleteUser, &input, ExceptionKind::AccessDenied);
                }
            });
        }
    });
    // Each restart kills the server, so the server can't write pending data. The second start must not combine the
    // refusals into another event.
    world.server.restart();
    world.server.restart();
    let events = world.server.client(world.operator.key.clone());
    let path = format!("/floorkey/v1/instances/{}/audit", world.instance);
    let events = events.send("GET", &path, "maxResults=100", b"").json();
    let refused = events["Events"].as_array().unwrap().iter().filter(|event| event["Act"] == "DeleteUser");
    let flags: Vec<String> = refused.map(|event| event["Flags"].to_string()).collect();
    // Each of the first ten refusals has its own event. One additional event counts the other 30 refusals, so there are
    // 11 events.
    assert_eq!(flags.len(), 11, "{flags:?}");
    assert_eq!(flags.iter().filter(|flags| **flags == r#"[{"Flag":"Repeated","Times":30}]"#).count(), 1, "{flags:?}");
}
