//! Violations that are known and left on purpose, each as `SECURITY.md` says. What is found and doesn't stand here
//! fails.

use super::cast::Side;
use super::invariant::{Breach, Violation};
use super::search::Found;
use super::worlds::World;

/// A known violation: what it is, and which sequences lead to it.
pub(super) struct Open {
    pub(super) what: &'static str,
    pub(super) is: fn(&World, &Found) -> bool,
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
