//! Batches: written completely or not at all, in order, and only by the first of two writers.

use std::sync::Arc;

use floorkey::{Command, Directory, InstanceId, Revision};
use floorkey_store::{Happening, Head, StoreError};

use super::Place;
use crate::world::{World, key_id, operator};

/// The content of all tables, as text.
fn everything<P: Place>(place: &P) -> Vec<String> {
    [
        "SELECT uuid_text(instance) || revision || ' ' || audit_size || COALESCE(deleted_at, 0) FROM head ORDER BY 1",
        "SELECT uuid_text(instance) || kind || HEX(id) || revision || COALESCE(unpack(body), '') FROM version ORDER BY 1",
        "SELECT uuid_text(instance) || seq || unpack(body) || unpack(personal) FROM audit_event ORDER BY 1",
        "SELECT uuid_text(instance) || uuid_text(user_id) FROM password ORDER BY 1",
        "SELECT uuid_text(instance) || access_key_id FROM access_key_secret ORDER BY 1",
    ]
    .into_iter()
    .flat_map(|sql| place.texts(sql))
    .collect()
}

pub(crate) async fn who_comes_too_late_writes_nothing<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (before, stood) = (world.directory.clone(), world.head.clone());
    world.add_user().await;
    let held = everything(&place);

    // A writer that did not see the last batch.
    (world.directory, world.head) = (before, stood.clone());
    let (_, change) = world.plan_user();
    let refused = world.commit(vec![change]).await.unwrap_err();
    let StoreError::Conflict { instance, revision, audit_size } = refused else { panic!("{refused}") };
    assert_eq!((instance, revision, audit_size), (world.instance, stood.revision(), stood.audit_size()));
    assert_eq!(everything(&place), held);
}

/// A batch with events alone also advances the head: changes planned before it must be planned again.
pub(crate) async fn what_changed_nothing_is_only_audited<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let stood = world.head.clone();
    let event = world.refusal(&operator());
    let entry = world.entry(Happening::Event(Box::new(event)));
    world.head = world.store.commit(world.batch(vec![entry])).await.unwrap();
    assert_eq!(world.head.revision(), stood.revision());
    assert_eq!(world.head.audit_size(), stood.audit_size() + 1);
    world.check().await;

    // In a batch with changes, an event keeps its position among their events.
    let (_, change) = world.plan_user();
    let event = world.refusal(&operator());
    let entries = vec![
        world.entry(Happening::Event(Box::new(event.clone()))),
        world.entry(Happening::Change(change)),
        world.entry(Happening::Event(Box::new(event))),
    ];
    world.head = world.store.commit(world.batch(entries)).await.unwrap();
    world.check().await;
    let events = world.store.audit_events(world.instance, None, 3).await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.act.as_str()).collect::<Vec<_>>(),
        ["DeleteUser", "CreateUser", "DeleteUser"]
    );

    let entry = world.entry(Happening::Event(Box::new(world.refusal(&operator()))));
    let late = floorkey_store::Batch { expected: stood, ..world.batch(vec![entry]) };
    assert!(matches!(world.store.commit(late).await, Err(StoreError::Conflict { .. })));
}

pub(crate) async fn an_instance_begins_once<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let held = everything(&place);
    (world.directory, world.head) = (Directory::empty(world.instance), Head::default());
    let founding = world.founding();
    let refused = world.commit(vec![founding]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict { revision: Revision(0), audit_size: 0, .. }), "{refused}");
    assert_eq!(everything(&place), held);
    let nowhere = world.store.load(InstanceId::from_bits(9)).await.unwrap_err();
    assert!(matches!(nowhere, StoreError::NoSuchInstance { .. }), "{nowhere}");
}

