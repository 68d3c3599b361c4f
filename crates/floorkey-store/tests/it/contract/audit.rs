//! Tests of the audit log, which is a hash tree of the bodies of events. The bodies contain no personal values, which
//! are stored separately.

use std::collections::BTreeSet;

use floorkey::{Actor, Authentication, Command, GuardMode, Principal, Record, RecordKey, UserId};
use floorkey_store::{
    EntryContent, StoreError, StoredEvent, StoredFlag, StoredOutcome, StoredValue, StoredValueChange,
};
use sha2::{Digest, Sha256};

use super::TestStorage;
use crate::test_instance::{TestInstance, key_id, operator};

/// Creates an instance whose audit log has changes by the operator, and refused commands by the operator and a user.
pub(crate) async fn instance_with_events<S: TestStorage>(storage: &S) -> (TestInstance, UserId) {
    let mut fixture = TestInstance::create(storage).await;
    let user = fixture.add_user().await;
    fixture.run(Command::RenameUserLogin { user, username: "Annabel".to_owned() }).await;
    fixture.run(TestInstance::new_key(user, &key_id(1))).await;
    let reason = Command::SetEscalationGuard { mode: GuardMode::Enforce, reason: "Annabel asked for it".to_owned() };
    fixture.run(reason).await;
    for actor in [operator(), acting_with_key(user)] {
        let event = fixture.refusal(&actor);
        let entry = fixture.entry(EntryContent::Event(Box::new(event)));
        fixture.head = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap();
    }
    let changes = (0..5).map(|_| fixture.plan_user().1).collect();
    fixture.commit(changes).await.unwrap();
    (fixture, user)
}

fn acting_with_key(user: UserId) -> Actor {
    Actor {
        principal: Principal::User { id: user, authentication: Authentication::AccessKey(key_id(1)) },
        request_id: "22222222-2222-4333-8444-555555555555".to_owned(),
        address: Some("198.51.100.5".to_owned()),
        user_agent: Some("Boto3/1.42".to_owned()),
        security_epoch: None,
        signature: None,
    }
}

pub(crate) async fn events(fixture: &TestInstance) -> Vec<StoredEvent> {
    fixture.store.audit_events(fixture.instance, None, 1000).await.unwrap()
}

/// Computes the root of the hash tree of the given bodies, using the recursive definition in RFC 6962.
pub(crate) fn naive_root(bodies: &[String]) -> [u8; 32] {
    match bodies {
        [] => Sha256::digest([]).into(),
        [one] => Sha256::new().chain_update([0, 1]).chain_update(one).finalize().into(),
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            Sha256::new()
                .chain_update([1])
                .chain_update(naive_root(left))
                .chain_update(naive_root(right))
                .finalize()
                .into()
        }
    }
}

pub(crate) async fn the_root_covers_all_bodies<S: TestStorage>() {
    let storage = S::new();
    let (mut fixture, _) = instance_with_events(&storage).await;
    for _ in 0..12 {
        let bodies = storage.texts("SELECT unpack(body) FROM audit_event ORDER BY seq");
        let head = fixture.store.audit_head(fixture.instance).await.unwrap();
        assert_eq!(head, fixture.head.audit());
        assert_eq!(head.size, u64::try_from(bodies.len()).unwrap());
        assert_eq!(head.root, naive_root(&bodies));
        fixture.add_user().await;
    }
}

pub(crate) async fn bodies_contain_no_personal_data<S: TestStorage>() {
    let storage = S::new();
    let (_world, user) = instance_with_events(&storage).await;
    let bodies = storage.texts("SELECT unpack(body) FROM audit_event").concat();
    for personal in
        ["Lastname", "example.com", "user-", "Annabel", "192.0.2.77", "198.51.100.5", "aws-cli", "Boto3", "asked"]
    {
        assert!(!bodies.contains(personal), "{personal}");
    }
    assert!(bodies.contains(&user.to_string()), "people are named by id");

    // Each personal value has its own salt, so equal values have different hashes.
    let personal = storage.texts("SELECT unpack(personal) FROM audit_event");
    let values = personal.iter().flat_map(|text| serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap());
    let salts: Vec<_> = values.map(|value| value["salt"].as_str().unwrap().to_owned()).collect();
    assert!(salts.len() > 30);
    assert_eq!(salts.iter().collect::<BTreeSet<_>>().len(), salts.len(), "each value has a salt of its own");
}

