//! Second factors, failed attempts, and last activity of users.

use std::collections::BTreeSet;

use floorkey::user::SecondFactorKind;
use floorkey::{Command, Opaque, SecondFactorId, UserId};
use floorkey_store::{Activity, Attempt, LinkPurpose, PermissionUse, login_bucket, user_bucket, user_buckets};

use super::Place;
use super::sessions::{link, session, time};
use crate::world::World;

pub(crate) async fn a_code_is_taken_once<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let user = world.add_user().await;
    let (store, instance) = (world.store.clone(), world.instance);
    let totp = world.add_factor(user, SecondFactorKind::Totp, b"seed").await;
    let codes = world.add_factor(user, SecondFactorKind::RecoveryCodes, b"codes").await;
    assert!(store.use_factor(instance, user, totp, 0, 41, None).await.unwrap());
    let tries = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.use_factor(instance, user, totp, 41, 42, None).await.unwrap() })
    });
    let mut taken = 0;
    for attempt in tries.collect::<Vec<_>>() {
        taken += usize::from(attempt.await.unwrap());
    }
    assert_eq!(taken, 1);
    assert!(!store.use_factor(instance, user, totp, 41, 43, None).await.unwrap());
    let unknown = SecondFactorId::from_bits(1);
    assert!(!store.use_factor(instance, user, unknown, 0, 1, None).await.unwrap());
    let new = Opaque::new(b"fewer".to_vec());
    assert!(store.use_factor(instance, user, codes, 0, -1, Some(&new)).await.unwrap());

    let expected = [(totp, b"seed".to_vec(), 42), (codes, b"fewer".to_vec(), -1)];
    assert_eq!(factors_of(&world, user).await, BTreeSet::from(expected.clone()));

    // New recovery codes replace the old ones, and are unused.
    let again = world.add_factor(user, SecondFactorKind::RecoveryCodes, b"ten").await;
    let [totp_left, _] = expected;
    let both = BTreeSet::from([totp_left.clone(), (again, b"ten".to_vec(), 0)]);
    assert_eq!(factors_of(&world, user).await, both);
    world.carry_out(Command::RemoveSecondFactor { user, factor: Some(again) }).await;
    assert_eq!(factors_of(&world, user).await, BTreeSet::from([totp_left]));
    assert!(!store.use_factor(instance, user, again, 0, 1, None).await.unwrap());
}

async fn factors_of(world: &World, user: UserId) -> BTreeSet<(SecondFactorId, Vec<u8>, i64)> {
    let factors = world.store.second_factors_of(world.instance, user).await.unwrap();
    factors.into_iter().map(|it| (it.factor_id, it.secret.reveal().to_vec(), it.used)).collect()
}

pub(crate) async fn attempts_count_within_their_window<P: Place>() {
    let place = P::new();
    let store = place.open().unwrap();
    let buckets = ["a".to_owned(), "b".to_owned()];
    let failures = |failures, at| Attempt { failures, last_at: time(at) };
    // Each is within the window after the previous one, until one comes just too late.
    let mut last = None;
    for (at, known) in [(0, None), (99, Some(1)), (150, Some(2)), (249, Some(3)), (349, None), (340, Some(1))] {
        let counted = store.count_attempt(&buckets[..1], time(at), 100).await.unwrap();
        let before = last.filter(|_| known.is_some());
        assert_eq!(counted[0].before, before, "{at}");
        assert_eq!(counted[0].after, failures(known.unwrap_or(0) + 1, at), "{at}");
        last = Some(counted[0].after);
    }
    let counted = store.count_attempt(&buckets, time(341), 100).await.unwrap();
    assert_eq!([counted[0].after, counted[1].after], [failures(3, 341), failures(1, 341)], "in the order asked");
    let asked = ["b", "none", "a"].map(str::to_owned);
    let known = store.attempts(&asked).await.unwrap();
    assert_eq!(known, [Some(failures(1, 341)), None, Some(failures(3, 341))]);
    store.clear_attempts(&asked[..2]).await.unwrap();
    assert_eq!(store.attempts(&buckets).await.unwrap(), [Some(failures(3, 341)), None]);
    assert_eq!(store.purge_attempts(time(341)).await.unwrap(), 0);
    assert_eq!(store.purge_attempts(time(342)).await.unwrap(), 1);
    assert!(store.count_attempt(&[], time(0), 1).await.unwrap().is_empty());

    let rows = [("a".to_owned(), Some(failures(9, 500))), ("b".to_owned(), Some(failures(2, 400)))];
    store.put_attempts(&rows).await.unwrap();
    store.put_attempts(&[]).await.unwrap();
    assert_eq!(store.attempts(&buckets).await.unwrap(), [Some(failures(9, 500)), Some(failures(2, 400))]);
    store.put_attempts(&[("a".to_owned(), None), ("b".to_owned(), Some(failures(3, 450)))]).await.unwrap();
    assert_eq!(store.attempts(&buckets).await.unwrap(), [None, Some(failures(3, 450))]);
}

