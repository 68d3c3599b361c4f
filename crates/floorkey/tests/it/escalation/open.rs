//! Violations that are known and not mended yet. The list ends empty: what stands here is taken out by whoever mends it,
//! and what is found and doesn't stand here fails.

use super::cast::Side;
use super::kinds::Kind;
use super::search::Found;
use super::step::{Name, Step};

/// A known violation: what it is, and which sequences lead to it.
pub(super) struct Open {
    pub(super) what: &'static str,
    /// The name of the world, and what was found there.
    pub(super) is: fn(&str, &Found) -> bool,
}

pub(super) const OPEN: &[Open] = &[
    Open {
        what: "a user is created with a login name that a value named before anybody had it",
        is: |_, found| {
            let creates =
                |step: &Step| step.side == Side::Attackers && matches!(step.name(), Name::Command(Kind::CreateUser));
            found.violation.words.contains("refund") && found.path.iter().any(creates)
        },
    },
    Open {
        what: "accounts are touched of users who have the same for longer",
        is: |world, found| world == "dates" || !found.violation.words.contains("(at 0, 1, 2)"),
    },
];
