//! What a refusal tells its actor, and what it tells an administrator.
//!
//! The text of a refusal ([`Display`](std::fmt::Display)) is for its actor: it names nothing that they may not see. What
//! it leaves out is in [`Refusal::details`], which the audit keeps.

use super::{Reference, Refusal};

impl Refusal {
    /// The refusal for an actor who may not see what an administrator reads in the details.
    pub(crate) fn withholding(self, details: impl Into<String>) -> Self {
        Self::Withheld { refusal: Box::new(self), details: details.into(), reference: None }
    }

    /// Whether an administrator reads more in the history than the actor is told.
    #[must_use]
    pub fn withholds(&self) -> bool {
        match self {
            Self::Withheld { .. } => true,
            Self::Guard(exceeded) => !exceeded.is_disclosed(),
            Self::InBatch { refusal, .. } => refusal.withholds(),
            _ => false,
        }
    }

    /// The refusal with everything that it says to an administrator. Names people; only for the audit.
    #[must_use]
    pub fn details(&self) -> String {
        match self {
            Self::Withheld { details, .. } => details.clone(),
            Self::Guard(exceeded) => format!("the escalation guard refused this: {}", exceeded.details()),
            Self::InBatch { index, subject, refusal } => super::in_batch(*index, subject, &refusal.details()),
            other => other.to_string(),
        }
    }

    /// The refusal with the reference under which an administrator finds the details, where it withholds any.
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

    /// The reference under which an administrator finds the details, if it has one.
    #[must_use]
    pub const fn reference(&self) -> Option<Reference> {
        match self {
            Self::Withheld { reference, .. } => *reference,
            _ => None,
        }
    }

    /// The refusal itself: the one of the command of a batch, whether or not something of it is withheld.
    #[must_use]
    pub fn root(&self) -> &Self {
        match self {
            Self::InBatch { refusal, .. } | Self::Withheld { refusal, .. } => refusal.root(),
            other => other,
        }
    }
}

/// What an actor can do to learn more.
pub(super) fn ask(reference: Option<Reference>) -> String {
    reference.map_or_else(String::new, |reference| format!(". Ask an administrator and give the reference {reference}"))
}
