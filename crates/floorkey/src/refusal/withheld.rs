//! What a refusal shows to its actor, and what it shows to administrators.
//!
//! The text of a refusal ([`Display`](std::fmt::Display)) is for its actor, and names nothing that they are not allowed
//! to see. What it leaves out is in [`Refusal::details`], which the audit log keeps.

use super::{Reference, Refusal};

impl Refusal {
    /// Wraps the refusal for an actor who is not allowed to see the details.
    pub(crate) fn withholding(self, details: impl Into<String>) -> Self {
        Self::Withheld { refusal: Box::new(self), details: details.into(), reference: None }
    }

    /// Whether administrators see more in the history than the actor is shown.
    #[must_use]
    pub fn withholds(&self) -> bool {
        match self {
            Self::Withheld { .. } => true,
            Self::Guard(escalation) => !escalation.is_disclosed(),
            Self::InBatch { refusal, .. } => refusal.withholds(),
            _ => false,
        }
    }

    /// The text of the refusal for administrators, with all details. It can name people; only for the audit log.
    #[must_use]
    pub fn details(&self) -> String {
        match self {
            Self::Withheld { details, .. } => details.clone(),
            Self::Guard(escalation) => format!("the escalation guard refused this: {}", escalation.details()),
            Self::InBatch { index, subject, refusal } => super::in_batch(*index, subject, &refusal.details()),
            other => other.to_string(),
        }
    }

    /// Adds the reference by which an administrator finds the details, if any are withheld.
    #[must_use]
    pub fn refer(self, reference: Reference) -> Self {
        match self {
            Self::Withheld { refusal, details, .. } => Self::Withheld { refusal, details, reference: Some(reference) },
            other if other.withholds() => {
                let details = other.details();
                Self::Withheld { refusal: Box::new(other), details, reference: Some(reference) }
            }
            other => other,
        }
    }

    /// The reference by which an administrator finds the details, if there is one.
    #[must_use]
    pub const fn reference(&self) -> Option<Reference> {
        match self {
            Self::Withheld { reference, .. } => *reference,
            _ => None,
        }
    }

    /// The innermost refusal: that of the refused command of a batch, without the wrapper of withheld details.
    #[must_use]
    pub fn root(&self) -> &Self {
        match self {
            Self::InBatch { refusal, .. } | Self::Withheld { refusal, .. } => refusal.root(),
            other => other,
        }
    }
}

/// Tells the actor how to learn more.
pub(super) fn reference_hint(reference: Option<Reference>) -> String {
    reference.map_or_else(String::new, |reference| format!(". Ask an administrator and give the reference {reference}"))
}
