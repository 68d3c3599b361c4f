//! The known violations, which are accepted and documented in `SECURITY.md`. Any other violation makes the test fail.

use super::fixtures::Side;
use super::invariant::{Breach, Violation};
use super::search::FoundViolation;
use super::worlds::SmallWorld;

/// A known violation, with a description and a predicate. The predicate recognizes sequences of steps that lead to the
/// violation.
pub(super) struct KnownViolation {
    pub(super) description: &'static str,
    pub(super) matches: fn(&SmallWorld, &FoundViolation) -> bool,
}

pub(super) const KNOWN_VIOLATIONS: &[KnownViolation] = &[KnownViolation {
    description: "accounts are touched, until the attackers' own access ends, of users who have the same for longer",
    matches: |world, found| {
        let Violation { breach, user, excess, tick, .. } = &found.violation;
        let is_theirs = found.path.last().is_some_and(|step| step.side == Side::Attackers);
        world.variants.dates
            && is_theirs
            && !world.attackers[*user]
            && *breach != Breach::Gain
            && excess.only_tick(*tick).is_empty()
    },
}];
