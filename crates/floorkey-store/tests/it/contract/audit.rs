//! The audit log: a tree over bodies without personal values, which are stored separately.

use std::collections::BTreeSet;

use floorkey::{Actor, Command, GuardMode, Principal, Record, RecordKey, UserId, Via};
use floorkey_store::{Happening, Kept, StoreError, StoredEvent, StoredFlag, StoredOutcome, StoredStep};
use sha2::{Digest, Sha256};

use super::Place;
use crate::world::{World, key_id, operator};

/// A world with changes and refusals, by the operator and by a user.
pub(crate) async fn eventful<P: Place>(place: &P) -> (World, UserId) {
    let mut world = World::found(place).await;
    let user = world.add_user().await;
    world.carry_out(Command::RenameUserLogin { user, username: "Annabel".to_owned() }).await;
    world.carry_out(World::new_key(user, &key_id(1))).await;
    let reason = Command::SetEscalationGuard { mode: GuardMode::Enforce, reason: "Annabel asked for it".to_owned() };
    world.carry_out(reason).await;
    for actor in [operator(), signed(user)] {
        let event = world.refusal(&actor);
        let entry = world.entry(Happening::Event(Box::new(event)));
        world.head = world.store.commit(world.batch(vec![entry])).await.unwrap();
    }
    let changes = (0..5).map(|_| world.plan_user().1).collect();
    world.commit(changes).await.unwrap();
    (world, user)
}

fn signed(user: UserId) -> Actor {
    Actor {
        principal: Principal::User { id: user, via: Via::AccessKey(key_id(1)) },
        request_id: "22222222-2222-4333-8444-555555555555".to_owned(),
        address: Some("198.51.100.5".to_owned()),
        agent: Some("Boto3/1.42".to_owned()),
        security_epoch: None,
        signature: None,
    }
}

pub(crate) async fn events(world: &World) -> Vec<StoredEvent> {
    world.store.audit_events(world.instance, None, 1000).await.unwrap()
}

/// The root by the definition of RFC 6962, over the bodies in the table.
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

pub(crate) async fn the_tree_is_the_one_over_all_bodies<P: Place>() {
    let place = P::new();
    let (mut world, _) = eventful(&place).await;
    for _ in 0..12 {
        let bodies = place.texts("SELECT unpack(body) FROM audit_event ORDER BY seq");
        let head = world.store.audit_head(world.instance).await.unwrap();
        assert_eq!(head, world.head.audit());
        assert_eq!(head.size, u64::try_from(bodies.len()).unwrap());
        assert_eq!(head.root, naive_root(&bodies));
        world.add_user().await;
    }
}

pub(crate) async fn bodies_name_nobody<P: Place>() {
    let place = P::new();
    let (_world, user) = eventful(&place).await;
    let bodies = place.texts("SELECT unpack(body) FROM audit_event").concat();
    for personal in
        ["Lastname", "example.com", "user-", "Annabel", "192.0.2.77", "198.51.100.5", "aws-cli", "Boto3", "asked"]
    {
        assert!(!bodies.contains(personal), "{personal}");
    }
    assert!(bodies.contains(&user.to_string()), "people are named by id");

    // Equal values have different hashes, which reveal nothing without the salt.
    let personal = place.texts("SELECT unpack(personal) FROM audit_event");
    let values = personal.iter().flat_map(|text| serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap());
    let salts: Vec<_> = values.map(|value| value["salt"].as_str().unwrap().to_owned()).collect();
    assert!(salts.len() > 30);
    assert_eq!(salts.iter().collect::<BTreeSet<_>>().len(), salts.len(), "each value has a salt of its own");
}

pub(crate) async fn events_read_back_as_they_were<P: Place>() {
    let place = P::new();
    let (world, user) = eventful(&place).await;
    let value = |text: &str| Kept::Value(text.to_owned());
    let mut events = events(&world).await;
    events.reverse();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());

    let rename = &events[2];
    assert_eq!(rename.act, "RenameUserLogin");
    assert_eq!(rename.principal, operator().principal);
    assert_eq!(rename.request_id, operator().request_id);
    assert_eq!((&rename.address, &rename.agent), (&Some(value("192.0.2.77")), &Some(value("aws-cli/2.31"))));
    assert_eq!(rename.outcome, StoredOutcome::Done { revision: 3 });
    assert_eq!(rename.targets, [RecordKey::User(user)]);
    let login = rename.changes.iter().find(|change| change.field == "username").unwrap();
    assert_eq!(login.record, RecordKey::User(user));
    let StoredStep::Value { before: Some(Kept::Value(before)), after } = &login.step else { panic!("{login:?}") };
    assert!(before.starts_with("user-"));
    assert_eq!(after, &Some(value("Annabel")));

    assert!(events[4].flags.contains(&StoredFlag::Reason(value("Annabel asked for it"))), "{:?}", events[4].flags);
    let refused = &events[6];
    assert_eq!(refused.principal, signed(user).principal);
    let StoredOutcome::Refused { code, message: Kept::Value(message), reference: None } = &refused.outcome else {
        panic!("{refused:?}")
    };
    assert_eq!(code, "last-administrator");
    assert!(message.contains("is the last user who can administer"), "{message}");

    // The event of the instance's creation lists everything that each profile grants.
    let granted = events[0].changes.iter().filter(|change| change.field == "permissions");
    let members = granted.map(|change| match &change.step {
        StoredStep::Members { added, .. } => added.len(),
        StoredStep::Value { .. } => 0,
    });
    assert_eq!(members.filter(|count| *count > 0).count(), 4);
    let stored = world.store.load(world.instance).await.unwrap();
    let profiles = stored.records.iter().filter(|record| matches!(record, Record::Profile(_)));
    assert_eq!(profiles.count(), 4);
}

