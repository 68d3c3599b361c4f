//! Violations that are known and not mended yet. The list ends empty: what stands here is taken out by whoever mends it,
//! and what is found and doesn't stand here fails.

use super::search::Found;

/// A known violation: what it is, and which sequences lead to it.
pub(super) struct Open {
    pub(super) what: &'static str,
    pub(super) is: fn(&Found) -> bool,
}

pub(super) const OPEN: &[Open] =
    &[Open { what: "owners are compared by login", is: |found| found.violation.words.contains("refund") }];
