//! The stored form of the revisions at which tags and attributes were set.

use std::collections::BTreeMap;

use floorkey::tags::Tags;
use floorkey::{Revision, ValueRevisions};
use serde::{Deserialize, Serialize};

/// A single revision if all values were set at the same revision; otherwise a revision for each value, by name. The
/// default is revision 0. It is used for rows from versions of Floorkey that did not record these revisions.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum SetRevisionsRow {
    All(u64),
    Each(BTreeMap<String, u64>),
}

impl Default for SetRevisionsRow {
    fn default() -> Self {
        Self::All(0)
    }
}

impl SetRevisionsRow {
    pub(super) fn from_revisions(values: &Tags, revisions: &ValueRevisions) -> Self {
        let each: BTreeMap<String, u64> =
            values.keys().map(|name| (name.clone(), revisions.revision(values, name).0)).collect();
        let mut numbers = each.values();
        let first = numbers.next().copied().unwrap_or_default();
        if numbers.all(|revision| *revision == first) { Self::All(first) } else { Self::Each(each) }
    }

    pub(super) fn into_revisions(self, values: &Tags) -> ValueRevisions {
        ValueRevisions::from_values(values, |name| {
            Revision(match &self {
                Self::All(revision) => *revision,
                Self::Each(each) => each.get(name).copied().unwrap_or_default(),
            })
        })
    }
}