pub(crate) async fn of_many_at_once_one_wins<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (stood, head) = (world.directory.clone(), world.head.clone());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16 {
        world.directory = stood.clone();
        world.head = head.clone();
        let (id, change) = world.plan_user();
        let entry = world.entry(Happening::Change(change));
        let (batch, store) = (world.batch(vec![entry]), world.store.clone());
        tasks.spawn(async move { (number, id, store.commit(batch).await) });
    }
    let answers = tasks.join_all().await;
    let won: Vec<_> = answers.iter().filter(|(_, _, answer)| answer.is_ok()).collect();
    assert_eq!(won.len(), 1);
    let lost = answers.iter().filter(|(_, _, answer)| matches!(answer, Err(StoreError::Conflict { .. })));
    assert_eq!(lost.count(), 15);
    let loaded = world.store.load(world.instance).await.unwrap();
    assert_eq!(Some(&loaded.head), won[0].2.as_ref().ok());
    let directory = Directory::from_records(world.instance, loaded.head.revision(), loaded.records);
    assert_eq!(directory.user_count(), stood.user_count() + 1);
    assert!(directory.user(won[0].1).is_some());
}

pub(crate) async fn a_batch_is_written_wholly_or_not_at_all<P: Place>() {
    let place = P::new();
    let mut first = World::found(&place).await;
    let mut second = World::found_in(first.store.clone(), 2).await;
    let owner = first.add_user().await;
    first.carry_out(World::new_key(owner, &key_id(1))).await;
    let held = everything(&place);
    let (stood, head) = (second.directory.clone(), second.head.clone());

    // A valid change, one that fails in the middle of its rows, and another valid one.
    let (user, before) = second.plan_user();
    let taken = second.plan(&World::new_key(user, &key_id(1)));
    let (_, after) = second.plan_user();
    let refused = second.commit(vec![before, taken, after]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Taken { table: "access_key_secret", .. }), "{refused}");
    assert_eq!(everything(&place), held);

    // The failed batch does not affect the next one.
    (second.directory, second.head) = (stood, head);
    let user = second.add_user().await;
    second.carry_out(World::new_key(user, &key_id(2))).await;
    second.check().await;
    first.check().await;
}

pub(crate) async fn revisions_have_no_gaps<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let held = everything(&place);
    let changes: Vec<_> = (0..3).map(|_| world.plan_user().1).collect();
    for wrong in [vec![1], vec![0, 2], vec![0, 0], vec![1, 0]] {
        let batch = wrong.iter().map(|at: &usize| Arc::clone(&changes[*at])).collect();
        let refused = world.commit(batch).await.unwrap_err();
        assert!(matches!(refused, StoreError::OutOfOrder { .. }), "{wrong:?}: {refused}");
    }
    assert_eq!(everything(&place), held);
    world.commit(changes).await.unwrap();
    world.check().await;

    // A batch without entries has no effect.
    let held = everything(&place);
    world.commit(Vec::new()).await.unwrap();
    world.check().await;
    assert_eq!(everything(&place), held);
}

pub(crate) async fn it_is_written_even_if_nobody_waits<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (_, change) = world.plan_user();
    let entry = world.entry(Happening::Change(change));
    {
        let mut commit = std::pin::pin!(world.store.commit(world.batch(vec![entry])));
        // Started, and dropped before it completes.
        let begun = std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context))).await;
        assert!(begun.is_pending() || begun.is_ready());
    }
    // The writer works in order: this conflict is detected after that batch was written.
    let event = world.refusal(&operator());
    let entry = world.entry(Happening::Event(Box::new(event)));
    let late = world.store.commit(world.batch(vec![entry])).await.unwrap_err();
    assert!(matches!(late, StoreError::Conflict { .. }), "{late}");
    let loaded = world.store.load(world.instance).await.unwrap();
    assert_eq!(loaded.head.revision(), world.directory.revision());
}

pub(crate) async fn it_survives_closing<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let user = world.add_user().await;
    let World { store, instance, directory, head, .. } = world;
    drop(store);
    let store = place.open().unwrap();
    let loaded = store.load(instance).await.unwrap();
    assert_eq!(loaded.head, head);
    let stored = Directory::from_records(instance, loaded.head.revision(), loaded.records);
    assert_eq!(stored.records(), directory.records());
    // Further changes can be planned on the loaded directory.
    let change =
        floorkey::plan(&stored, &operator(), &Command::DeleteUser { user }, floorkey::Timestamp::from_millis(9));
    let happening = Happening::Change(Arc::new(change.unwrap().change));
    let entry = floorkey_store::Entry { happening, salt_seed: [7; 32] };
    let batch = floorkey_store::Batch { instance, expected: loaded.head, entries: vec![entry] };
    assert_eq!(store.commit(batch).await.unwrap().revision(), directory.revision().next());
}