pub(crate) async fn pages_go_from_the_newest_to_the_oldest<P: Place>() {
    let place = P::new();
    let (world, _) = eventful(&place).await;
    let whole = events(&world).await;
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = world.store.audit_events(world.instance, before, 5).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        pages.push(page.len());
        assert_eq!(whole.iter().filter(|event| page.contains(event)).count(), page.len());
    }
    assert_eq!(pages, [5, 5, 2]);
    assert!(world.store.audit_events(world.instance, Some(0), 5).await.unwrap().is_empty());
}

pub(crate) async fn erasing_a_person_leaves_the_tree_whole<P: Place>() {
    let place = P::new();
    let (world, user) = eventful(&place).await;
    let (before, root) = (events(&world).await, world.store.audit_head(world.instance).await.unwrap());

    // Simulates the erasure of a user: deletes every value that is stored with the user's id.
    for (seq, personal) in place.texts("SELECT unpack(personal) FROM audit_event ORDER BY seq").iter().enumerate() {
        let mut values: Vec<serde_json::Value> = serde_json::from_str(personal).unwrap();
        values.retain(|value| {
            let users = value.get("of").and_then(|of| of.as_array());
            !users.is_some_and(|users| users.iter().any(|id| *id == user.to_string()))
        });
        let left = serde_json::to_string(&values).unwrap().replace('\'', "''");
        place.execute(&format!("UPDATE audit_event SET personal = pack('{left}') WHERE seq = {seq}"));
    }

    let after = events(&world).await;
    assert_eq!(world.store.audit_head(world.instance).await.unwrap(), root);
    assert_eq!(root.root, naive_root(&place.texts("SELECT unpack(body) FROM audit_event ORDER BY seq")));
    for (was, is) in before.iter().zip(&after) {
        assert_eq!((&was.body, was.leaf), (&is.body, is.leaf));
    }
    let of = |seq: u64| after.iter().find(|event| event.seq == seq).unwrap();
    let erased = StoredStep::Value { before: Some(Kept::Erased), after: Some(Kept::Erased) };
    assert_eq!(of(2).changes[0].step, erased, "the login names are gone");
    assert_eq!(of(2).address, Some(Kept::Value("192.0.2.77".to_owned())), "the operator's address is not that user's");
    assert_eq!(of(6).address, Some(Kept::Erased));
    assert!(matches!(&of(6).outcome, StoredOutcome::Refused { message: Kept::Erased, .. }), "{:?}", of(6).outcome);
    assert_eq!(of(8).changes, before.iter().find(|event| event.seq == 8).unwrap().changes, "other users' stay");
    assert!(!place.texts("SELECT unpack(personal) FROM audit_event WHERE seq < 7").concat().contains("\"Annabel\""));
}

pub(crate) async fn a_changed_event_is_found<P: Place>() {
    let place = P::new();
    let (world, _) = eventful(&place).await;
    let changed = place.execute(
        "UPDATE audit_event SET body = pack(REPLACE(unpack(body), 'RenameUserLogin', 'DescribeUser')) WHERE seq = 2",
    );
    assert_eq!(changed, 1);
    let refused = world.store.audit_events(world.instance, None, 100).await.unwrap_err();
    let StoreError::Row { table: "audit_event", column, row, .. } = &refused else { panic!("{refused}") };
    assert_eq!(column, "leaf");
    assert!(row.contains("seq 2") && row.contains(&world.instance.to_string()), "{row}");
    // The later events can still be read.
    assert_eq!(world.store.audit_events(world.instance, None, 9).await.unwrap().len(), 9);
}

pub(crate) async fn what_stands_for_an_erased_value_must_be_the_value<P: Place>() {
    let place = P::new();
    let (world, _) = eventful(&place).await;
    place.execute(
        "UPDATE audit_event SET personal = pack(REPLACE(unpack(personal), 'Annabel', 'Mallory')) WHERE seq = 2",
    );
    let events = world.store.audit_events(world.instance, Some(3), 1).await.unwrap();
    let login = events[0].changes.iter().find(|change| change.field == "username").unwrap();
    assert!(matches!(login.step, StoredStep::Value { after: Some(Kept::Erased), .. }), "{login:?}");
}

pub(crate) async fn a_used_signature_is_kept_and_found_by_its_time<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let user = world.add_user().await;
    let signed = |number: u8| {
        let signed_at = floorkey::Timestamp::from_millis(5);
        Actor { signature: Some(floorkey::CallSignature { hash: [number; 32], signed_at }), ..operator() }
    };
    let mut times = Vec::new();
    for number in 1..=3 {
        let command = Command::RenameUserLogin { user, username: format!("ann{number}") };
        let change = world.plan_as(&signed(number), &command).unwrap();
        times.push(change.event().at);
        world.commit(vec![change]).await.unwrap();
    }
    // A refused call uses up no signature.
    let event = world.refusal(&signed(4));
    let entry = world.entry(Happening::Event(Box::new(event)));
    world.head = world.store.commit(world.batch(vec![entry])).await.unwrap();

    let hex = |number: u8| format!("{number:02x}").repeat(32);
    let kept: Vec<_> = events(&world).await.into_iter().map(|event| event.signature).collect();
    assert_eq!(kept[..4], [None, Some(hex(3)), Some(hex(2)), Some(hex(1))]);
    assert!(kept[4..].iter().all(Option::is_none), "{kept:?}");
    let found = |since: i64| {
        let (store, instance) = (world.store.clone(), world.instance);
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
