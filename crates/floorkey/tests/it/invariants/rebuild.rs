//! Tests that the directory in memory equals a directory that is rebuilt from its records. Also tests that an instance
//! never loses its last administrator.

use floorkey::audit::Outcome;
use floorkey::user::PasswordState;
use floorkey::{
    Directory, Request, RequestedAction, ResourceType, Target, Timestamp, User, catalog, plan, refused_event,
};
use proptest::prelude::*;

use super::access::AccessModel;
use super::{Actors, cases, run_random};
use crate::commands::NOW;
use crate::rng::TestRng;

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_directory_after_random_commands_equals_one_rebuilt_from_its_records(seed: u64, steps in 1..120_usize) {
        let tried = run_random(seed, steps, None, Actors::All);
        let last = tried.last().unwrap();
        let directory = last.outcome.as_ref().map_or(&last.before, |(_, next)| next);
        let mut records = directory.records();
        if seed % 2 == 0 {
            // The order of the records does not matter.
            records.reverse();
        }
        let rebuilt = Directory::from_records(directory.instance(), directory.revision(), records);
        same(directory, &rebuilt, seed);
    }

    #[test]
    fn each_change_is_one_revision_and_a_refusal_changes_nothing(seed: u64, steps in 1..40_usize) {
        for tried in run_random(seed, steps, None, Actors::All) {
            let records = tried.before.records();
            let again = plan(&tried.before, &tried.actor, &tried.command, NOW).map(|planned| planned.change);
            prop_assert_eq!(tried.before.records(), records, "planning changes nothing");
            match tried.outcome {
                Ok((change, next)) => {
                    let again = again.unwrap();
                    prop_assert_eq!(again.records(), change.records(), "and says the same each time");
                    prop_assert_eq!(change.revision(), tried.before.revision().next());
                    prop_assert_eq!(next.revision(), change.revision());
                    prop_assert_eq!(&change.event().outcome, &Outcome::Done { revision: next.revision() });
                    let applied = tried.before.apply(change.revision(), change.records());
                    prop_assert_eq!(applied.records(), next.records());
                }
                Err(refusal) => {
                    prop_assert_eq!(&again.unwrap_err(), &refusal, "and says the same each time");
                    let event = refused_event(&tried.actor, tried.command.action(), Vec::new(), &refusal, NOW);
                    prop_assert_eq!(event.action, tried.command.action());
                    prop_assert_eq!(event.actor, tried.actor);
                    prop_assert!(event.changes.is_empty());
                    // The audit event has all details of the refusal. The message for the actor can have fewer details.
                    let message = refusal.details();
                    prop_assert!(!message.is_empty() && !refusal.to_string().is_empty());
                    prop_assert_eq!(event.outcome, Outcome::Refused { code: refusal.code(), message, reference: None });
                }
            }
        }
    }

    #[test]
    fn no_actor_can_remove_the_last_administrator(seed: u64, steps in 1..60_usize) {
        for tried in run_random(seed, steps, None, Actors::All) {
            let Ok((_, next)) = &tried.outcome else { continue };
            prop_assert_eq!(next.administrator_count(), administrators(next), "after {:?}", tried.command);
            prop_assert!(
                tried.before.administrator_count() == 0 || next.administrator_count() > 0,
                "lost by {:?}", tried.command
            );
        }
    }
}

/// Counts the administrators. An administrator can sign in, and has profiles without start or end times. Together,
/// these profiles grant every permission that grants access, with no scope.
fn administrators(directory: &Directory) -> u64 {
    let records = directory.records();
    let powers = AccessModel::new(&records);
    let full = |user: &User| {
        let mut undated = user.clone();
        undated.assignments.retain(|assignment| assignment.from.is_none() && assignment.until.is_none());
        powers.access(&undated, NOW, None).is_full()
    };
    let signs_in = |user: &User| user.enabled && user.password != PasswordState::None;
    powers.users.iter().filter(|user| signs_in(user) && full(user)).count() as u64
}

