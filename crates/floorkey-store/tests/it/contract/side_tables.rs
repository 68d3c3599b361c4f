//! Tests of data without history: password hashes and encrypted secrets.

use floorkey::{Command, SecretBytes};
use floorkey_store::OperatorKey;

use super::TestStorage;
use crate::test_instance::{TestInstance, key_id, password};

pub(crate) async fn password_hashes_are_replaced_and_deleted_with_users<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let hash = |fixture: &TestInstance, user| {
        let (store, instance) = (fixture.store.clone(), fixture.instance);
        async move {
            let hash = store.password_hash(instance, user).await.unwrap();
            hash.map(|hash| String::from_utf8(hash.reveal().to_vec()).unwrap())
        }
    };
    assert_eq!(hash(&fixture, user).await.as_deref(), Some("first"));
    fixture.run(Command::ResetUserPassword { user, password: password("second"), revoke_access_keys: false }).await;
    assert_eq!(hash(&fixture, user).await.as_deref(), Some("second"));
    assert_eq!(hash(&fixture, other).await.as_deref(), Some("first"));
    fixture.run(Command::DeleteUser { user }).await;
    assert_eq!(hash(&fixture, user).await, None);
    assert_eq!(hash(&fixture, other).await.as_deref(), Some("first"));
    assert_eq!(
        storage.texts("SELECT uuid_text(user_id) FROM password ORDER BY user_id").len(),
        2,
        "administrator and the other"
    );
}

pub(crate) async fn secrets_are_deleted_with_their_keys<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    for (owner, number) in [(user, 1), (user, 2), (other, 3), (other, 4)] {
        fixture.run(TestInstance::new_key(owner, &key_id(number))).await;
    }
    let secret = fixture.store.sealed_secret(&key_id(1)).await.unwrap().unwrap();
    assert_eq!(secret.instance, fixture.instance);
    assert_eq!(secret.sealed_secret.reveal(), key_id(1).as_str().as_bytes());

    let stored_key_ids = || storage.texts("SELECT access_key_id FROM access_key_secret ORDER BY access_key_id");
    fixture.run(Command::RevokeAccessKey { id: key_id(3) }).await;
    assert_eq!(stored_key_ids(), [1, 2, 4].map(|number| key_id(number).to_string()));
    assert!(fixture.store.sealed_secret(&key_id(3)).await.unwrap().is_none());
    fixture.run(Command::ResetUserPassword { user: other, password: password("x"), revoke_access_keys: true }).await;
    assert_eq!(stored_key_ids(), [1, 2].map(|number| key_id(number).to_string()));
    fixture.run(Command::DeleteUser { user }).await;
    assert!(stored_key_ids().is_empty());
    fixture.assert_stored().await;
}

pub(crate) async fn the_operator_key_is_stored<S: TestStorage>() {
    let storage = S::new();
    let store = storage.open().unwrap();
    assert!(store.operator_key().await.unwrap().is_none());
    for number in [1, 2] {
        let sealed: Vec<u8> = (0..=255).collect();
        let key = OperatorKey { access_key_id: key_id(number), sealed_secret: SecretBytes::new(sealed.clone()) };
        store.put_operator_key(&key).await.unwrap();
        let stored_key = store.operator_key().await.unwrap().unwrap();
        assert_eq!(stored_key.access_key_id, key_id(number));
        assert_eq!(stored_key.sealed_secret.reveal(), sealed);
    }
    assert!(store.instances().await.unwrap().is_empty());
}
