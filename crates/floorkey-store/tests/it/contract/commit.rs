//! Tests of commits. Batches are written completely or not at all, and in order. If two writers compete, only the first
//! writer's batch is written.

use std::sync::Arc;

use floorkey::{Command, Directory, InstanceId, Revision};
use floorkey_store::{EntryContent, Head, StoreError};

use super::TestStorage;
use crate::test_instance::{TestInstance, key_id, operator};

/// Returns the content of all tables as strings.
fn dump_tables<S: TestStorage>(storage: &S) -> Vec<String> {
    [
        "SELECT uuid_text(instance) || revision || ' ' || audit_size || COALESCE(deleted_at, 0) FROM head ORDER BY 1",
        "SELECT uuid_text(instance) || kind || HEX(id) || revision || COALESCE(unpack(body), '') FROM version ORDER BY 1",
        "SELECT uuid_text(instance) || seq || unpack(body) || unpack(personal) FROM audit_event ORDER BY 1",
        "SELECT uuid_text(instance) || uuid_text(user_id) FROM password ORDER BY 1",
        "SELECT uuid_text(instance) || access_key_id FROM access_key_secret ORDER BY 1",
    ]
    .into_iter()
    .flat_map(|sql| storage.texts(sql))
    .collect()
}

pub(crate) async fn a_batch_on_a_stale_head_writes_nothing<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (before, head_before) = (fixture.directory.clone(), fixture.head.clone());
    fixture.add_user().await;
    let tables_before = dump_tables(&storage);

    // Simulates a writer that does not know about the last batch.
    (fixture.directory, fixture.head) = (before, head_before.clone());
    let (_, change) = fixture.plan_user();
    let error = fixture.commit(vec![change]).await.unwrap_err();
    let StoreError::Conflict { instance, revision, audit_size } = error else { panic!("{error}") };
    assert_eq!((instance, revision, audit_size), (fixture.instance, head_before.revision(), head_before.audit_size()));
    assert_eq!(dump_tables(&storage), tables_before);
}

/// Tests that a batch without changes also updates the head. A change that was planned before such a batch must be
/// planned again.
pub(crate) async fn an_event_without_change_is_only_audited<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let head_before = fixture.head.clone();
    let event = fixture.refusal(&operator());
    let entry = fixture.entry(EntryContent::Event(Box::new(event)));
    fixture.head = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap();
    assert_eq!(fixture.head.revision(), head_before.revision());
    assert_eq!(fixture.head.audit_size(), head_before.audit_size() + 1);
    fixture.assert_stored().await;

    // In a batch with changes and other events, all events are stored in the order of the batch's entries.
    let (_, change) = fixture.plan_user();
    let event = fixture.refusal(&operator());
    let entries = vec![
        fixture.entry(EntryContent::Event(Box::new(event.clone()))),
        fixture.entry(EntryContent::Change(change)),
        fixture.entry(EntryContent::Event(Box::new(event))),
    ];
    fixture.head = fixture.store.commit(fixture.batch(entries)).await.unwrap();
    fixture.assert_stored().await;
    let events = fixture.store.audit_events(fixture.instance, None, 3).await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.event_type.as_str()).collect::<Vec<_>>(),
        ["DeleteUser", "CreateUser", "DeleteUser"]
    );

    let entry = fixture.entry(EntryContent::Event(Box::new(fixture.refusal(&operator()))));
    let error = floorkey_store::Batch { expected: head_before, ..fixture.batch(vec![entry]) };
    assert!(matches!(fixture.store.commit(error).await, Err(StoreError::Conflict { .. })));
}

pub(crate) async fn an_instance_is_created_once<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let tables_before = dump_tables(&storage);
    (fixture.directory, fixture.head) = (Directory::empty(fixture.instance), Head::default());
    let creation_change = fixture.creation_change();
    let error = fixture.commit(vec![creation_change]).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { revision: Revision(0), audit_size: 0, .. }), "{error}");
    assert_eq!(dump_tables(&storage), tables_before);
    let error = fixture.store.load(InstanceId::from_bits(9)).await.unwrap_err();
    assert!(matches!(error, StoreError::NoSuchInstance { .. }), "{error}");
}

