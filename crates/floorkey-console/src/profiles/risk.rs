//! The risks of permissions. Each risk has a text and one of two severities.

use floorkey::catalog::{Polarity, Risk};
use floorkey::review::risks::BY_SEVERITY;
use floorkey::{Permission, PermissionSet};

use crate::web::table::Badge;

/// A risk prepared for display.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RiskBadge {
    /// `bad` or `warn`. This value determines the badge's color and shape.
    pub(crate) kind: &'static str,
    /// A short description, such as `can lead to full access`.
    pub(crate) text: &'static str,
}

impl RiskBadge {
    /// Returns the risk as a mark in a table.
    pub(crate) fn into_badge(self) -> Badge {
        Badge { kind: self.kind, text: floorkey::text::capitalized(self.text).into() }
    }
}

/// Returns the risks of a permission, most severe first.
pub(crate) fn badges(permission: Permission) -> Vec<RiskBadge> {
    badges_of_risks(permission.info().risks.iter().copied())
}

/// Returns the risks of all permissions in a set, most severe first.
pub(super) fn badges_of_set(permissions: &PermissionSet) -> Vec<RiskBadge> {
    let granting = permissions.iter().filter(|permission| permission.info().polarity == Polarity::Grant);
    badges_of_risks(granting.flat_map(|permission| permission.info().risks.iter().copied()))
}

fn badges_of_risks(risks: impl Iterator<Item = Risk>) -> Vec<RiskBadge> {
    let mut risks: Vec<Risk> = risks.collect();
    risks.sort_by_key(|risk| BY_SEVERITY.iter().position(|known| known == risk));
    risks.dedup();
    risks.into_iter().map(badge).collect()
}

/// Returns the text and severity of a risk.
pub(crate) fn badge(risk: Risk) -> RiskBadge {
    let (kind, text) = match risk {
        Risk::Escalation => ("bad", "can lead to full access"),
        Risk::LockOut => ("bad", "can lock others out"),
        Risk::SensitiveData => ("warn", "sees personal data"),
        Risk::Exfiltration => ("warn", "can carry data away"),
        Risk::Destructive => ("warn", "can destroy for good"),
        Risk::LiveService => ("warn", "changes live service"),
        Risk::Cost => ("warn", "can cause costs"),
    };
    RiskBadge { kind, text }
}
