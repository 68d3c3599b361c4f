//! What an audit event can be found by.
//!
//! The index holds no word of a person, only ids and names of acts; so nothing in it needs to be erased.

use std::collections::BTreeSet;
use std::fmt;

use floorkey::audit::Outcome;
use floorkey::{AuditEvent, Principal, RecordKey, Reference, UserId};

use crate::rows;

/// Something that an audit event can be found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuditTerm {
    /// It is about this record, or changed it. Of the records of one event the first 10,000 are found.
    Target(RecordKey),
    /// A user did it, signed in or through an access key.
    Actor(UserId),
    /// The operator did it.
    Operator,
    /// Floorkey itself did it.
    System,
    /// It is the act of this name. A name, because events may be of a version that had other acts.
    Act(String),
    /// It was refused.
    Refused,
    /// It was refused, and the actor was told to give an administrator this reference. Several events may have it.
    Reference(Reference),
    /// Somebody should look at something in it.
    Flagged,
}

/// The term that every event has.
pub(crate) const EVERY: &str = "";

/// Records of one event that it is found by, at most.
const TARGETS_MAX: usize = 10_000;

impl fmt::Display for AuditTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(key) => {
                let (kind, id) = rows::columns(key);
                write!(f, "target:{kind}:{id}")
            }
            Self::Actor(user) => write!(f, "actor:{user}"),
            Self::Operator => f.write_str("actor:operator"),
            Self::System => f.write_str("actor:system"),
            Self::Act(name) => write!(f, "act:{name}"),
            Self::Refused => f.write_str("outcome:refused"),
            Self::Reference(reference) => write!(f, "reference:{reference}"),
            Self::Flagged => f.write_str("flag"),
        }
    }
}

/// What an event is found by, each once, but for [`EVERY`].
pub(crate) fn terms(event: &AuditEvent) -> Vec<AuditTerm> {
    let mut terms = vec![
        match &event.actor.principal {
            Principal::Operator { .. } => AuditTerm::Operator,
            Principal::User { id, .. } => AuditTerm::Actor(*id),
            Principal::System => AuditTerm::System,
        },
        AuditTerm::Act(event.act.name().to_owned()),
    ];
    if let Outcome::Refused { reference, .. } = &event.outcome {
        terms.push(AuditTerm::Refused);
        terms.extend(reference.map(AuditTerm::Reference));
    }
    if !event.flags.is_empty() {
        terms.push(AuditTerm::Flagged);
    }
    let mut records = BTreeSet::new();
    for record in event.targets.iter().chain(event.changes.iter().map(|change| &change.record)) {
        if records.len() < TARGETS_MAX {
            records.insert(record);
        }
    }
    terms.extend(records.into_iter().cloned().map(AuditTerm::Target));
    terms
}