pub(crate) async fn events_are_read_back_unchanged<S: TestStorage>() {
    let storage = S::new();
    let (fixture, user) = instance_with_events(&storage).await;
    let value = |text: &str| StoredValue::Value(text.to_owned());
    let mut events = events(&fixture).await;
    events.reverse();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());

    let rename = &events[2];
    assert_eq!(rename.event_type, "RenameUserLogin");
    assert_eq!(rename.principal, operator().principal);
    assert_eq!(rename.request_id, operator().request_id);
    assert_eq!((&rename.address, &rename.user_agent), (&Some(value("192.0.2.77")), &Some(value("aws-cli/2.31"))));
    assert_eq!(rename.outcome, StoredOutcome::Done { revision: 3 });
    assert_eq!(rename.targets, [RecordKey::User(user)]);
    let login = rename.changes.iter().find(|change| change.field == "username").unwrap();
    assert_eq!(login.record, RecordKey::User(user));
    let StoredValueChange::Value { before: Some(StoredValue::Value(before)), after } = &login.change else {
        panic!("{login:?}")
    };
    assert!(before.starts_with("user-"));
    assert_eq!(after, &Some(value("Annabel")));

    assert!(events[4].flags.contains(&StoredFlag::Reason(value("Annabel asked for it"))), "{:?}", events[4].flags);
    let refusal = &events[6];
    assert_eq!(refusal.principal, acting_with_key(user).principal);
    let StoredOutcome::Refused { code, message: StoredValue::Value(message), reference: None } = &refusal.outcome
    else {
        panic!("{refusal:?}")
    };
    assert_eq!(code, "last-administrator");
    assert!(message.contains("is the last user who can administer"), "{message}");

    // The event for the creation of the instance lists all permissions that each profile grants.
    let granted = events[0].changes.iter().filter(|change| change.field == "permissions");
    let members = granted.map(|change| match &change.change {
        StoredValueChange::Members { added, .. } => added.len(),
        StoredValueChange::Value { .. } => 0,
    });
    assert_eq!(members.filter(|count| *count > 0).count(), 4);
    let stored = fixture.store.load(fixture.instance).await.unwrap();
    let profiles = stored.records.iter().filter(|record| matches!(record, Record::Profile(_)));
    assert_eq!(profiles.count(), 4);
}

pub(crate) async fn pages_are_ordered_newest_first<S: TestStorage>() {
    let storage = S::new();
    let (fixture, _) = instance_with_events(&storage).await;
    let whole = events(&fixture).await;
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = fixture.store.audit_events(fixture.instance, before, 5).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        pages.push(page.len());
        assert_eq!(whole.iter().filter(|event| page.contains(event)).count(), page.len());
    }
    assert_eq!(pages, [5, 5, 2]);
    assert!(fixture.store.audit_events(fixture.instance, Some(0), 5).await.unwrap().is_empty());
}

pub(crate) async fn erasing_personal_values_keeps_the_root<S: TestStorage>() {
    let storage = S::new();
    let (fixture, user) = instance_with_events(&storage).await;
    let (before, root) = (events(&fixture).await, fixture.store.audit_head(fixture.instance).await.unwrap());

    // Simulates the erasure of a user by deleting every value that is stored with the user's ID.
    for (seq, personal) in storage.texts("SELECT unpack(personal) FROM audit_event ORDER BY seq").iter().enumerate() {
        let mut values: Vec<serde_json::Value> = serde_json::from_str(personal).unwrap();
        values.retain(|value| {
            let users = value.get("of").and_then(|of| of.as_array());
            !users.is_some_and(|users| users.iter().any(|id| *id == user.to_string()))
        });
        let remaining = serde_json::to_string(&values).unwrap().replace('\'', "''");
        storage.execute(&format!("UPDATE audit_event SET personal = pack('{remaining}') WHERE seq = {seq}"));
    }

    let after = events(&fixture).await;
    assert_eq!(fixture.store.audit_head(fixture.instance).await.unwrap(), root);
    assert_eq!(root.root, naive_root(&storage.texts("SELECT unpack(body) FROM audit_event ORDER BY seq")));
    for (old, new) in before.iter().zip(&after) {
        assert_eq!((&old.body, old.leaf), (&new.body, new.leaf));
    }
    let event_at = |seq: u64| after.iter().find(|event| event.seq == seq).unwrap();
    let erased = StoredValueChange::Value { before: Some(StoredValue::Erased), after: Some(StoredValue::Erased) };
    assert_eq!(event_at(2).changes[0].change, erased, "the login names are gone");
    assert_eq!(
        event_at(2).address,
        Some(StoredValue::Value("192.0.2.77".to_owned())),
        "the operator's address is not that user's"
    );
    assert_eq!(event_at(6).address, Some(StoredValue::Erased));
    assert!(
        matches!(&event_at(6).outcome, StoredOutcome::Refused { message: StoredValue::Erased, .. }),
        "{:?}",
        event_at(6).outcome
    );
    assert_eq!(event_at(8).changes, before.iter().find(|event| event.seq == 8).unwrap().changes, "other users' stay");
    assert!(!storage.texts("SELECT unpack(personal) FROM audit_event WHERE seq < 7").concat().contains("\"Annabel\""));
}

