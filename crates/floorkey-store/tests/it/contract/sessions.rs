//! Tests of sessions and links. The store looks up sessions and links by the hash of their token. A link can be used
//! only once.

use floorkey::{Command, InstanceId, Timestamp, UserId};
use floorkey_store::{Link, LinkPurpose, Session, Store, StoreError};

use super::TestStorage;
use crate::test_instance::TestInstance;

pub(crate) fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn session(instance: InstanceId, user: UserId, number: u8) -> Session {
    Session {
        token_hash: [number; 32],
        instance,
        user,
        epoch: 3,
        created_at: time(i64::from(number)),
        reauthenticated_at: time(-2),
        last_used_at: time(1_000),
        expires_at: time(10_000 + i64::from(number)),
        address: Some("192.0.2.7".to_owned()),
        user_agent: if number == 1 { None } else { Some("Browser/1".to_owned()) },
    }
}

pub(crate) fn link(instance: InstanceId, user: UserId, number: u8, purpose: LinkPurpose) -> Link {
    Link {
        token_hash: [number; 32],
        instance,
        user,
        purpose,
        address: "ann@example.com".to_owned(),
        epoch: 7,
        created_at: time(100),
        expires_at: time(1_000),
    }
}

pub(crate) async fn sessions_are_stored_and_deleted<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    for number in 1..=4 {
        assert!(store.put_session(&session(instance, user, number)).await.unwrap());
    }
    assert!(store.put_session(&session(instance, other, 5)).await.unwrap());
    let error = store.put_session(&session(instance, other, 5)).await.unwrap_err();
    assert!(matches!(error, StoreError::DuplicateKey { table: "session", .. }), "{error}");

    for number in 1..=4 {
        assert_eq!(store.session(&[number; 32]).await.unwrap(), Some(session(instance, user, number)));
    }
    assert_eq!(store.session(&[9; 32]).await.unwrap(), None);
    let newest_first = [4, 3, 2, 1].map(|number| session(instance, user, number));
    assert_eq!(store.sessions_of(instance, user).await.unwrap(), newest_first);

    for last_used in [500, 2_000, 1_500] {
        store.update_last_use(&[1; 32], time(last_used)).await.unwrap();
    }
    store.update_last_use(&[9; 32], time(2_000)).await.unwrap();
    let last_used = store.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(last_used, Session { last_used_at: time(2_000), ..session(instance, user, 1) });

    assert!(store.end_session(&[1; 32]).await.unwrap());
    assert!(!store.end_session(&[1; 32]).await.unwrap());
    assert_eq!(store.purge_sessions(time(10_002)).await.unwrap(), 1, "the second ends at that time");
    assert_eq!(store.end_sessions(instance, user, Some(&[4; 32])).await.unwrap(), 1);
    assert_eq!(store.sessions_of(instance, user).await.unwrap(), [session(instance, user, 4)]);
    assert_eq!(store.end_sessions(instance, user, None).await.unwrap(), 1);
    assert_eq!(store.sessions_of(instance, user).await.unwrap(), []);
    assert_eq!(store.sessions_of(instance, other).await.unwrap(), [session(instance, other, 5)]);
}

pub(crate) async fn one_of_many_concurrent_link_uses_succeeds<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let user = fixture.add_user().await;
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    for round in 0..10 {
        let new_link = link(instance, user, round, LinkPurpose::Reset);
        assert!(store.put_link(&new_link).await.unwrap());
        assert_eq!(store.link(&[round; 32]).await.unwrap().as_ref(), Some(&new_link));
        let attempts = (0..20).map(|_| {
            let store: Store = store.clone();
            tokio::spawn(async move { store.consume_link(&[round; 32], time(999)).await.unwrap() })
        });
        assert_eq!(winners(attempts.collect()).await, [new_link]);
        assert_eq!(store.link(&[round; 32]).await.unwrap(), None);
        assert_eq!(store.consume_link(&[round; 32], time(999)).await.unwrap(), None);
    }
}

async fn winners<T>(attempts: Vec<tokio::task::JoinHandle<Option<T>>>) -> Vec<T> {
    let mut winning = Vec::new();
    for attempt in attempts {
        winning.extend(attempt.await.unwrap());
    }
    winning
}

pub(crate) async fn links_expire_and_are_deleted_by_purpose<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let [invite, reset, confirm] = LinkPurpose::ALL;
    for (number, purpose) in [(1, invite), (2, reset), (3, reset), (4, confirm)] {
        store.put_link(&link(instance, user, number, purpose)).await.unwrap();
    }
    store.put_link(&link(instance, other, 5, reset)).await.unwrap();

    assert_eq!(store.consume_link(&[1; 32], time(1_000)).await.unwrap(), None, "too old");
    assert!(store.link(&[1; 32]).await.unwrap().is_some(), "a try that comes too late drops nothing");
    assert_eq!(store.delete_links(instance, user, Some(reset)).await.unwrap(), 2);
    assert_eq!(store.consume_link(&[2; 32], time(0)).await.unwrap(), None);
    assert_eq!(store.link(&[4; 32]).await.unwrap(), Some(link(instance, user, 4, confirm)));
    assert_eq!(store.delete_links(instance, user, None).await.unwrap(), 2);
    assert_eq!(store.purge_links(time(999)).await.unwrap(), 0);
    assert_eq!(store.purge_links(time(1_000)).await.unwrap(), 1);
    assert_eq!(store.link(&[5; 32]).await.unwrap(), None);
}

pub(crate) async fn nonexistent_users_get_no_session_and_no_link<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    store.put_session(&session(instance, other, 1)).await.unwrap();
    fixture.run(Command::DeleteUser { user }).await;
    assert!(!store.put_session(&session(instance, user, 2)).await.unwrap());
    assert!(!store.put_link(&link(instance, user, 2, LinkPurpose::Invite)).await.unwrap());
    let other_instance = InstanceId::from_bits(99);
    assert!(!store.put_session(&session(other_instance, other, 2)).await.unwrap());
    assert!(storage.texts("SELECT purpose FROM link").is_empty());
    assert_eq!(storage.texts("SELECT uuid_text(user_id) FROM session"), [other.to_string()]);
}