pub(crate) async fn one_of_many_concurrent_batches_succeeds<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (directory_before, head) = (fixture.directory.clone(), fixture.head.clone());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16 {
        fixture.directory = directory_before.clone();
        fixture.head = head.clone();
        let (id, change) = fixture.plan_user();
        let entry = fixture.entry(EntryContent::Change(change));
        let (batch, store) = (fixture.batch(vec![entry]), fixture.store.clone());
        tasks.spawn(async move { (number, id, store.commit(batch).await) });
    }
    let results = tasks.join_all().await;
    let succeeded: Vec<_> = results.iter().filter(|(_, _, result)| result.is_ok()).collect();
    assert_eq!(succeeded.len(), 1);
    let conflicts = results.iter().filter(|(_, _, result)| matches!(result, Err(StoreError::Conflict { .. })));
    assert_eq!(conflicts.count(), 15);
    let loaded = fixture.store.load(fixture.instance).await.unwrap();
    assert_eq!(Some(&loaded.head), succeeded[0].2.as_ref().ok());
    let directory = Directory::from_records(fixture.instance, loaded.head.revision(), loaded.records);
    assert_eq!(directory.user_count(), directory_before.user_count() + 1);
    assert!(directory.user(succeeded[0].1).is_some());
}

pub(crate) async fn a_batch_is_atomic<S: TestStorage>() {
    let storage = S::new();
    let mut first = TestInstance::create(&storage).await;
    let mut second = TestInstance::create_in(first.store.clone(), 2).await;
    let owner = first.add_user().await;
    first.run(TestInstance::new_key(owner, &key_id(1))).await;
    let tables_before = dump_tables(&storage);
    let (directory_before, head) = (second.directory.clone(), second.head.clone());

    // The batch has a valid change, a change that fails after some of its rows have been written, and another valid
    // change.
    let (user, before) = second.plan_user();
    let duplicate_key = second.plan(&TestInstance::new_key(user, &key_id(1)));
    let (_, after) = second.plan_user();
    let error = second.commit(vec![before, duplicate_key, after]).await.unwrap_err();
    assert!(matches!(error, StoreError::DuplicateKey { table: "access_key_secret", .. }), "{error}");
    assert_eq!(dump_tables(&storage), tables_before);

    // The failed batch does not affect the next batch.
    (second.directory, second.head) = (directory_before, head);
    let user = second.add_user().await;
    second.run(TestInstance::new_key(user, &key_id(2))).await;
    second.assert_stored().await;
    first.assert_stored().await;
}

pub(crate) async fn revisions_have_no_gaps<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let tables_before = dump_tables(&storage);
    let changes: Vec<_> = (0..3).map(|_| fixture.plan_user().1).collect();
    for wrong in [vec![1], vec![0, 2], vec![0, 0], vec![1, 0]] {
        let batch = wrong.iter().map(|at: &usize| Arc::clone(&changes[*at])).collect();
        let error = fixture.commit(batch).await.unwrap_err();
        assert!(matches!(error, StoreError::OutOfOrder { .. }), "{wrong:?}: {error}");
    }
    assert_eq!(dump_tables(&storage), tables_before);
    fixture.commit(changes).await.unwrap();
    fixture.assert_stored().await;

    // A batch without entries has no effect.
    let tables_before = dump_tables(&storage);
    fixture.commit(Vec::new()).await.unwrap();
    fixture.assert_stored().await;
    assert_eq!(dump_tables(&storage), tables_before);
}

pub(crate) async fn a_batch_is_written_if_the_caller_stops_waiting<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (_, change) = fixture.plan_user();
    let entry = fixture.entry(EntryContent::Change(change));
    {
        let mut commit = std::pin::pin!(fixture.store.commit(fixture.batch(vec![entry])));
        // Starts the commit, and drops the commit's future before the commit is complete.
        let first_poll = std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context))).await;
        assert!(first_poll.is_pending() || first_poll.is_ready());
    }
    // The writer processes batches in order, so it detects this conflict after it has written the first batch.
    let event = fixture.refusal(&operator());
    let entry = fixture.entry(EntryContent::Event(Box::new(event)));
    let error = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    let loaded = fixture.store.load(fixture.instance).await.unwrap();
    assert_eq!(loaded.head.revision(), fixture.directory.revision());
}

pub(crate) async fn state_survives_closing_the_store<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let user = fixture.add_user().await;
    let TestInstance { store, instance, directory, head, .. } = fixture;
    drop(store);
    let store = storage.open().unwrap();
    let loaded = store.load(instance).await.unwrap();
    assert_eq!(loaded.head, head);
    let stored = Directory::from_records(instance, loaded.head.revision(), loaded.records);
    assert_eq!(stored.records(), directory.records());
    // Later changes can be planned on the loaded directory.
    let change =
        floorkey::plan(&stored, &operator(), &Command::DeleteUser { user }, floorkey::Timestamp::from_millis(9));
    let happening = EntryContent::Change(Arc::new(change.unwrap().change));
    let entry = floorkey_store::Entry { content: happening, salt_seed: [7; 32] };
    let batch = floorkey_store::Batch { instance, expected: loaded.head, entries: vec![entry] };
    assert_eq!(store.commit(batch).await.unwrap().revision(), directory.revision().next());
}
