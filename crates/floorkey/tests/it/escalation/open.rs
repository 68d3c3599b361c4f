//! Violations that are known and not mended yet. The list ends empty: what stands here is taken out by whoever mends it,
//! and what is found and doesn't stand here fails.

use super::cast::Side;
use super::invariant::Breach;
use super::kinds::Kind;
use super::search::Found;
use super::step::Name;

/// A known violation: what it is, and which sequences lead to it.
pub(super) struct Open {
    pub(super) what: &'static str,
    pub(super) is: fn(&Found) -> bool,
}

pub(super) const OPEN: &[Open] = &[
    Open { what: "losses don't count like gains", is: |found| found.violation.breach == Breach::Takes },
    Open {
        what: "a batch weakens a user and touches it then",
        is: |found| found.violation.breach == Breach::Touches && has(found, Side::Attackers, &[Kind::Batch]),
    },
    Open {
        what: "whoever had a hand on a user's ways in keeps it when the user gets more",
        is: |found| found.violation.breach == Breach::ActsAs && has(found, Side::Honest, PROMOTES),
    },
    Open {
        what: "a profile that was made assignable while harmless is strengthened",
        is: |found| has(found, Side::Attackers, &[Kind::SetAssignableProfiles]),
    },
    Open {
        what: "the way back in fills a profile by its name",
        is: |found| has(found, Side::Honest, &[Kind::RestoreAdministrator]),
    },
    Open {
        what: "permissions that a restriction narrows are given free of it",
        is: |found| found.violation.words.contains("without restriction"),
    },
    Open { what: "owners are compared by login", is: |found| found.violation.words.contains("refund") },
    Open {
        what: "what is given outlasts the grant that it comes from",
        is: |found| !found.violation.words.contains("(at 0"),
    },
];

/// By which an honest administrator gives a user more.
const PROMOTES: &[Kind] = &[
    Kind::UpdateUserSecurityProfiles,
    Kind::AssociateSecurityProfiles,
    Kind::UpdateSecurityProfile,
    Kind::ReplaceSecurityProfile,
    Kind::SetUserEnabled,
    Kind::Undo,
];

fn has(found: &Found, side: Side, kinds: &[Kind]) -> bool {
    found.path.iter().filter(|step| step.side == side).any(|step| match step.name() {
        Name::Command(kind) => kinds.contains(&kind),
        Name::SendLink | Name::Tick => false,
    })
}
