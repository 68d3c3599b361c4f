//! What an audit event can be found by.
//!
//! The index holds no word of a person, only ids and names of acts; so nothing in it needs to be erased.

use std::borrow::Cow;
use std::collections::BTreeSet;

use floorkey::{RecordKey, Reference, UserId};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::audit_row::By;
use crate::{hex, rows};

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

/// Records of one event that it is found by, at most.
const TARGETS_MAX: usize = 10_000;

impl AuditTerm {
    /// The name of the term in the index.
    pub(crate) fn name(&self) -> Vec<u8> {
        match self {
            Self::Target(key) => {
                let (kind, id) = rows::stored_columns(key);
                target(kind, &id)
            }
            Self::Actor(user) => actor(&user.bits().to_be_bytes()),
            Self::Operator => actor(b"operator"),
            Self::System => actor(b"system"),
            Self::Act(name) => named("act:", name),
            Self::Refused => REFUSED.to_vec(),
            Self::Reference(reference) => named("reference:", &reference.to_string()),
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

fn named(prefix: &str, name: &str) -> Vec<u8> {
    [prefix, name].concat().into_bytes()
}

/// What an event is found by, read from its body.
pub(crate) struct FoundBy {
    /// The names of its terms, each once.
    pub(crate) names: BTreeSet<Vec<u8>>,
    /// SHA-256 of the signature that made the change.
    pub(crate) signature: Option<Vec<u8>>,
}

impl FoundBy {
    /// Reads the body of an event; `None` where it can't be read.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body: Outline<'_> = serde_json::from_slice(body).ok()?;
        let mut names = BTreeSet::from([
            match &body.by {
                By::Operator(_) => AuditTerm::Operator.name(),
                By::User { id, .. } | By::UserKey { id, .. } => actor(&rows::uuid_bytes(id)?),
                By::System => AuditTerm::System.name(),
            },
            named("act:", &body.act),
        ]);
        if let OutcomeOutline::Refused { reference } = &body.outcome {
            names.insert(REFUSED.to_vec());
            names.extend(reference.as_deref().map(|reference| named("reference:", reference)));
        }
        if !body.flags.is_empty() {
            names.insert(FLAGGED.to_vec());
        }
        let records = body.targets.iter().chain(body.changes.iter().map(|change| &change.of));
        let mut targets = BTreeSet::new();
        for (kind, id) in records {
            if targets.len() < TARGETS_MAX {
                targets.insert(target(kind, &rows::id_bytes(kind, id)));
            }
        }
        names.append(&mut targets);
        Some(Self { names, signature: body.signature.as_deref().and_then(hex::decode) })
    }
}

/// As much of a [`Body`](crate::audit_row::Body) as an event is found by.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    act: Cow<'a, str>,
    by: By<'a>,
    #[serde(borrow, default)]
    signature: Option<Cow<'a, str>>,
    #[serde(borrow)]
    outcome: OutcomeOutline<'a>,
    #[serde(default)]
    targets: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(default)]
    changes: Vec<ChangeOutline<'a>>,
    #[serde(default)]
    flags: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeOutline<'a> {
    Done(IgnoredAny),
    Refused {
        #[serde(borrow, default)]
        reference: Option<Cow<'a, str>>,
    },
}

#[derive(Deserialize)]
struct ChangeOutline<'a> {
    of: (Cow<'a, str>, Cow<'a, str>),
}
