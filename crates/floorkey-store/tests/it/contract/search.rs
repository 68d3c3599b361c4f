//! Tests of the search for audit events, and of access to earlier versions of records.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::audit::Outcome;
use floorkey::{Actor, Command, Principal, Record, RecordKey, Reference, Revision, Timestamp};
use floorkey_store::{
    AuditOrder, AuditQuery, AuditTerm, ChangePart, ChangeVisibility, EntryContent, EventReader, StoredEvent,
    StoredOutcome,
};

use super::TestStorage;
use super::audit::{events, instance_with_events};
use crate::test_instance::{TestInstance, operator};

/// Computes the search terms of a stored event from the event's fields.
fn terms_of(event: &StoredEvent) -> BTreeSet<AuditTerm> {
    let records = event.targets.iter().chain(event.changes.iter().map(|change| &change.record));
    let mut terms: BTreeSet<_> = records.cloned().map(AuditTerm::Target).collect();
    terms.insert(match &event.principal {
        Principal::Operator { .. } => AuditTerm::Operator,
        Principal::User { id, .. } => AuditTerm::Actor(*id),
        Principal::System => AuditTerm::System,
    });
    terms.insert(AuditTerm::EventType(event.event_type.clone()));
    if let StoredOutcome::Refused { reference, .. } = &event.outcome {
        terms.insert(AuditTerm::Refused);
        terms.extend(reference.as_deref().and_then(Reference::parse).map(AuditTerm::Reference));
    }
    if !event.flags.is_empty() {
        terms.insert(AuditTerm::Flagged);
    }
    terms
}

pub(crate) async fn a_search_equals_filtering_all_events<S: TestStorage>() {
    let storage = S::new();
    let (mut fixture, user) = instance_with_events(&storage).await;
    // Adds more refused commands by various actors, with times that jump back and forth.
    for round in 0..60 {
        let actor = if round % 3 == 0 { Actor::system() } else { operator() };
        let mut event = fixture.refusal(&actor);
        event.at = Timestamp::from_millis(event.at.as_millis() + if round % 7 == 0 { -20 } else { 0 });
        if round % 2 == 0 {
            event.targets = vec![RecordKey::User(user), RecordKey::Settings];
        }
        if let (Outcome::Refused { reference, .. }, true) = (&mut event.outcome, round % 5 == 0) {
            // Some of the refusals share a reference code.
            *reference = Some(Reference::from_random(round % 10));
        }
        let entry = fixture.entry(EntryContent::Event(Box::new(event)));
        fixture.head = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap();
    }
    let all = events(&fixture).await;
    let by_reference =
        AuditQuery { terms: vec![AuditTerm::Reference(Reference::from_random(5))], ..AuditQuery::default() };
    assert_eq!(fixture.store.audit_search(fixture.instance, by_reference, 100).await.unwrap().len(), 6);
    let known_terms: Vec<AuditTerm> = all.iter().flat_map(terms_of).collect::<BTreeSet<_>>().into_iter().collect();
    assert!(known_terms.len() > 20, "{known_terms:?}");
    let (mut no_match_count, mut multi_match_count) = (0, 0);
    for _ in 0..400 {
        let mut random = fixture.id();
        let mut draw_below = |below: usize| {
            let drawn = usize::try_from(random & 0xff_ffff).unwrap() % below;
            random = (random >> 16) ^ random.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            drawn
        };
        // Most terms come from a single event, so at least one event often matches all of them. Sometimes, a random
        // term is added.
        let event_terms: Vec<_> = terms_of(&all[draw_below(all.len())]).into_iter().collect();
        let mut terms: Vec<_> =
            (0..draw_below(4)).map(|_| event_terms[draw_below(event_terms.len())].clone()).collect();
        if draw_below(4) == 0 {
            terms.push(known_terms[draw_below(known_terms.len())].clone());
        }
        let at = |event: &StoredEvent| event.at;
        let mut draw_terms = |below: usize| -> Vec<AuditTerm> {
            (0..draw_below(below)).map(|_| known_terms[draw_below(known_terms.len())].clone()).collect()
        };
        let (any_of, none_of) = (draw_terms(3), draw_terms(2));
        let mut draw_seq =
            |one_in: usize| (draw_below(one_in) == 0).then(|| u64::try_from(draw_below(all.len() + 2)).unwrap());
        let (before, after) = (draw_seq(2), draw_seq(4));
        let query = AuditQuery {
            terms,
            any_of,
            none_of,
            before,
            after,
            from: (draw_below(3) == 0).then(|| at(&all[draw_below(all.len())])),
            to: (draw_below(3) == 0).then(|| at(&all[draw_below(all.len())])),
            order: [AuditOrder::NewestFirst, AuditOrder::OldestFirst][draw_below(2)],
        };
        let limit = [1, 3, 1000][draw_below(3)];
        let mut matching: Vec<_> = all
            .iter()
            .filter(|event| {
                query.terms.iter().all(|term| terms_of(event).contains(term))
                    && (query.any_of.is_empty() || query.any_of.iter().any(|term| terms_of(event).contains(term)))
                    && !query.none_of.iter().any(|term| terms_of(event).contains(term))
                    && query.before.is_none_or(|before| event.seq < before)
                    && query.after.is_none_or(|after| event.seq > after)
                    && query.from.is_none_or(|from| event.at >= from)
                    && query.to.is_none_or(|to| event.at < to)
            })
            .collect();
        if query.order == AuditOrder::OldestFirst {
            matching.reverse();
        }
        let expected: Vec<_> = matching.into_iter().take(limit).cloned().collect();
        let found = fixture.store.audit_search(fixture.instance, query.clone(), limit).await.unwrap();
        assert_eq!(found, expected, "{query:?}");
        let positions = fixture.store.audit_positions(fixture.instance, query.clone(), limit).await.unwrap();
        assert_eq!(positions.found, expected.iter().map(|event| event.seq).collect::<Vec<_>>(), "{query:?}");
        assert_eq!(positions.resume, positions.found.last().copied().filter(|_| expected.len() == limit));
        no_match_count += usize::from(found.is_empty());
        multi_match_count += usize::from(found.len() > 1);
    }
    assert!(no_match_count > 40 && multi_match_count > 40, "{no_match_count} {multi_match_count}");
}

