//! Tests of second factors, failed attempts, and the last activity of users.

use std::collections::BTreeSet;

use floorkey::user::MfaMethodKind;
use floorkey::{Command, MfaMethodId, SecretBytes, UserId};
use floorkey_store::{
    BucketFailures, LinkPurpose, LoginActivity, PermissionUse, login_bucket, user_bucket, user_bucket_prefix,
};

use super::TestStorage;
use super::sessions::{link, session, time};
use crate::test_instance::TestInstance;

pub(crate) async fn a_code_is_accepted_once<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let user = fixture.add_user().await;
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let totp = fixture.add_factor(user, MfaMethodKind::Totp, b"seed").await;
    let codes = fixture.add_factor(user, MfaMethodKind::RecoveryCodes, b"codes").await;
    assert!(store.use_factor(instance, user, totp, 0, 41, None).await.unwrap());
    let attempts = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.use_factor(instance, user, totp, 41, 42, None).await.unwrap() })
    });
    let mut accepted = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        accepted += usize::from(attempt.await.unwrap());
    }
    assert_eq!(accepted, 1);
    assert!(!store.use_factor(instance, user, totp, 41, 43, None).await.unwrap());
    let unknown = MfaMethodId::from_bits(1);
    assert!(!store.use_factor(instance, user, unknown, 0, 1, None).await.unwrap());
    let new = SecretBytes::new(b"fewer".to_vec());
    assert!(store.use_factor(instance, user, codes, 0, -1, Some(&new)).await.unwrap());

    let expected = [(totp, b"seed".to_vec(), 42), (codes, b"fewer".to_vec(), -1)];
    assert_eq!(factors_of(&fixture, user).await, BTreeSet::from(expected.clone()));

    // New recovery codes replace the old codes. The new codes are unused.
    let again = fixture.add_factor(user, MfaMethodKind::RecoveryCodes, b"ten").await;
    let [totp_factor, _] = expected;
    let both = BTreeSet::from([totp_factor.clone(), (again, b"ten".to_vec(), 0)]);
    assert_eq!(factors_of(&fixture, user).await, both);
    fixture.run(Command::RemoveSecondFactor { user, factor: Some(again) }).await;
    assert_eq!(factors_of(&fixture, user).await, BTreeSet::from([totp_factor]));
    assert!(!store.use_factor(instance, user, again, 0, 1, None).await.unwrap());
}

async fn factors_of(fixture: &TestInstance, user: UserId) -> BTreeSet<(MfaMethodId, Vec<u8>, i64)> {
    let factors = fixture.store.second_factors_of(fixture.instance, user).await.unwrap();
    factors.into_iter().map(|factor| (factor.factor_id, factor.secret.reveal().to_vec(), factor.used)).collect()
}

pub(crate) async fn attempts_are_counted_within_the_window<S: TestStorage>() {
    let storage = S::new();
    let store = storage.open().unwrap();
    let buckets = ["a".to_owned(), "b".to_owned()];
    let failures = |failures, at| BucketFailures { failures, last_at: time(at) };
    // Each attempt is within the window after the previous attempt, except for one that is just outside the window.
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

pub(crate) async fn concurrent_attempts_get_different_counts<S: TestStorage>() {
    let storage = S::new();
    let store = storage.open().unwrap();
    let buckets = vec!["source".to_owned(), "account".to_owned()];
    let attempts = (0..20).map(|_| {
        let (store, buckets) = (store.clone(), buckets.clone());
        tokio::spawn(async move { store.count_attempt(&buckets, time(5), 100).await.unwrap() })
    });
    let mut numbers = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        let counted = attempt.await.unwrap();
        assert_eq!(counted[0], counted[1]);
        assert_eq!(counted[0].before.map_or(0, |before| before.failures) + 1, counted[0].after.failures);
        numbers.push(counted[0].after.failures);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

pub(crate) async fn attempts_are_listed_by_prefix<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let mut buckets = [user_bucket(instance, user), user_bucket(instance, other)];
    buckets.sort();
    let other_buckets = [login_bucket(instance, "x"), "user".to_owned(), "user:zz".to_owned()];
    store.count_attempt(&[buckets.as_slice(), other_buckets.as_slice()].concat(), time(1), 100).await.unwrap();
    let listed = store.attempts_with_prefix(&user_bucket_prefix(instance)).await.unwrap();
    assert_eq!(listed.iter().map(|(bucket, _)| bucket).collect::<Vec<_>>(), buckets.iter().collect::<Vec<_>>());
    assert_eq!(store.attempts_with_prefix("user").await.unwrap().len(), 4);
}

pub(crate) async fn last_activity_is_recorded<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let no_activity =
        |user| LoginActivity { user, signed_in_at: None, last_active_at: None, failed_at: None, failures: 0 };
    let known = |store: floorkey_store::Store| async move {
        let mut known = store.activities(instance).await.unwrap();
        known.sort_by_key(|activity| activity.user != user);
        known
    };
    for (at, failures) in [(1, 1), (3, 2)] {
        store.record_failures(instance, user, time(at), failures).await.unwrap();
    }
    let failed = LoginActivity { failed_at: Some(time(3)), failures: 3, ..no_activity(user) };
    assert_eq!(known(store.clone()).await, [failed]);

    store.record_sign_in(instance, user, time(10)).await.unwrap();
    store.record_activity(&[(instance, user, time(30)), (instance, other, time(31))]).await.unwrap();
    store.record_activity(&[(instance, user, time(20))]).await.unwrap();
    store.record_activity(&[]).await.unwrap();
    let signed_in =
        LoginActivity { signed_in_at: Some(time(10)), last_active_at: Some(time(30)), failures: 0, ..failed };
    let seen = LoginActivity { last_active_at: Some(time(31)), ..no_activity(other) };
    assert_eq!(known(store.clone()).await, [signed_in, seen]);
}