fn same(one: &Directory, other: &Directory, seed: u64) {
    assert_eq!(one.records(), other.records());
    assert_eq!(one.administrator_count(), other.administrator_count());
    assert_eq!(one.user_count(), other.user_count());
    let logins = |directory: &Directory| directory.users_after(None).map(|user| user.id).collect::<Vec<_>>();
    assert_eq!(logins(one), logins(other));
    for user in one.users_after(None) {
        assert_eq!(one.user(user.id), other.user(user.id));
        assert_eq!(other.user_by_login(&user.username.to_uppercase()).map(|found| found.id), Some(user.id));
        assert_eq!(one.is_administrator(user.id), other.is_administrator(user.id));
        assert_eq!(one.lookalike(&user.username).is_some(), other.lookalike(&user.username).is_some());
        let keys = |directory: &Directory| directory.access_keys_of(user.id).cloned().collect::<Vec<_>>();
        assert_eq!(keys(one), keys(other));
    }
    let profiles = |directory: &Directory| directory.profiles().cloned().collect::<Vec<_>>();
    assert_eq!(profiles(one), profiles(other));
    for profile in one.profiles() {
        let holders = |directory: &Directory| {
            let mut ids: Vec<_> = directory.users_with_profile(profile.id).map(|user| user.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(holders(one), holders(other));
        assert_eq!(holders(one).len(), one.profile_user_count(profile.id));
        assert_eq!(one.profile_user_count(profile.id), other.profile_user_count(profile.id));
        assert_eq!(one.grants(profile.id), other.grants(profile.id));
        assert_eq!(other.profile_by_name(&profile.name.to_uppercase()).map(|found| found.id), Some(profile.id));
    }
    same_groups_and_resources(one, other);
    same_decisions(one, other, seed);
}

fn same_groups_and_resources(one: &Directory, other: &Directory) {
    let groups = |directory: &Directory| directory.groups().cloned().collect::<Vec<_>>();
    assert_eq!(groups(one), groups(other));
    for group in one.groups() {
        let children = |directory: &Directory| directory.child_groups(group.id).cloned().collect::<Vec<_>>();
        assert_eq!(children(one), children(other));
        assert_eq!(one.group_user_count(group.id), other.group_user_count(group.id));
        let users = one.users_after(None).filter(|user| user.hierarchy_group == Some(group.id)).count();
        assert_eq!(one.group_user_count(group.id), users);
        assert_eq!(other.group_by_name(group.parent, &group.name).map(|found| found.id), Some(group.id));
    }
    for kind in ResourceType::ALL {
        let resources = |directory: &Directory| directory.resources(*kind).cloned().collect::<Vec<_>>();
        assert_eq!(resources(one), resources(other));
        for resource in one.resources(*kind) {
            assert_eq!(one.routing_user_count(resource.id), other.routing_user_count(resource.id));
            let users = one.users_after(None).filter(|user| user.routing_profile == resource.id).count();
            assert_eq!(one.routing_user_count(resource.id), users);
            let needing = |directory: &Directory| directory.dependents(resource.id).cloned().collect::<Vec<_>>();
            assert_eq!(needing(one), needing(other));
        }
    }
    assert_eq!(one.settings(), other.settings());
    assert_eq!(one.hierarchy_structure(), other.hierarchy_structure());
}

fn same_decisions(one: &Directory, other: &Directory, seed: u64) {
    let mut rng = TestRng::new(seed);
    let names: Vec<_> = catalog().permissions().collect();
    let users: Vec<_> = one.users_after(None).map(|user| user.id).collect();
    for _ in 0..400 {
        let (subject, name) = (*rng.choose(&users), *rng.choose(&names));
        let target = if rng.percent(50) { Target::Instance } else { Target::User(*rng.choose(&users)) };
        let at = Timestamp::from_millis(900 + rng.below(300) as i64);
        let request = Request::new(subject, RequestedAction::Permission(name), target, at);
        assert_eq!(one.decide(&request), other.decide(&request));
    }
}