pub(crate) async fn of_many_attempts_each_gets_its_number<P: Place>() {
    let place = P::new();
    let store = place.open().unwrap();
    let buckets = vec!["source".to_owned(), "account".to_owned()];
    let tries = (0..20).map(|_| {
        let (store, buckets) = (store.clone(), buckets.clone());
        tokio::spawn(async move { store.count_attempt(&buckets, time(5), 100).await.unwrap() })
    });
    let mut numbers = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        let counted = attempt.await.unwrap();
        assert_eq!(counted[0], counted[1]);
        assert_eq!(counted[0].before.map_or(0, |before| before.failures) + 1, counted[0].after.failures);
        numbers.push(counted[0].after.failures);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

pub(crate) async fn attempts_are_listed_by_what_they_begin_with<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let (store, instance) = (world.store.clone(), world.instance);
    let mut buckets = [user_bucket(instance, user), user_bucket(instance, other)];
    buckets.sort();
    let beside = [login_bucket(instance, "x"), "user".to_owned(), "user:zz".to_owned()];
    store.count_attempt(&[buckets.as_slice(), beside.as_slice()].concat(), time(1), 100).await.unwrap();
    let listed = store.attempts_like(&user_buckets(instance)).await.unwrap();
    assert_eq!(listed.iter().map(|(bucket, _)| bucket).collect::<Vec<_>>(), buckets.iter().collect::<Vec<_>>());
    assert_eq!(store.attempts_like("user").await.unwrap().len(), 4);
}

pub(crate) async fn what_users_did_last_is_kept<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let (store, instance) = (world.store.clone(), world.instance);
    let nothing =
        |user| Activity { user, signed_in_at: None, seen_at: None, failed_at: None, failures: 0, visited_at: None };
    let known = |store: floorkey_store::Store| async move {
        let mut known = store.activities(instance).await.unwrap();
        known.sort_by_key(|activity| activity.user != user);
        known
    };
    for (at, failures) in [(1, 1), (3, 2)] {
        store.note_failures(instance, user, time(at), failures).await.unwrap();
    }
    let failed = Activity { failed_at: Some(time(3)), failures: 3, ..nothing(user) };
    assert_eq!(known(store.clone()).await, [failed]);

    store.note_sign_in(instance, user, time(10)).await.unwrap();
    store.note_seen(&[(instance, user, time(30)), (instance, other, time(31))]).await.unwrap();
    store.note_seen(&[(instance, user, time(20))]).await.unwrap();
    store.note_seen(&[]).await.unwrap();
    assert_eq!(store.note_visit(instance, user, time(40)).await.unwrap(), None);
    assert_eq!(store.note_visit(instance, user, time(50)).await.unwrap(), Some(time(40)));
    assert_eq!(store.note_visit(instance, other, time(60)).await.unwrap(), None);
    let signed_in = Activity {
        signed_in_at: Some(time(10)),
        seen_at: Some(time(30)),
        visited_at: Some(time(50)),
        failures: 0,
        ..failed
    };
    let seen = Activity { seen_at: Some(time(31)), visited_at: Some(time(60)), ..nothing(other) };
    assert_eq!(known(store.clone()).await, [signed_in, seen]);
}