pub(crate) async fn an_event_is_found_by_sequence_number<S: TestStorage>() {
    let storage = S::new();
    let (fixture, _) = instance_with_events(&storage).await;
    for event in events(&fixture).await {
        let body = |bytes_max| fixture.store.audit_event_body(fixture.instance, event.seq, bytes_max);
        assert_eq!(body(usize::MAX).await.unwrap().as_ref(), Some(&event.body));
        assert_eq!(body(10).await.unwrap(), None);
        assert_eq!(fixture.store.audit_event(fixture.instance, event.seq).await.unwrap(), Some(event));
    }
    assert_eq!(fixture.store.audit_event(fixture.instance, 12).await.unwrap(), None);
}

/// A reader who can see everything except for one field, and who does not request the names of any records.
struct FullReader;

impl EventReader for FullReader {
    fn visibility(&self, _: &RecordKey) -> ChangeVisibility {
        ChangeVisibility::Visible
    }

    fn ignores_field(&self, field: &str) -> bool {
        field == "security_epoch"
    }

    fn targets_to_name(&self, _: &[RecordKey]) -> Vec<RecordKey> {
        Vec::new()
    }
}

pub(crate) async fn parts_of_events_are_bounded<S: TestStorage>() {
    let storage = S::new();
    let (fixture, _) = instance_with_events(&storage).await;
    let (store, instance) = (&fixture.store, fixture.instance);
    let part =
        |skip, take| ChangePart { reader: Arc::new(FullReader), skip, take, with_empty: false, verify_leaf: true };
    let all = events(&fixture).await;
    for mut event in all.clone() {
        let found = store.audit_event_part(instance, event.seq, part(0, usize::MAX)).await.unwrap().unwrap();
        event.changes.retain(|change| change.field != "security_epoch" && change.change.lines() > 0);
        event.body.clear();
        assert_eq!(found.lines, event.changes.iter().map(|change| change.change.lines()).sum::<usize>());
        assert_eq!(found.event, event);
        let found = store.audit_event_part(instance, event.seq, part(1, 2)).await.unwrap().unwrap();
        let lines: usize = found.event.changes.iter().map(|change| change.change.lines()).sum();
        assert_eq!(lines, found.lines.saturating_sub(1).min(2));
    }
    assert_eq!(store.audit_event_part(instance, 12, part(0, 5)).await.unwrap(), None);

    let search = |limit, bytes| store.audit_search_parts(instance, AuditQuery::default(), part(0, 5), limit, bytes);
    let found = search(1000, usize::MAX).await.unwrap();
    assert_eq!((found.events.len(), found.resume), (all.len(), None));
    // The last returned event is the one that reaches the limit on bytes.
    let first = search(1, usize::MAX).await.unwrap();
    let truncated = search(1000, first.bytes).await.unwrap();
    let last = first.events[0].event.seq;
    assert_eq!((truncated.events, truncated.bytes, truncated.resume), (first.events, first.bytes, Some(last)));

    storage.execute("UPDATE audit_event SET body = pack(replace(unpack(body), 'RenameUserLogin', 'RenameUserLogon'))");
    assert!(search(1000, usize::MAX).await.is_err(), "a changed body is not the one of its leaf");
}

