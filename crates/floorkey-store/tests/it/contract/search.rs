//! Search of audit events, and access to earlier versions.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::audit::Outcome;
use floorkey::{Actor, Command, Principal, Record, RecordKey, Reference, Revision, Timestamp};
use floorkey_store::{
    Admission, AuditQuery, AuditTerm, ChangePart, EventReader, Happening, StoredEvent, StoredOutcome,
};

use super::Place;
use super::audit::{eventful, events};
use crate::world::{World, operator};

/// The terms of an event, derived from the event as it is read back.
fn terms_of(event: &StoredEvent) -> BTreeSet<AuditTerm> {
    let records = event.targets.iter().chain(event.changes.iter().map(|change| &change.record));
    let mut terms: BTreeSet<_> = records.cloned().map(AuditTerm::Target).collect();
    terms.insert(match &event.principal {
        Principal::Operator { .. } => AuditTerm::Operator,
        Principal::User { id, .. } => AuditTerm::Actor(*id),
        Principal::System => AuditTerm::System,
    });
    terms.insert(AuditTerm::Act(event.act.clone()));
    if let StoredOutcome::Refused { reference, .. } = &event.outcome {
        terms.insert(AuditTerm::Refused);
        terms.extend(reference.as_deref().and_then(Reference::parse).map(AuditTerm::Reference));
    }
    if !event.flags.is_empty() {
        terms.insert(AuditTerm::Flagged);
    }
    terms
}

pub(crate) async fn a_search_finds_what_looking_at_each_event_finds<P: Place>() {
    let place = P::new();
    let (mut world, user) = eventful(&place).await;
    // More events like these by other actors, and a clock that jumps.
    for round in 0..60 {
        let actor = if round % 3 == 0 { Actor::system() } else { operator() };
        let mut event = world.refusal(&actor);
        event.at = Timestamp::from_millis(event.at.as_millis() + if round % 7 == 0 { -20 } else { 0 });
        if round % 2 == 0 {
            event.targets = vec![RecordKey::User(user), RecordKey::Settings];
        }
        if let (Outcome::Refused { reference, .. }, true) = (&mut event.outcome, round % 5 == 0) {
            // Some events share a reference.
            *reference = Some(Reference::from_random(round % 10));
        }
        let entry = world.entry(Happening::Event(Box::new(event)));
        world.head = world.store.commit(world.batch(vec![entry])).await.unwrap();
    }
    let all = events(&world).await;
    let referred = AuditQuery { terms: vec![AuditTerm::Reference(Reference::from_random(5))], ..AuditQuery::default() };
    assert_eq!(world.store.audit_search(world.instance, referred, 100).await.unwrap().len(), 6);
    let known: Vec<AuditTerm> = all.iter().flat_map(terms_of).collect::<BTreeSet<_>>().into_iter().collect();
    assert!(known.len() > 20, "{known:?}");
    let (mut empty, mut full) = (0, 0);
    for _ in 0..400 {
        let mut dice = world.id();
        let mut draw = |below: usize| {
            let drawn = usize::try_from(dice & 0xff_ffff).unwrap() % below;
            dice = (dice >> 16) ^ dice.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            drawn
        };
        // The terms of one event, so that they often match together; sometimes also a random term.
        let of_one: Vec<_> = terms_of(&all[draw(all.len())]).into_iter().collect();
        let mut terms: Vec<_> = (0..draw(4)).map(|_| of_one[draw(of_one.len())].clone()).collect();
        if draw(4) == 0 {
            terms.push(known[draw(known.len())].clone());
        }
        let at = |event: &StoredEvent| event.at;
        let any_of = (0..draw(3)).map(|_| known[draw(known.len())].clone()).collect();
        let query = AuditQuery {
            terms,
            any_of,
            before: (draw(2) == 0).then(|| u64::try_from(draw(all.len() + 2)).unwrap()),
            from: (draw(3) == 0).then(|| at(&all[draw(all.len())])),
            to: (draw(3) == 0).then(|| at(&all[draw(all.len())])),
        };
        let limit = [1, 3, 1000][draw(3)];
        let matching = all.iter().filter(|event| {
            query.terms.iter().all(|term| terms_of(event).contains(term))
                && (query.any_of.is_empty() || query.any_of.iter().any(|term| terms_of(event).contains(term)))
                && query.before.is_none_or(|before| event.seq < before)
                && query.from.is_none_or(|from| event.at >= from)
                && query.to.is_none_or(|to| event.at < to)
        });
        let expected: Vec<_> = matching.take(limit).cloned().collect();
        let found = world.store.audit_search(world.instance, query.clone(), limit).await.unwrap();
        assert_eq!(found, expected, "{query:?}");
        empty += usize::from(found.is_empty());
        full += usize::from(found.len() > 1);
    }
    assert!(empty > 40 && full > 40, "{empty} {full}");
}