pub(crate) async fn uses_of_permissions_add_up<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let (store, instance) = (world.store.clone(), world.instance);
    let of = |user, permission: &str, count, at| PermissionUse {
        instance,
        user,
        permission: permission.to_owned(),
        count,
        last: time(at),
    };
    let notes = [of(user, "Users.View", 3, 50), of(user, "a\tb", 1, 40), of(other, "Users.View", 1, 10)];
    store.note_permission_uses(&notes).await.unwrap();
    // Uses that were collected earlier may be written later.
    store.note_permission_uses(&[of(user, "Users.View", 4, 20), of(user, "users.view", 1, 60)]).await.unwrap();
    store.note_permission_uses(&[]).await.unwrap();
    let known = store.permission_uses(instance, user).await.unwrap();
    assert_eq!(known, [of(user, "Users.View", 7, 50), of(user, "a\tb", 1, 40), of(user, "users.view", 1, 60)]);
    assert_eq!(store.permission_uses(instance, other).await.unwrap(), [of(other, "Users.View", 1, 10)]);
}

pub(crate) async fn of_a_user_who_is_gone_nothing_is_left<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let (store, instance) = (world.store.clone(), world.instance);
    for (number, user) in [(1, user), (2, other)] {
        world.leave_traces(user).await;
        store.put_session(&session(instance, user, number)).await.unwrap();
        store.put_link(&link(instance, user, number, LinkPurpose::Reset)).await.unwrap();
    }
    let traces = |of: String| {
        let tables = ["session", "link", "second_factor", "activity", "permission_use", "password"];
        let mut found: Vec<_> = tables
            .into_iter()
            .filter(|table| {
                !place
                    .texts(&format!("SELECT uuid_text(user_id) FROM {table} WHERE user_id = uuid_bytes('{of}')"))
                    .is_empty()
            })
            .collect();
        if !place.texts(&format!("SELECT bucket FROM attempt WHERE bucket LIKE '%{of}%'")).is_empty() {
            found.push("attempt");
        }
        found
    };
    let all = ["session", "link", "second_factor", "activity", "permission_use", "password", "attempt"];
    assert_eq!(traces(user.to_string()), all);
    world.carry_out(Command::DeleteUser { user }).await;
    assert!(traces(user.to_string()).is_empty());
    assert_eq!(traces(other.to_string()), all);

    // A late write for a deleted user records nothing.
    store.note_seen(&[(instance, user, time(9))]).await.unwrap();
    store.note_sign_in(instance, user, time(9)).await.unwrap();
    store.note_failures(instance, user, time(9), 1).await.unwrap();
    assert_eq!(store.note_visit(instance, user, time(9)).await.unwrap(), None);
    world.use_permission(user).await;
    assert!(traces(user.to_string()).is_empty());

    store.count_attempt(&[login_bucket(instance, "who")], time(1), 100).await.unwrap();
    let event = world.refusal(&crate::world::operator());
    store.delete_instance(instance, &world.head, &event, [9; 32]).await.unwrap();
    assert!(traces(other.to_string()).is_empty());
    assert!(place.texts("SELECT bucket FROM attempt").is_empty());
}

pub(crate) async fn unlocking_a_user_forgets_their_failures<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let kept = |world: &World, user| {
        let (store, prefix) = (world.store.clone(), user_bucket(world.instance, user));
        async move { store.attempts_like(&prefix).await.unwrap().len() }
    };
    let reset = Command::ResetUserPassword { user, password: crate::world::password("x"), revoke_access_keys: false };
    for command in [Command::UnlockUser { user }, reset] {
        for user in [user, other] {
            let bucket = user_bucket(world.instance, user);
            let device = format!("{bucket}:device");
            world.store.count_attempt(&[bucket, device], world.now(), 100).await.unwrap();
        }
        assert_eq!((kept(&world, user).await, kept(&world, other).await), (2, 2));
        world.carry_out(command).await;
        assert_eq!((kept(&world, user).await, kept(&world, other).await), (0, 2));
    }
}
