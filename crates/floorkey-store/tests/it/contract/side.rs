//! Data without history: password hashes and sealed secrets.

use floorkey::{Command, Opaque};
use floorkey_store::OperatorKey;

use super::Place;
use crate::world::{World, key_id, password};

pub(crate) async fn password_hashes_follow_their_users<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let hash = |world: &World, user| {
        let (store, instance) = (world.store.clone(), world.instance);
        async move {
            let hash = store.password_hash(instance, user).await.unwrap();
            hash.map(|hash| String::from_utf8(hash.reveal().to_vec()).unwrap())
        }
    };
    assert_eq!(hash(&world, user).await.as_deref(), Some("first"));
    world.carry_out(Command::ResetUserPassword { user, password: password("second"), revoke_access_keys: false }).await;
    assert_eq!(hash(&world, user).await.as_deref(), Some("second"));
    assert_eq!(hash(&world, other).await.as_deref(), Some("first"));
    world.carry_out(Command::DeleteUser { user }).await;
    assert_eq!(hash(&world, user).await, None);
    assert_eq!(hash(&world, other).await.as_deref(), Some("first"));
    assert_eq!(
        place.texts("SELECT uuid_text(user_id) FROM password ORDER BY user_id").len(),
        2,
        "administrator and the other"
    );
}

pub(crate) async fn secrets_go_with_their_keys<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    for (owner, number) in [(user, 1), (user, 2), (other, 3), (other, 4)] {
        world.carry_out(World::new_key(owner, &key_id(number))).await;
    }
    let found = world.store.sealed_secret(&key_id(1)).await.unwrap().unwrap();
    assert_eq!(found.instance, world.instance);
    assert_eq!(found.sealed_secret.reveal(), key_id(1).as_str().as_bytes());

    let kept = || place.texts("SELECT access_key_id FROM access_key_secret ORDER BY access_key_id");
    world.carry_out(Command::RevokeAccessKey { id: key_id(3) }).await;
    assert_eq!(kept(), [1, 2, 4].map(|number| key_id(number).to_string()));
    assert!(world.store.sealed_secret(&key_id(3)).await.unwrap().is_none());
    world
        .carry_out(Command::ResetUserPassword { user: other, password: password("x"), revoke_access_keys: true })
        .await;
    assert_eq!(kept(), [1, 2].map(|number| key_id(number).to_string()));
    world.carry_out(Command::DeleteUser { user }).await;
    assert!(kept().is_empty());
    world.check().await;
}

pub(crate) async fn the_operators_key_is_kept<P: Place>() {
    let place = P::new();
    let store = place.open().unwrap();
    assert!(store.operator_key().await.unwrap().is_none());
    for number in [1, 2] {
        let sealed: Vec<u8> = (0..=255).collect();
        let key = OperatorKey { access_key_id: key_id(number), sealed_secret: Opaque::new(sealed.clone()) };
        store.put_operator_key(&key).await.unwrap();
        let found = store.operator_key().await.unwrap().unwrap();
        assert_eq!(found.access_key_id, key_id(number));
        assert_eq!(found.sealed_secret.reveal(), sealed);
    }
    assert!(store.instances().await.unwrap().is_empty());
}