pub(crate) async fn an_event_is_found_by_its_place<P: Place>() {
    let place = P::new();
    let (world, _) = eventful(&place).await;
    for event in events(&world).await {
        assert_eq!(world.store.audit_event(world.instance, event.seq).await.unwrap(), Some(event));
    }
    assert_eq!(world.store.audit_event(world.instance, 12).await.unwrap(), None);
}

/// A reader who sees everything except one field, and needs no names.
struct All;

impl EventReader for All {
    fn admit(&self, _: &RecordKey) -> Admission {
        Admission::Shown
    }

    fn ignores(&self, field: &str) -> bool {
        field == "security_epoch"
    }

    fn named(&self, _: &[RecordKey]) -> Vec<RecordKey> {
        Vec::new()
    }
}

pub(crate) async fn parts_of_events_are_bounded<P: Place>() {
    let place = P::new();
    let (world, _) = eventful(&place).await;
    let (store, instance) = (&world.store, world.instance);
    let part = |skip, take| ChangePart { reader: Arc::new(All), skip, take, with_empty: false, check: true };
    let all = events(&world).await;
    for mut event in all.clone() {
        let found = store.audit_event_part(instance, event.seq, part(0, usize::MAX)).await.unwrap().unwrap();
        event.changes.retain(|change| change.field != "security_epoch" && change.step.lines() > 0);
        event.body.clear();
        assert_eq!(found.lines, event.changes.iter().map(|change| change.step.lines()).sum::<usize>());
        assert_eq!(found.event, event);
        let found = store.audit_event_part(instance, event.seq, part(1, 2)).await.unwrap().unwrap();
        let lines: usize = found.event.changes.iter().map(|change| change.step.lines()).sum();
        assert_eq!(lines, found.lines.saturating_sub(1).min(2));
    }
    assert_eq!(store.audit_event_part(instance, 12, part(0, 5)).await.unwrap(), None);

    let search = |limit, bytes| store.audit_search_parts(instance, AuditQuery::default(), part(0, 5), limit, bytes);
    let found = search(1000, usize::MAX).await.unwrap();
    assert_eq!((found.events.len(), found.is_cut), (all.len(), false));
    // The event that reaches the limit on bytes is the last.
    let first = search(1, usize::MAX).await.unwrap();
    let cut = search(1000, first.bytes).await.unwrap();
    assert_eq!((cut.events, cut.bytes, cut.is_cut), (first.events, first.bytes, true));

    place.execute("UPDATE audit_event SET body = pack(replace(unpack(body), 'RenameUserLogin', 'RenameUserLogon'))");
    assert!(search(1000, usize::MAX).await.is_err(), "a changed body is not the one of its leaf");
}

pub(crate) async fn what_was_before_a_revision_is_found<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other) = (world.add_user().await, world.add_user().await);
    let made = world.directory.revision();
    let was = Record::User(world.directory.user(user).unwrap().clone());
    for name in ["renamed", "renamed-again"] {
        world.carry_out(Command::RenameUserLogin { user, username: name.to_owned() }).await;
    }
    let renamed = Record::User(world.directory.user(user).unwrap().clone());
    world.carry_out(Command::DeleteUser { user }).await;
    let before = |key: RecordKey, revision: u64| {
        let (store, instance) = (world.store.clone(), world.instance);
        async move { store.record_version_before(instance, key, Revision(revision)).await.unwrap() }
    };
    let key = RecordKey::User(user);
    assert_eq!(before(key.clone(), made.0 - 1).await, None, "not made yet");
    assert_eq!(before(key.clone(), made.0).await, Some(was.clone()));
    assert_eq!(before(key.clone(), made.0 + 1).await, Some(was.clone()));
    assert_eq!(before(key.clone(), made.0 + 3).await, Some(renamed.clone()));
    assert_eq!(before(key.clone(), made.0 + 4).await, None, "gone");
    assert!(before(RecordKey::User(other), made.0 + 9).await.is_some(), "still in force");

    let steps = |revision: u64| {
        let (store, instance) = (world.store.clone(), world.instance);
        async move { store.records_of_revision(instance, Revision(revision), usize::MAX).await.unwrap() }
    };
    let seen = |step: &floorkey_store::RecordStep| (step.key.clone(), step.before.is_some(), step.after.is_some());
    let creation = steps(made.0 - 1).await;
    assert_eq!(creation.iter().map(seen).collect::<Vec<_>>(), [(key.clone(), false, true)]);
    // Besides the user, the histories of both login names changed.
    let mut rename = steps(made.0 + 1).await;
    rename.retain(|step| !matches!(step.key, RecordKey::Login(_)));
    assert_eq!(rename.iter().map(seen).collect::<Vec<_>>(), [(key.clone(), true, true)]);
    assert_eq!(rename[0].before, Some(was));
    let mut deletion = steps(made.0 + 3).await;
    deletion.retain(|step| !matches!(step.key, RecordKey::Login(_)));
    assert_eq!(deletion.iter().map(seen).collect::<Vec<_>>(), [(key, true, false)]);
    assert_eq!(deletion[0].before, Some(renamed));
    let founding = steps(1).await;
    assert!(founding.len() > 5 && founding.iter().all(|step| step.before.is_none() && step.after.is_some()));
    assert!(steps(made.0 + 4).await.is_empty());
    let three = world.store.records_of_revision(world.instance, Revision(1), 3).await.unwrap();
    assert_eq!(three.len(), 3, "the founding makes more");
}

