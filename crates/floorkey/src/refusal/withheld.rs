//! Determines which parts of a refusal the actor can see and which parts only administrators can see.
//!
//! The text of a refusal ([`Display`](std::fmt::Display)) is for the actor. It names nothing that the actor is not
//! allowed to see. The complete text is in [`Refusal::details`], which is stored in the audit log.

use super::{Reference, Refusal};

impl Refusal {
    /// Wraps the refusal for an actor who is not allowed to see the details.
    pub(crate) fn withholding(self, details: impl Into<String>) -> Self {
        Self::Withheld { refusal: Box::new(self), details: details.into(), reference: None }
    }

    /// Whether some details of the refusal are withheld from the actor. Administrators can see these details in the
    /// audit log.
    #[must_use]
    pub fn withholds_details(&self) -> bool {
        match self {
            Self::Withheld { .. } => true,
            Self::Guard(escalation) => !escalation.is_disclosed(),
            Self::InBatch { refusal, .. } => refusal.withholds_details(),
            _ => false,
        }
    }

    /// Returns the complete text of the refusal, for administrators. The text can contain names of people, so use it
    /// only in the audit log.
    #[must_use]
    pub fn details(&self) -> String {
        match self {
            Self::Withheld { details, .. } => details.clone(),
            Self::Guard(escalation) => format!("the escalation guard refused this: {}", escalation.details()),
            Self::OutOfScope { what, .. } => {
                format!("the access control of the actor's security profiles doesn't cover {what}")
            }
            Self::InBatch { index, subject, refusal } => super::in_batch(*index, subject, &refusal.details()),
            other => other.to_string(),
        }
    }

    /// Adds the reference to the refusal if any details are withheld. An administrator can use the reference to find
    /// the details.
    #[must_use]
    pub fn with_reference(self, reference: Reference) -> Self {
        match self {
            Self::Withheld { refusal, details, .. } => Self::Withheld { refusal, details, reference: Some(reference) },
            other if other.withholds_details() => {
                let details = other.details();
                Self::Withheld { refusal: Box::new(other), details, reference: Some(reference) }
            }
            other => other,
        }
    }

    /// Returns the reference that an administrator can use to find the details; `None` if the refusal has no reference.
    #[must_use]
    pub const fn reference(&self) -> Option<Reference> {
        match self {
            Self::Withheld { reference, .. } => *reference,
            _ => None,
        }
    }

    /// Returns the root of the refusal. For a batch, this is the refusal of the command that was refused. If details are
    /// withheld, this is the refusal without that wrapper.
    #[must_use]
    pub fn root(&self) -> &Self {
        match self {
            Self::InBatch { refusal, .. } | Self::Withheld { refusal, .. } => refusal.root(),
            other => other,
        }
    }
}

/// Returns a hint that tells the actor how to get more details; empty if there is no reference.
pub(super) fn reference_hint(reference: Option<Reference>) -> String {
    reference.map_or_else(String::new, |reference| format!(". Ask an administrator and give the reference {reference}"))
}
