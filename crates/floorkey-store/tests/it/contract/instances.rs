//! Tests that instances are isolated from one another, and that they can be deleted.

use floorkey::audit::Outcome;
use floorkey::{Action, AuditEvent, RecordKey};
use floorkey_store::{EntryContent, StoreError, StoredOutcome};

use super::TestStorage;
use crate::test_instance::{TestInstance, key_id, operator};

fn deletion(fixture: &TestInstance) -> AuditEvent {
    AuditEvent {
        action: Action::DeleteInstance,
        actor: operator(),
        at: fixture.now(),
        outcome: Outcome::Done { revision: fixture.head.revision().next() },
        targets: vec![RecordKey::Settings],
        changes: Vec::new(),
        flags: Vec::new(),
    }
}

pub(crate) async fn instances_are_independent<S: TestStorage>() {
    let storage = S::new();
    let mut first = TestInstance::create(&storage).await;
    let mut second = TestInstance::create_in(first.store.clone(), 2).await;
    assert_eq!(first.store.instances().await.unwrap(), [first.instance, second.instance]);
    for number in 0..3 {
        let user = first.add_user().await;
        first.run(TestInstance::new_key(user, &key_id(number))).await;
        second.add_user().await;
        second.assert_stored().await;
    }
    first.assert_stored().await;
    let user = second.add_user().await;
    assert!(first.store.password_hash(first.instance, user).await.unwrap().is_none());
    assert!(first.store.password_hash(second.instance, user).await.unwrap().is_some());
    let key = RecordKey::User(user);
    assert!(first.store.record_versions(first.instance, key).await.unwrap().is_empty());
    assert_eq!(first.store.audit_events(first.instance, None, 100).await.unwrap().len(), 7);
    assert_eq!(first.store.audit_events(second.instance, None, 100).await.unwrap().len(), 5);
    let (one, two) = (first.store.audit_head(first.instance).await, first.store.audit_head(second.instance).await);
    assert_ne!(one.unwrap().root, two.unwrap().root);
}

pub(crate) async fn deleting_an_instance_keeps_its_history<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let other = TestInstance::create_in(fixture.store.clone(), 2).await;
    let user = fixture.add_user().await;
    fixture.run(TestInstance::new_key(user, &key_id(1))).await;
    let event = deletion(&fixture);
    let head = fixture.store.delete_instance(fixture.instance, &fixture.head, &event, [9; 32]).await.unwrap();
    assert_eq!(head.revision(), fixture.head.revision().next());
    assert_eq!(head.audit_size(), fixture.head.audit_size() + 1);

    assert_eq!(fixture.store.instances().await.unwrap(), [other.instance]);
    for error in [
        fixture.store.load(fixture.instance).await.map(|_| ()).unwrap_err(),
        fixture.store.load_since(fixture.instance, fixture.head.revision()).await.map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::NoSuchInstance { instance } if instance == fixture.instance), "{error}");
    }
    assert!(fixture.store.password_hash(fixture.instance, user).await.unwrap().is_none());
    assert!(fixture.store.sealed_secret(&key_id(1)).await.unwrap().is_none());
    let versions = fixture.store.record_versions(fixture.instance, RecordKey::User(user)).await.unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0].until, Some(head.revision()));
    // The call of `record_versions` above has brought the index up to date.
    let present =
        format!("SELECT kind FROM record WHERE body IS NOT NULL AND instance = uuid_bytes('{}')", fixture.instance);
    assert!(storage.texts(&present).is_empty());
    assert_eq!(fixture.store.audit_head(fixture.instance).await.unwrap(), head.audit());
    let last = &fixture.store.audit_events(fixture.instance, None, 1).await.unwrap()[0];
    assert_eq!(last.event_type, "DeleteInstance");
    assert_eq!(last.outcome, StoredOutcome::Done { revision: head.revision().0 });
    other.assert_stored().await;
    assert!(
        other
            .store
            .password_hash(other.instance, other.directory.user_by_login("admin").unwrap().id)
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn a_deleted_instance_rejects_batches<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let head_before = fixture.head.clone();
    let event = deletion(&fixture);
    let head = fixture.store.delete_instance(fixture.instance, &head_before, &event, [9; 32]).await.unwrap();
    let error = fixture.store.delete_instance(fixture.instance, &head, &event, [8; 32]).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    for expected in [head_before, head, floorkey_store::Head::default()] {
        fixture.head = expected;
        let entry = fixture.entry(EntryContent::Event(Box::new(event.clone())));
        let error = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    }
}