pub(crate) async fn versions_before_a_revision_are_found<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other) = (fixture.add_user().await, fixture.add_user().await);
    let created = fixture.directory.revision();
    let original = Record::User(fixture.directory.user(user).unwrap().clone());
    for name in ["renamed", "renamed-again"] {
        fixture.run(Command::RenameUserLogin { user, username: name.to_owned() }).await;
    }
    let renamed = Record::User(fixture.directory.user(user).unwrap().clone());
    fixture.run(Command::DeleteUser { user }).await;
    let before = |key: RecordKey, revision: u64| {
        let (store, instance) = (fixture.store.clone(), fixture.instance);
        async move { store.record_version_before(instance, key, Revision(revision)).await.unwrap() }
    };
    let key = RecordKey::User(user);
    assert_eq!(before(key.clone(), created.0 - 1).await, None, "not made yet");
    assert_eq!(before(key.clone(), created.0).await, Some(original.clone()));
    assert_eq!(before(key.clone(), created.0 + 1).await, Some(original.clone()));
    assert_eq!(before(key.clone(), created.0 + 3).await, Some(renamed.clone()));
    assert_eq!(before(key.clone(), created.0 + 4).await, None, "gone");
    assert!(before(RecordKey::User(other), created.0 + 9).await.is_some(), "still in force");

    let effects = |revision: u64| {
        let (store, instance) = (fixture.store.clone(), fixture.instance);
        async move { store.records_of_revision(instance, Revision(revision), usize::MAX).await.unwrap() }
    };
    let summary =
        |effect: &floorkey_store::RecordEffect| (effect.key.clone(), effect.before.is_some(), effect.after.is_some());
    let creation = effects(created.0 - 1).await;
    assert_eq!(creation.iter().map(summary).collect::<Vec<_>>(), [(key.clone(), false, true)]);
    // The rename also changed the histories of both login names. The histories are not compared here.
    let mut rename = effects(created.0 + 1).await;
    rename.retain(|effect| !matches!(effect.key, RecordKey::Login(_)));
    assert_eq!(rename.iter().map(summary).collect::<Vec<_>>(), [(key.clone(), true, true)]);
    assert_eq!(rename[0].before, Some(original));
    let mut deletion = effects(created.0 + 3).await;
    deletion.retain(|effect| !matches!(effect.key, RecordKey::Login(_)));
    assert_eq!(deletion.iter().map(summary).collect::<Vec<_>>(), [(key, true, false)]);
    assert_eq!(deletion[0].before, Some(renamed));
    let instance_creation = effects(1).await;
    assert!(
        instance_creation.len() > 5
            && instance_creation.iter().all(|effect| effect.before.is_none() && effect.after.is_some())
    );
    assert!(effects(created.0 + 4).await.is_empty());
    let three = fixture.store.records_of_revision(fixture.instance, Revision(1), 3).await.unwrap();
    assert_eq!(three.len(), 3, "the creation changes more records");
}

