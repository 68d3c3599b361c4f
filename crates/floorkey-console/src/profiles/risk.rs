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

/// The values of the filter of profiles by risk: full access, the risks of permissions, and none.
pub(crate) const PROFILE_RISKS: &[(&str, &str)] = &[
    ("full", "Full access"),
    ("escalation", "Can lead to full access"),
    ("lock-out", "Can lock others out"),
    ("exfiltration", "Can carry data away"),
    ("sensitive-data", "Sees personal data"),
    ("destructive", "Can destroy for good"),
    ("live-service", "Changes live service"),
    ("cost", "Can cause costs"),
    ("none", "None"),
];

/// The values of the filter of permissions by risk. No single permission is full access.
pub(crate) const PERMISSION_RISKS: &[(&str, &str)] = PROFILE_RISKS.split_at(1).1;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_filters_name_each_risk_as_its_badge_does() {
        let badges = BY_SEVERITY.iter().map(|risk| floorkey::text::capitalized(badge(*risk).text));
        let mut expected: BTreeSet<String> = badges.collect();
        expected.insert("None".to_owned());
        let offered: BTreeSet<String> = PERMISSION_RISKS.iter().map(|(_, label)| (*label).to_owned()).collect();
        assert_eq!(offered, expected);
    }
}
