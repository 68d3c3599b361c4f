//! The risks of permissions, as text with two severities.

use floorkey::catalogue::{Polarity, Risk};
use floorkey::review::risks::BY_SEVERITY;
use floorkey::{Permission, PermissionSet};

/// A risk prepared for display.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// `bad` or `warn`, which determines color and shape.
    pub(crate) kind: &'static str,
    /// A short text: `can lead to full access`.
    pub(crate) text: &'static str,
}

/// Returns the risks of a permission, most severe first.
pub(crate) fn marks(permission: Permission) -> Vec<Mark> {
    marks_of(permission.info().risks.iter().copied())
}

/// Returns the risks of all permissions in a set, most severe first.
pub(super) fn marks_of_set(held: &PermissionSet) -> Vec<Mark> {
    let granting = held.iter().filter(|permission| permission.info().polarity == Polarity::Grant);
    marks_of(granting.flat_map(|permission| permission.info().risks.iter().copied()))
}

fn marks_of(risks: impl Iterator<Item = Risk>) -> Vec<Mark> {
    let mut risks: Vec<Risk> = risks.collect();
    risks.sort_by_key(|risk| BY_SEVERITY.iter().position(|known| known == risk));
    risks.dedup();
    risks.into_iter().map(mark).collect()
}

/// Returns the text and severity of a risk.
pub(crate) fn mark(risk: Risk) -> Mark {
    let (kind, text) = match risk {
        Risk::Escalation => ("bad", "can lead to full access"),
        Risk::LockOut => ("bad", "can lock others out"),
        Risk::SensitiveData => ("warn", "sees personal data"),
        Risk::Exfiltration => ("warn", "can carry data away"),
        Risk::Destructive => ("warn", "can destroy for good"),
        Risk::LiveService => ("warn", "changes live service"),
        Risk::Cost => ("warn", "can cause costs"),
    };
    Mark { kind, text }
}