pub(crate) async fn deleted_users_are_found<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let mut deleted = Vec::new();
    for _ in 0..4 {
        let user = fixture.add_user().await;
        fixture.add_user().await;
        let last = fixture.directory.user(user).unwrap().clone();
        let deletion = fixture.plan(&Command::DeleteUser { user });
        deleted.push((last, deletion.event().at, deletion.revision()));
        fixture.commit(vec![deletion]).await.unwrap();
    }
    // A refused deletion does not delete a user.
    let event = fixture.refusal(&operator());
    let entry = fixture.entry(EntryContent::Event(Box::new(event)));
    fixture.head = fixture.store.commit(fixture.batch(vec![entry])).await.unwrap();
    // One of the deleted users is created again.
    let recreated = deleted.remove(1);
    storage.execute(&format!(
        "INSERT INTO version (instance, revision, kind, id, format, body) SELECT instance, 1000, kind, id, format, body \
         FROM version WHERE id = uuid_bytes('{}') AND body IS NOT NULL",
        recreated.0.id
    ));
    deleted.reverse();
    let found = |since: Timestamp, limit| {
        let (store, instance) = (fixture.store.clone(), fixture.instance);
        async move {
            let found = store.deleted_users(instance, since, limit).await.unwrap();
            found.into_iter().map(|deleted| (deleted.user, deleted.deleted_at, deleted.revision)).collect::<Vec<_>>()
        }
    };
    let deleted: Vec<(Arc<floorkey::User>, Timestamp, Revision)> = deleted;
    assert_eq!(found(Timestamp::from_millis(0), 10).await, deleted);
    assert_eq!(found(Timestamp::from_millis(0), 2).await, deleted[..2]);
    assert_eq!(found(deleted[1].1, 10).await, deleted[..2]);
    assert!(found(Timestamp::from_millis(deleted[0].1.as_millis() + 1), 10).await.is_empty());
}

pub(crate) async fn former_login_names_are_found<S: TestStorage>() {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (user, other, unchanged) = (fixture.add_user().await, fixture.add_user().await, fixture.add_user().await);
    let username = |fixture: &TestInstance, user| fixture.directory.user(user).unwrap().username.clone();
    let (first, other_login) = (username(&fixture, user), username(&fixture, other));
    fixture.run(Command::RenameUserLogin { user, username: "second".to_owned() }).await;
    let renamed = fixture.directory.revision();
    let renamed_at = fixture.directory.user(user).unwrap().modified;
    // A user keeps the login name if only its letter case changes, or if another field is edited.
    fixture.run(Command::RenameUserLogin { user, username: "Second".to_owned() }).await;
    fixture.run(Command::SetUserEnabled { user: unchanged, enabled: false }).await;
    fixture.run(Command::DeleteUser { user: other }).await;
    let deleted = fixture.directory.revision();
    let found = |since: i64| {
        let (store, instance) = (fixture.store.clone(), fixture.instance);
        async move {
            let mut found = store.former_logins(instance, Timestamp::from_millis(since)).await.unwrap();
            found.sort_by_key(|former| former.until);
            found.into_iter().map(|one| (one.user.id, one.user.username.clone(), one.until, one.at)).collect::<Vec<_>>()
        }
    };
    let all = found(0).await;
    let deleted_at = all.last().and_then(|(.., at)| *at);
    assert!(deleted_at.is_some_and(|at| at >= renamed_at));
    let expected = [(user, first, renamed, Some(renamed_at)), (other, other_login, deleted, deleted_at)];
    assert_eq!(all, expected);
    let long_ago = found(i64::MAX).await;
    assert!(long_ago.len() == 2 && long_ago.iter().all(|(.., at)| at.is_none()), "{long_ago:?}");
}