pub(crate) async fn users_who_were_deleted_are_found<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let mut gone = Vec::new();
    for _ in 0..4 {
        let user = world.add_user().await;
        world.add_user().await;
        let last = world.directory.user(user).unwrap().clone();
        let deletion = world.plan(&Command::DeleteUser { user });
        gone.push((last, deletion.event().at, deletion.revision()));
        world.commit(vec![deletion]).await.unwrap();
    }
    // A refused deletion deletes no user.
    let event = world.refusal(&operator());
    let entry = world.entry(Happening::Event(Box::new(event)));
    world.head = world.store.commit(world.batch(vec![entry])).await.unwrap();
    // One of the users was created again.
    let back = gone.remove(1);
    place.execute(&format!(
        "INSERT INTO version (instance, revision, kind, id, format, body) SELECT instance, 1000, kind, id, format, body \
         FROM version WHERE id = uuid_bytes('{}') AND body IS NOT NULL",
        back.0.id
    ));
    gone.reverse();
    let found = |since: Timestamp, limit| {
        let (store, instance) = (world.store.clone(), world.instance);
        async move {
            let found = store.deleted_users(instance, since, limit).await.unwrap();
            found.into_iter().map(|gone| (gone.user, gone.deleted_at, gone.revision)).collect::<Vec<_>>()
        }
    };
    let gone: Vec<(Arc<floorkey::User>, Timestamp, Revision)> = gone;
    assert_eq!(found(Timestamp::from_millis(0), 10).await, gone);
    assert_eq!(found(Timestamp::from_millis(0), 2).await, gone[..2]);
    assert_eq!(found(gone[1].1, 10).await, gone[..2]);
    assert!(found(Timestamp::from_millis(gone[0].1.as_millis() + 1), 10).await.is_empty());
}

pub(crate) async fn login_names_that_users_gave_up_are_found<P: Place>() {
    let place = P::new();
    let mut world = World::found(&place).await;
    let (user, other, stays) = (world.add_user().await, world.add_user().await, world.add_user().await);
    let username = |world: &World, user| world.directory.user(user).unwrap().username.clone();
    let (first, gone) = (username(&world, user), username(&world, other));
    world.carry_out(Command::RenameUserLogin { user, username: "second".to_owned() }).await;
    let renamed = world.directory.revision();
    let renamed_at = world.directory.user(user).unwrap().modified;
    // Neither a different letter case nor another edit gives up a login name.
    world.carry_out(Command::RenameUserLogin { user, username: "Second".to_owned() }).await;
    world.carry_out(Command::SetUserEnabled { user: stays, enabled: false }).await;
    world.carry_out(Command::DeleteUser { user: other }).await;
    let deleted = world.directory.revision();
    let found = |since: i64| {
        let (store, instance) = (world.store.clone(), world.instance);
        async move {
            let mut found = store.former_logins(instance, Timestamp::from_millis(since)).await.unwrap();
            found.sort_by_key(|former| former.until);
            found.into_iter().map(|one| (one.user.id, one.user.username.clone(), one.until, one.at)).collect::<Vec<_>>()
        }
    };
    let all = found(0).await;
    let deleted_at = all.last().and_then(|(.., at)| *at);
    assert!(deleted_at.is_some_and(|at| at >= renamed_at));
    let expected = [(user, first, renamed, Some(renamed_at)), (other, gone, deleted, deleted_at)];
    assert_eq!(all, expected);
    let long_ago = found(i64::MAX).await;
    assert!(long_ago.len() == 2 && long_ago.iter().all(|(.., at)| at.is_none()), "{long_ago:?}");
}
