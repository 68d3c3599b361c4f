//! The guard against long attacks: an attacker with one account, and with every account that can be taken over from it,
//! gains no more by any sequence of commands than that account could give at the start.

use floorkey::{Command, Directory, GuardMode, Record, Target, Thing, UserId, plan};
use proptest::prelude::*;

use super::guard::{covered, unmoved};
use super::powers::{Powers, turning_points};
use super::{cases, centre, target};
use crate::commands::{Draw, NOW};
use crate::rng::TestRng;
use crate::test_instance::actor_of;

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn under_enforce_no_sequence_of_commands_exceeds_the_first_ceiling(seed: u64, steps in 1..150_usize) {
        let before = centre(Some(GuardMode::Enforce));
        let mut rng = TestRng::new(seed);
        let users: Vec<_> = before.users_after(None).map(|user| user.id).collect();
        let attacker = *rng.choose(&users);
        if !before.is_administrator(attacker) {
            let after = take_over(&mut rng, &before, attacker, steps);
            nobody_came_to_more(&before, &after, attacker);
        }
    }
}

/// Runs random commands from the attacker's account and from every account that an earlier command created or restored,
/// or whose password or identity it changed.
fn take_over(rng: &mut TestRng, before: &Directory, attacker: UserId, steps: usize) -> Directory {
    let mut directory = before.clone();
    let mut taken = vec![attacker];
    for _ in 0..steps {
        let actor = actor_of(*rng.choose(&taken));
        let command = Draw::new(rng, &directory).command();
        let Ok(planned) = plan(&directory, &actor, &command, NOW) else { continue };
        directory = planned.next;
        match command {
            Command::ResetUserPassword { user, .. } | Command::UpdateUserIdentityInfo { user, .. } => taken.push(user),
            Command::CreateUser(new) => taken.push(new.id),
            Command::RestoreUser { user, .. } => taken.push(user.id),
            _ => {}
        }
    }
    directory
}

fn nobody_came_to_more(before: &Directory, after: &Directory, attacker: UserId) {
    let (records_before, records_after) = (before.records(), after.records());
    let (before, after) = (Powers::new(&records_before), Powers::new(&records_after));
    let actor = before.user(attacker).unwrap();
    let places = places(&records_after, &before, &after);
    for user in &after.users {
        let was = before.user(user.id);
        for at in turning_points(was.into_iter().chain([*user]).flat_map(|user| &user.assignments), NOW) {
            for thing in &places {
                let had = was.map(|was| before.held(was, at, thing.as_ref())).unwrap_or_default();
                let has = after.held(user, at, thing.as_ref());
                let ceiling = before.ceiling(actor, NOW, thing.as_ref());
                let context = || format!("{} made {} reach {thing:?}", actor.username, user.username);
                covered(&had, &has, &ceiling, context);
            }
        }
    }
}

/// Returns `None` for the instance, and each resource whose tags and hierarchy group did not change. Moved resources
/// are left out because other users can have access to them after the move.
fn places<'a>(records: &[Record], before: &Powers<'a>, after: &Powers<'a>) -> Vec<Option<Thing<'a>>> {
    let stands = |target: Target<'static>| {
        let (was, is) = (before.oracle.thing(&target)?, after.oracle.thing(&target)?);
        unmoved(Some(&was), Some(&is)).then_some(was)
    };
    let things = records.iter().filter_map(|record| stands(target(&record.key())?));
    [None].into_iter().chain(things.map(Some)).collect()
}
