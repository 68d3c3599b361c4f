//! Compares Floorkey's in-process checks with a rival that looks up the same keys in a hash map and tests one bit.

use std::sync::Arc;

use floorkey::{
    Directory, Permission, PermissionSet, Record, RecordChange, Request, RequestedAction, Target, Timestamp, User,
    UserId, catalog,
};
use foldhash::fast::FixedState;

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::world::{Dice, world};

const QUESTIONS: usize = 1_000_000;

/// The number of users who change after Floorkey has built its table of users.
const CHANGED: usize = 1_000;

pub(crate) fn check(name: &'static str, users: usize) -> Figure {
    let (directory, ids) = world(users);
    measure(name, &directory, &ids)
}

/// Measures the same as [`check`], after some users have changed since Floorkey built its table of users.
pub(crate) fn changed() -> Figure {
    let (mut directory, ids) = world(100_000);
    for at in 0..CHANGED {
        let user = directory.user(ids[at * ids.len() / CHANGED]).expect("a user");
        let next = User { enabled: false, ..User::clone(user) };
        let revision = directory.revision().next();
        directory = directory.apply(revision, &[RecordChange::Upsert(Record::User(Arc::new(next)))]);
    }
    measure("check_changed", &directory, &ids)
}

fn measure(name: &'static str, directory: &Directory, ids: &[UserId]) -> Figure {
    let at = Timestamp::from_millis(0);
    // The rival maps each user ID to the index of a permission set. It stores equal permission sets only once.
    let mut sets: Vec<PermissionSet> = Vec::new();
    let mut known = hashbrown::HashMap::<PermissionSet, u32, FixedState>::default();
    let mut rival = hashbrown::HashMap::<u128, u32, FixedState>::default();
    for id in ids {
        let everywhere = directory.user(*id).map(|user| directory.grants_at(user, at).unscoped).unwrap_or_default();
        let number = *known.entry(everywhere).or_insert_with(|| {
            sets.push(everywhere);
            sets.len() as u32 - 1
        });
        rival.insert(id.bits(), number);
    }
    let permissions: Vec<Permission> = catalog().granting().iter().collect();
    let mut dice = Dice(7);
    let questions: Vec<(UserId, Permission)> =
        (0..QUESTIONS).map(|_| (ids[dice.below(ids.len())], permissions[dice.below(permissions.len())])).collect();

    let (mut allowed, mut rival_allowed) = (0, 0);
    let (ratio, us, them) = in_turn(
        || {
            let (elapsed, count) = time(|| {
                let ask = |&(subject, permission): &(UserId, Permission)| {
                    let action = RequestedAction::Permission(permission);
                    directory.decide(&Request::new(subject, action, Target::Instance, at)).allowed()
                };
                questions.iter().filter(|question| ask(question)).count()
            });
            allowed = count;
            elapsed
        },
        || {
            let (elapsed, count) = time(|| {
                let ask = |(subject, permission): &(UserId, Permission)| {
                    rival
                        .get(&subject.bits())
                        .and_then(|number| sets.get(*number as usize))
                        .is_some_and(|set| set.contains(*permission))
                };
                questions.iter().filter(|question| ask(question)).count()
            });
            rival_allowed = count;
            elapsed
        },
    );
    assert_eq!(allowed, rival_allowed, "both sides answer alike");
    let nanos = |elapsed: std::time::Duration| elapsed.as_secs_f64() * 1e9 / QUESTIONS as f64;
    Figure {
        name,
        ratio,
        bound: Bound::AtMost(1.5),
        against: "a bare hash lookup plus bit test on the same keys",
        detail: format!(
            "{:.1} ns a check, {:.1} ns the rival; {allowed} of {QUESTIONS} allowed by both",
            nanos(us),
            nanos(them)
        ),
    }
}
