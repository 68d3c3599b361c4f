//! Known violations that are accepted, each documented in `SECURITY.md`. Any other violation fails the test.

use super::cast::Side;
use super::invariant::{Breach, Violation};
use super::search::Found;
use super::worlds::SmallWorld;

/// A known violation: its description, and a predicate for the sequences that lead to it.
pub(super) struct Open {
    pub(super) what: &'static str,
    pub(super) is: fn(&SmallWorld, &Found) -> bool,
}

pub(super) const OPEN: &[Open] = &[Open {
    what: "accounts are touched, until the attackers' own access ends, of users who have the same for longer",
    is: |world, found| {
        let Violation { breach, user, beyond, tick, .. } = &found.violation;
        let is_theirs = found.path.last().is_some_and(|step| step.side == Side::Attackers);
        world.variants.dates
            && is_theirs
            && !world.attackers[*user]
            && *breach != Breach::Gives
            && beyond.only_tick(*tick).is_empty()
    },
}];
