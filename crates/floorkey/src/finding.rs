//! Findings: states of an instance that an administrator should look at, such as administrators without MFA.
//!
//! [`review::findings`](crate::review::findings) computes which findings an instance has. This module has their IDs,
//! and the record with what users decided about a finding: that it is dismissed for a while, and who takes care of it.

use std::fmt;

use crate::id::{SecurityProfileId, UserId};
use crate::time::Timestamp;

/// The ID of a finding. It stays the same while the users that the finding is about change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingId {
    /// Full administrators can sign in with a password alone.
    AdministratorsWithoutMfa,
    /// Only one full administrator whose access doesn't end can sign in.
    SingleAdministrator,
    /// Many users have full access.
    ManyAdministrators,
    /// Many users have this profile, and its permissions can lead to full access.
    EscalationPath(SecurityProfileId),
    /// Temporary passwords have not been used for a long time.
    UnusedTemporaryPasswords,
    /// Users have an email address that they have not verified.
    UnverifiedEmails,
    /// No user has these security profiles.
    UnusedProfiles,
}

/// The beginning of the ID of a finding about a security profile. The profile's ID follows.
const ESCALATION_PATH: &str = "escalation-path-";

impl FindingId {
    /// The findings that are not about a single security profile.
    pub const GENERAL: [Self; 6] = [
        Self::AdministratorsWithoutMfa,
        Self::SingleAdministrator,
        Self::ManyAdministrators,
        Self::UnusedTemporaryPasswords,
        Self::UnverifiedEmails,
        Self::UnusedProfiles,
    ];

    /// Parses an ID in the form that [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(ESCALATION_PATH) {
            Some(profile) => SecurityProfileId::parse(profile).map(Self::EscalationPath),
            None => Self::GENERAL.into_iter().find(|id| id.kind() == text),
        }
    }

    /// Returns the kind of finding: the ID without the ID of a profile.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::AdministratorsWithoutMfa => "administrators-without-mfa",
            Self::SingleAdministrator => "single-administrator",
            Self::ManyAdministrators => "many-administrators",
            Self::EscalationPath(_) => "escalation-path",
            Self::UnusedTemporaryPasswords => "unused-temporary-passwords",
            Self::UnverifiedEmails => "unverified-emails",
            Self::UnusedProfiles => "unused-profiles",
        }
    }

    /// Returns the title of findings of this kind, in sentence case.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::AdministratorsWithoutMfa => "Administrators without MFA",
            Self::SingleAdministrator => "Only one administrator can sign in",
            Self::ManyAdministrators => "Many users have full access",
            Self::EscalationPath(_) => "Escalation path",
            Self::UnusedTemporaryPasswords => "Unused temporary passwords",
            Self::UnverifiedEmails => "Emails not verified",
            Self::UnusedProfiles => "Security profiles without users",
        }
    }

    /// Returns the profile that the finding is about, if it is about a single profile.
    #[must_use]
    pub const fn profile(self) -> Option<SecurityProfileId> {
        match self {
            Self::EscalationPath(profile) => Some(profile),
            _ => None,
        }
    }

    /// Whether the finding counts security profiles instead of users.
    #[must_use]
    pub const fn counts_profiles(self) -> bool {
        matches!(self, Self::UnusedProfiles)
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EscalationPath(profile) => write!(f, "{ESCALATION_PATH}{profile}"),
            other => f.write_str(other.kind()),
        }
    }
}

/// What users decided about a finding. A finding without a decision has no such record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingState {
    /// The finding.
    pub id: FindingId,
    /// Why and how long the finding is dismissed; `None` if it is not.
    pub dismissal: Option<Dismissal>,
    /// The user who takes care of the finding.
    pub assignee: Option<UserId>,
    /// When the decision last changed.
    pub modified: Timestamp,
}

/// The decision to accept a finding for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissal {
    /// The reason, up to 500 characters.
    pub reason: String,
    /// When the dismissal ends.
    pub until: Timestamp,
    /// The number of users or profiles that the finding counted. If it counts more later, the dismissal no longer
    /// applies.
    pub count: u64,
    /// The user who dismissed the finding; `None` for the operator.
    pub by: Option<UserId>,
    /// When the finding was dismissed.
    pub at: Timestamp,
}

impl Dismissal {
    /// Whether the dismissal applies to a finding that counts `count` users or profiles now.
    #[must_use]
    pub fn applies(&self, count: u64, now: Timestamp) -> bool {
        now < self.until && count <= self.count
    }
}

/// A change of what users decided about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingEdit {
    /// Dismisses the finding. Replaces an earlier dismissal.
    Dismiss {
        /// The reason (1 to 500 characters).
        reason: String,
        /// When the dismissal ends: in the future, and at most a year from now.
        until: Timestamp,
    },
    /// Ends the dismissal of the finding.
    Reopen,
    /// Assigns the finding to a user; `None` ends the assignment.
    Assign(Option<UserId>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_parse_from_their_text_form_only() {
        let profile = SecurityProfileId::from_bits(7);
        for id in FindingId::GENERAL.into_iter().chain([FindingId::EscalationPath(profile)]) {
            assert_eq!(FindingId::parse(&id.to_string()), Some(id));
        }
        for text in ["", "escalation-path", "escalation-path-", "escalation-path-7", "Unverified-Emails", "unknown"] {
            assert_eq!(FindingId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_dismissal_ends_at_its_time_and_when_the_finding_gets_worse() {
        let (at, until) = (Timestamp::from_millis(0), Timestamp::from_millis(1_000));
        let dismissal = Dismissal { reason: "moving".to_owned(), until, count: 2, by: None, at };
        assert!(dismissal.applies(2, Timestamp::from_millis(999)));
        assert!(dismissal.applies(1, at), "fewer users than before");
        assert!(!dismissal.applies(3, at));
        assert!(!dismissal.applies(2, until));
    }
}
