//! Compares the time to edit a profile that a million users have with the time to edit a profile that a thousand users
//! have.

use std::sync::Arc;
use std::time::Duration;

use floorkey::profile::SecurityProfile;
use floorkey::{
    Actor, Command, Directory, InstanceId, PermissionSet, Record, Revision, SecurityProfileEdit, SecurityProfileId,
    Timestamp, UserId,
};

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::world::{Dice, user};

const EDITS: usize = 2_000;

pub(crate) fn profile_edit() -> Figure {
    let (many, few) = (holders(1_000_000), holders(1_000));
    let (ratio, us, them) = in_turn(|| edits(&many), || edits(&few));
    let micros = |elapsed: Duration| elapsed.as_secs_f64() * 1e6 / EDITS as f64;
    Figure {
        name: "profile_edit_1m",
        ratio,
        bound: Bound::AtMost(2.0),
        against: "the same edit of a profile that 1k users hold",
        detail: format!(
            "{:.1} µs with 1M holders, {:.1} µs with 1k: planned and ready to publish",
            micros(us),
            micros(them)
        ),
    }
}

/// Edits a profile repeatedly. Each edit is applied to the result of the previous edit. The previous directory is kept
/// in memory, because other threads of a server might still use it.
fn edits(directory: &Directory) -> Duration {
    let actor = Actor::system();
    let sets = [vec!["Users.View".to_owned(), "Queues.Edit".to_owned()], vec!["Users.Edit".to_owned()]];
    time(|| {
        let mut tip = directory.clone();
        for at in 0..EDITS {
            let edit =
                SecurityProfileEdit { permissions: Some(sets[at % 2].clone()), ..SecurityProfileEdit::default() };
            let command =
                Command::UpdateSecurityProfile { profile: SecurityProfileId::from_bits(1), edit: Box::new(edit) };
            let published = tip.clone();
            tip = floorkey::plan(&published, &actor, &command, Timestamp::from_millis(at as i64))
                .expect("the system may")
                .next;
        }
        tip
    })
    .0
}

fn holders(users: usize) -> Directory {
    let mut dice = Dice(3);
    let profile = |bits: u128, name: &str| {
        let profile = SecurityProfile::new(
            SecurityProfileId::from_bits(bits),
            name.to_owned(),
            String::new(),
            PermissionSet::EMPTY,
            Timestamp::from_millis(0),
        );
        Record::Profile(Arc::new(profile))
    };
    let mut records = vec![profile(1, "Everybody"), profile(2, "Some"), profile(3, "Others")];
    for at in 0..users {
        let mut held = vec![SecurityProfileId::from_bits(1)];
        held.extend((2..4).filter(|_| dice.below(2) == 0).map(SecurityProfileId::from_bits));
        records.push(Record::User(Arc::new(user(UserId::from_bits(dice.bits()), at, held))));
    }
    Directory::from_records(InstanceId::from_bits(1), Revision(1), records)
}
