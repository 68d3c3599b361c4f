//! The stored form of what users decided about a finding.

use std::borrow::Cow;

use floorkey::finding::{Dismissal, FindingState};
use floorkey::{FindingId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::Id;

/// The body of a record of the kind `finding`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingRow<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dismissal: Option<DismissalRow<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<Id<UserId>>,
    modified: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DismissalRow<'a> {
    reason: Cow<'a, str>,
    until: i64,
    /// The number of users or profiles that the finding counted when it was dismissed.
    count: u64,
    /// Absent if the operator dismissed the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Id<UserId>>,
    at: i64,
}

impl<'a> FindingRow<'a> {
    pub(super) fn from_state(state: &'a FindingState) -> Self {
        Self {
            dismissal: state.dismissal.as_ref().map(|dismissal| DismissalRow {
                reason: Cow::Borrowed(&dismissal.reason),
                until: dismissal.until.as_millis(),
                count: dismissal.count,
                by: dismissal.by.map(Id),
                at: dismissal.at.as_millis(),
            }),
            assignee: state.assignee.map(Id),
            modified: state.modified.as_millis(),
        }
    }

    pub(super) fn into_state(self, id: FindingId) -> FindingState {
        let dismissal = self.dismissal.map(|row| Dismissal {
            reason: row.reason.into_owned(),
            until: Timestamp::from_millis(row.until),
            count: row.count,
            by: row.by.map(|user| user.0),
            at: Timestamp::from_millis(row.at),
        });
        let assignee = self.assignee.map(|user| user.0);
        FindingState { id, dismissal, assignee, modified: Timestamp::from_millis(self.modified) }
    }
}
