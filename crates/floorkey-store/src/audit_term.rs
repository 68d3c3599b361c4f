//! The terms by which audit events are indexed.
//!
//! The index contains IDs and the names of event types, but no personal data. No part of the index ever needs to be
//! erased.

use std::borrow::Cow;
use std::collections::BTreeSet;

use floorkey::{RecordKey, Reference, UserId};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::audit_row::ActorRow;
use crate::rows;

/// A search term: a property that audit events can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuditTerm {
    /// Events that targeted or changed this record. Only the first 10,000 records of an event are indexed.
    Target(RecordKey),
    /// Events whose actor is this user, either in a session or with an access key.
    Actor(UserId),
    /// Events whose actor is the operator.
    Operator,
    /// Events whose actor is Floorkey itself.
    System,
    /// Events of the type with this name. The type is stored as a name because other versions may have different event
    /// types.
    EventType(String),
    /// Events that are refusals.
    Refused,
    /// Refusals with this reference code, which the actor can give to an administrator. Several refusals may have the
    /// same reference.
    Reference(Reference),
    /// Events with a flag, which is a reason to review the event.
    Flagged,
}

/// The maximum number of records of one event that are indexed.
const TARGETS_MAX: usize = 10_000;

impl AuditTerm {
    /// Returns the name of the term in the index.
    pub(crate) fn name(&self) -> Vec<u8> {
        match self {
            Self::Target(key) => {
                let (kind, id) = rows::stored_columns(key);
                target(kind, &id)
            }
            Self::Actor(user) => actor(&user.bits().to_be_bytes()),
            Self::Operator => actor(b"operator"),
            Self::System => actor(b"system"),
            Self::EventType(name) => prefixed("act:", name),
            Self::Refused => REFUSED.to_vec(),
            Self::Reference(reference) => prefixed("reference:", &reference.to_string()),
            Self::Flagged => FLAGGED.to_vec(),
        }
    }
}

const REFUSED: &[u8] = b"outcome:refused";
const FLAGGED: &[u8] = b"flag";

fn target(kind: &str, id: &[u8]) -> Vec<u8> {
    [b"target:", kind.as_bytes(), b":", id].concat()
}

fn actor(id: &[u8]) -> Vec<u8> {
    [b"actor:", id].concat()
}

fn prefixed(prefix: &str, name: &str) -> Vec<u8> {
    [prefix, name].concat().into_bytes()
}

/// The index entries of an event, which are read from the event's body.
pub(crate) struct IndexEntries {
    /// The names of the event's terms, without duplicates.
    pub(crate) names: BTreeSet<Vec<u8>>,
    /// The SHA-256 hash of the signature of the API request that made the change.
    pub(crate) signature: Option<Vec<u8>>,
}

impl IndexEntries {
    /// Reads the index entries from the body of an event. Returns `None` if the body can't be read.
    pub(crate) fn from_body(body: &[u8]) -> Option<Self> {
        let body: IndexedBody<'_> = serde_json::from_slice(body).ok()?;
        let mut names = BTreeSet::from([
            match &body.actor {
                ActorRow::Operator(_) => AuditTerm::Operator.name(),
                ActorRow::User { id, .. } | ActorRow::UserKey { id, .. } => actor(&rows::uuid_bytes(id)?),
                ActorRow::System => AuditTerm::System.name(),
            },
            prefixed("act:", &body.event_type),
        ]);
        if let IndexedOutcome::Refused { reference } = &body.outcome {
            names.insert(REFUSED.to_vec());
            names.extend(reference.as_deref().map(|reference| prefixed("reference:", reference)));
        }
        if !body.flags.is_empty() {
            names.insert(FLAGGED.to_vec());
        }
        let records = body.targets.iter().chain(body.changes.iter().map(|change| &change.record));
        let mut targets = BTreeSet::new();
        for (kind, id) in records {
            if targets.len() < TARGETS_MAX {
                targets.insert(target(kind, &rows::id_bytes(kind, id)));
            }
        }
        names.append(&mut targets);
        Some(Self { names, signature: body.signature.as_deref().and_then(|text| hex::decode(text).ok()) })
    }
}

/// The fields of a [`Body`](crate::audit_row::Body) that are indexed.
#[derive(Deserialize)]
struct IndexedBody<'a> {
    #[serde(borrow, rename = "act")]
    event_type: Cow<'a, str>,
    #[serde(rename = "by")]
    actor: ActorRow<'a>,
    #[serde(borrow, default)]
    signature: Option<Cow<'a, str>>,
    #[serde(borrow)]
    outcome: IndexedOutcome<'a>,
    #[serde(default)]
    targets: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(default)]
    changes: Vec<IndexedChange<'a>>,
    #[serde(default)]
    flags: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum IndexedOutcome<'a> {
    Done(IgnoredAny),
    Refused {
        #[serde(borrow, default)]
        reference: Option<Cow<'a, str>>,
    },
}

#[derive(Deserialize)]
struct IndexedChange<'a> {
    #[serde(rename = "of")]
    record: (Cow<'a, str>, Cow<'a, str>),
}
