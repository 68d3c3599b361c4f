//! Instances: isolated from one another, and deleted.

use floorkey::audit::Outcome;
use floorkey::{Act, AuditEvent, RecordKey};
use floorkey_store::{Happening, StoreError, StoredOutcome};

use super::Place;
use crate::world::{World, key_id, operator};

fn deletion(world: &World) -> AuditEvent {
    AuditEvent {
        act: Act::DeleteInstance,
        actor: operator(),
        at: world.now(),
        outcome: Outcome::Done { revision: world.head.revision().next() },
        targets: vec![RecordKey::Settings],
        changes: Vec::new(),
        flags: Vec::new(),
    }
}

pub(crate) async fn instances_do_not_touch_one_another<P: Place>() {
    let place = P::new();
    let mut first = World::found(&place).await;
    let mut second = World::found_in(first.store.clone(), 2).await;
    assert_eq!(first.store.instances().await.unwrap(), [first.instance, second.instance]);
    for number in 0..3 {
        let user = first.add_user().await;
        first.carry_out(World::new_key(user, &key_id(number))).await;
        second.add_user().await;
        second.check().await;
    }
    first.check().await;
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

pub(crate) async fn a_deleted_instance_is_gone_and_its_history_stays<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let other = World::found_in(world.store.clone(), 2).await;
    let user = world.add_user().await;
    world.carry_out(World::new_key(user, &key_id(1))).await;
    let event = deletion(&world);
    let head = world.store.delete_instance(world.instance, &world.head, &event, [9; 32]).await.unwrap();
    assert_eq!(head.revision(), world.head.revision().next());
    assert_eq!(head.audit_size(), world.head.audit_size() + 1);

    assert_eq!(world.store.instances().await.unwrap(), [other.instance]);
    for refused in [
        world.store.load(world.instance).await.map(|_| ()).unwrap_err(),
        world.store.load_since(world.instance, world.head.revision()).await.map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(refused, StoreError::NoSuchInstance { instance } if instance == world.instance), "{refused}");
    }
    assert!(world.store.password_hash(world.instance, user).await.unwrap().is_none());
    assert!(world.store.sealed_secret(&key_id(1)).await.unwrap().is_none());
    let versions = world.store.record_versions(world.instance, RecordKey::User(user)).await.unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0].until, Some(head.revision()));
    // The index had to catch up for that query.
    let present =
        format!("SELECT kind FROM record WHERE body IS NOT NULL AND instance = uuid_bytes('{}')", world.instance);
    assert!(place.texts(&present).is_empty());
    assert_eq!(world.store.audit_head(world.instance).await.unwrap(), head.audit());
    let last = &world.store.audit_events(world.instance, None, 1).await.unwrap()[0];
    assert_eq!(last.act, "DeleteInstance");
    assert_eq!(last.outcome, StoredOutcome::Done { revision: head.revision().0 });
    other.check().await;
    assert!(
        other
            .store
            .password_hash(other.instance, other.directory.user_by_login("admin").unwrap().id)
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn a_deleted_instance_takes_no_batch<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let stood = world.head.clone();
    let event = deletion(&world);
    let head = world.store.delete_instance(world.instance, &stood, &event, [9; 32]).await.unwrap();
    let again = world.store.delete_instance(world.instance, &head, &event, [8; 32]).await.unwrap_err();
    assert!(matches!(again, StoreError::Conflict { .. }), "{again}");
    for expected in [stood, head, floorkey_store::Head::default()] {
        world.head = expected;
        let entry = world.entry(Happening::Event(Box::new(event.clone())));
        let refused = world.store.commit(world.batch(vec![entry])).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
    }
}
