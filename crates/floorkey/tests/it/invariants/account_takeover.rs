//! Tests the guard against multi-step attacks. The attacker has one account, and can use it to take over more accounts.
//! Commands from these accounts must not give any user more access than the first account could give at the start.

use floorkey::{Command, Directory, GuardMode, Record, ResourceAttributes, Target, UserId, plan};
use proptest::prelude::*;

use super::access::{AccessModel, change_times};
use super::guard::{assert_covered, is_unmoved};
use super::{build_instance, cases, target};
use crate::commands::{CommandGenerator, NOW};
use crate::rng::TestRng;
use crate::test_instance::actor_of;

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn under_enforce_no_sequence_of_commands_exceeds_the_first_grantable_access(seed: u64, steps in 1..150_usize) {
        let before = build_instance(Some(GuardMode::Enforce));
        let mut rng = TestRng::new(seed);
        let users: Vec<_> = before.users_after(None).map(|user| user.id).collect();
        let attacker = *rng.choose(&users);
        if !before.is_administrator(attacker) {
            let after = take_over(&mut rng, &before, attacker, steps);
            check_gains(&before, &after, attacker);
        }
    }
}

/// Runs random commands from the attacker's account, and from accounts that the attacker might have taken over. An
/// account counts as taken over if an earlier command created it, restored it, or changed its password or identity.
fn take_over(rng: &mut TestRng, before: &Directory, attacker: UserId, steps: usize) -> Directory {
    let mut directory = before.clone();
    let mut accounts = vec![attacker];
    for _ in 0..steps {
        let actor = actor_of(*rng.choose(&accounts));
        let command = CommandGenerator::new(rng, &directory).command();
        let Ok(planned) = plan(&directory, &actor, &command, NOW) else { continue };
        directory = planned.next;
        match command {
            Command::ResetUserPassword { user, .. } | Command::UpdateUserIdentityInfo { user, .. } => {
                accounts.push(user)
            }
            Command::CreateUser(new) => accounts.push(new.id),
            Command::RestoreUser { user, .. } => accounts.push(user.id),
            _ => {}
        }
    }
    directory
}

fn check_gains(before: &Directory, after: &Directory, attacker: UserId) {
    let (records_before, records_after) = (before.records(), after.records());
    let (before, after) = (AccessModel::new(&records_before), AccessModel::new(&records_after));
    let actor = before.user(attacker).unwrap();
    let targets = unmoved_targets(&records_after, &before, &after);
    for user in &after.users {
        let user_before = before.user(user.id);
        for at in change_times(user_before.into_iter().chain([*user]).flat_map(|user| &user.assignments), NOW) {
            for resource in &targets {
                let had = user_before
                    .map(|user_before| before.access(user_before, at, resource.as_ref()))
                    .unwrap_or_default();
                let has = after.access(user, at, resource.as_ref());
                let grantable = before.grantable_access(actor, NOW, resource.as_ref());
                let context = || format!("{} made {} reach {resource:?}", actor.username, user.username);
                assert_covered(&had, &has, &grantable, context);
            }
        }
    }
}

/// Returns each resource whose tags and hierarchy group did not change, and `None` for the instance. Moved resources
/// are omitted, because a move can give other users access to them.
fn unmoved_targets<'a>(
    records: &[Record],
    before: &AccessModel<'a>,
    after: &AccessModel<'a>,
) -> Vec<Option<ResourceAttributes<'a>>> {
    let unmoved = |target: Target<'static>| {
        let (before, after) = (before.oracle.thing(&target)?, after.oracle.thing(&target)?);
        is_unmoved(Some(&before), Some(&after)).then_some(before)
    };
    let resources = records.iter().filter_map(|record| unmoved(target(&record.key())?));
    [None].into_iter().chain(resources.map(Some)).collect()
}