pub(crate) async fn permission_uses_add_up<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let permission_use = |user, permission: &str, count, at| PermissionUse {
        instance,
        user,
        permission: permission.to_owned(),
        count,
        last_used_at: time(at),
    };
    let uses = [
        permission_use(user, "Users.View", 3, 50),
        permission_use(user, "a\tb", 1, 40),
        permission_use(other, "Users.View", 1, 10),
    ];
    store.record_permission_uses(&uses).await.unwrap();
    // Uses can be recorded out of order.
    store
        .record_permission_uses(&[permission_use(user, "Users.View", 4, 20), permission_use(user, "users.view", 1, 60)])
        .await
        .unwrap();
    store.record_permission_uses(&[]).await.unwrap();
    let known = store.permission_uses(instance, user).await.unwrap();
    assert_eq!(
        known,
        [
            permission_use(user, "Users.View", 7, 50),
            permission_use(user, "a\tb", 1, 40),
            permission_use(user, "users.view", 1, 60)
        ]
    );
    assert_eq!(store.permission_uses(instance, other).await.unwrap(), [permission_use(other, "Users.View", 1, 10)]);
}

pub(crate) async fn preferences_are_limited_in_number<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let names = |preferences: std::collections::BTreeMap<String, String>| {
        preferences.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
    };
    assert!(store.preferences(instance, user).await.unwrap().is_empty());
    for (name, value, stored) in [("b", "1", true), ("a", "'2'", true), ("c", "3", false), ("b", "4", true)] {
        assert_eq!(store.put_preference(instance, user, name, value, 2).await.unwrap(), stored, "{name}");
    }
    assert!(store.put_preference(instance, other, "c", "5", 2).await.unwrap());
    assert_eq!(names(store.preferences(instance, user).await.unwrap()), ["a='2'", "b=4"]);
    store.delete_preference(instance, user, "a").await.unwrap();
    store.delete_preference(instance, user, "a").await.unwrap();
    assert!(store.put_preference(instance, user, "c", "6", 2).await.unwrap());
    assert_eq!(names(store.preferences(instance, user).await.unwrap()), ["b=4", "c=6"]);
    assert_eq!(names(store.preferences(instance, other).await.unwrap()), ["c=5"]);
}

pub(crate) async fn deleting_a_user_deletes_sign_in_data<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    for (number, user) in [(1, user), (2, other)] {
        fixture.write_sign_in_data(user).await;
        store.put_session(&session(instance, user, number)).await.unwrap();
        store.put_link(&link(instance, user, number, LinkPurpose::Reset)).await.unwrap();
    }
    let tables_with_data = |id: String| {
        let tables = ["session", "link", "second_factor", "activity", "permission_use", "preference", "password"];
        let mut found: Vec<_> = tables
            .into_iter()
            .filter(|table| {
                !storage
                    .texts(&format!("SELECT uuid_text(user_id) FROM {table} WHERE user_id = uuid_bytes('{id}')"))
                    .is_empty()
            })
            .collect();
        if !storage.texts(&format!("SELECT bucket FROM attempt WHERE bucket LIKE '%{id}%'")).is_empty() {
            found.push("attempt");
        }
        found
    };
    let all = ["session", "link", "second_factor", "activity", "permission_use", "preference", "password", "attempt"];
    assert_eq!(tables_with_data(user.to_string()), all);
    fixture.run(Command::DeleteUser { user }).await;
    assert!(tables_with_data(user.to_string()).is_empty());
    assert_eq!(tables_with_data(other.to_string()), all);

    // Late writes for a deleted user have no effect.
    store.record_activity(&[(instance, user, time(9))]).await.unwrap();
    store.record_sign_in(instance, user, time(9)).await.unwrap();
    store.record_failures(instance, user, time(9), 1).await.unwrap();
    assert!(!store.put_preference(instance, user, "zone", "UTC", 1).await.unwrap());
    fixture.use_permission(user).await;
    assert!(tables_with_data(user.to_string()).is_empty());

    store.count_attempt(&[login_bucket(instance, "who")], time(1), 100).await.unwrap();
    let event = fixture.refusal(&crate::test_instance::operator());
    store.delete_instance(instance, &fixture.head, &event, [9; 32]).await.unwrap();
    assert!(tables_with_data(other.to_string()).is_empty());
    assert!(storage.texts("SELECT bucket FROM attempt").is_empty());
}

pub(crate) async fn unlocking_a_user_deletes_failures<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let failure_count = |fixture: &TestInstance, user| {
        let (store, prefix) = (fixture.store.clone(), user_bucket(fixture.instance, user));
        async move { store.attempts_with_prefix(&prefix).await.unwrap().len() }
    };
    let reset =
        Command::ResetUserPassword { user, password: crate::test_instance::password("x"), revoke_access_keys: false };
    for command in [Command::UnlockUser { user }, reset] {
        for user in [user, other] {
            let bucket = user_bucket(fixture.instance, user);
            let device = format!("{bucket}:device");
            fixture.store.count_attempt(&[bucket, device], fixture.now(), 100).await.unwrap();
        }
        assert_eq!((failure_count(&fixture, user).await, failure_count(&fixture, other).await), (2, 2));
        fixture.run(command).await;
        assert_eq!((failure_count(&fixture, user).await, failure_count(&fixture, other).await), (0, 2));
    }
}