pub(crate) async fn a_modified_event_is_detected<S: TestStorage>() {
    let storage = S::new();
    let (fixture, _) = instance_with_events(&storage).await;
    let changed = storage.execute(
        "UPDATE audit_event SET body = pack(REPLACE(unpack(body), 'RenameUserLogin', 'DescribeUser')) WHERE seq = 2",
    );
    assert_eq!(changed, 1);
    let error = fixture.store.audit_events(fixture.instance, None, 100).await.unwrap_err();
    let StoreError::UnreadableRow { table: "audit_event", column, row, .. } = &error else { panic!("{error}") };
    assert_eq!(column, "leaf");
    assert!(row.contains("seq 2") && row.contains(&fixture.instance.to_string()), "{row}");
    // The events after the modified event can still be read.
    assert_eq!(fixture.store.audit_events(fixture.instance, None, 9).await.unwrap().len(), 9);
}

pub(crate) async fn a_replaced_personal_value_counts_as_erased<S: TestStorage>() {
    let storage = S::new();
    let (fixture, _) = instance_with_events(&storage).await;
    storage.execute(
        "UPDATE audit_event SET personal = pack(REPLACE(unpack(personal), 'Annabel', 'Mallory')) WHERE seq = 2",
    );
    let events = fixture.store.audit_events(fixture.instance, Some(3), 1).await.unwrap();
    let login = events[0].changes.iter().find(|change| change.field == "username").unwrap();
    assert!(matches!(login.change, StoredValueChange::Value { after: Some(StoredValue::Erased), .. }), "{login:?}");
}

pub(crate) async fn used_signatures_are_found_by_time<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let user = fixture.add_user().await;
    let with_signature = |number: u8| {
        let signed_at = floorkey::Timestamp::from_millis(5);
        Actor { signature: Some(floorkey::CallSignature { hash: [number; 32], signed_at }), ..operator() }
    };
    let mut times = Vec::new();
    for number in 1..=3 {
        let command = Command::RenameUserLogin { user, username: format!("ann{number}") };
        let change = fixture.plan_as(&with_signature(number), &command).unwrap();
        times.push(change.event().at);
        fixture.commit(vec![change]).await.unwrap();
    }
    // A refused call does not use up its signature.
    let event = fixture.refusal(&with_signature(4));
    let entry = fixture.entry(EntryContent::Event(Box::new(event)));
    fixture.head = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap();

    let hex = |number: u8| format!("{number:02x}").repeat(32);
    let signatures: Vec<_> = events(&fixture).await.into_iter().map(|event| event.signature).collect();
    assert_eq!(signatures[..4], [None, Some(hex(3)), Some(hex(2)), Some(hex(1))]);
    assert!(signatures[4..].iter().all(Option::is_none), "{signatures:?}");
    let found = |since: i64| {
        let (store, instance) = (fixture.store.clone(), fixture.instance);
        async move {
            let since = floorkey::Timestamp::from_millis(since);
            let found = store.used_signatures(instance, since).await.unwrap();
            found.into_iter().map(|used| (used.hash, used.at)).collect::<Vec<_>>()
        }
    };
    let all: Vec<_> = (1..=3).map(|number| [number; 32]).zip(times.iter().copied()).collect();
    assert_eq!(found(i64::MIN).await, all);
    assert_eq!(found(times[0].as_millis()).await, all);
    assert_eq!(found(times[2].as_millis() + 60_000).await, []);
}
