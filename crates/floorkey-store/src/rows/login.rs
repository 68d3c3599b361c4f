//! The stored form of a login name's history.

use std::borrow::Cow;
use std::collections::BTreeMap;

use floorkey::login_history::{Reservation, Tenure};
use floorkey::{HierarchyGroupId, LoginHistory, Revision, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::set_revisions::SetRevisionsRow;
use super::user::AssignmentRow;
use super::{Id, is_default};

/// The body of a record of the kind `login`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginRow<'a> {
    /// The periods when users had the login name, earliest first.
    tenures: Vec<TenureRow>,
    /// The revision at which the stored periods begin. Earlier periods have been deleted, so a value that was set
    /// before this revision can't be matched to a user.
    #[serde(default, skip_serializing_if = "is_default")]
    forgotten_before: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reservation: Option<ReservationRow<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TenureRow {
    user: Id<UserId>,
    /// The revisions at which the period started and ended. `from` is absent for revision 0. `until` is absent while
    /// the user still has the login name.
    #[serde(default, skip_serializing_if = "is_default")]
    from: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    created: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReservationRow<'a> {
    user: Id<UserId>,
    until: i64,
    profiles: Vec<AssignmentRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<Id<HierarchyGroupId>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags_set: SetRevisionsRow,
}

impl<'a> LoginRow<'a> {
    pub(super) fn from_history(history: &'a LoginHistory) -> Self {
        let tenure = |tenure: &Tenure| TenureRow {
            user: Id(tenure.user),
            from: tenure.from.0,
            until: tenure.until.map(|until| until.0),
            created: tenure.created,
        };
        let reservation = |reservation: &'a Reservation| ReservationRow {
            user: Id(reservation.user),
            until: reservation.until.as_millis(),
            profiles: reservation.assignments.iter().map(AssignmentRow::from_assignment).collect(),
            hierarchy_group: reservation.hierarchy_group.map(Id),
            tags: Cow::Borrowed(&reservation.tags),
            tags_set: SetRevisionsRow::from_revisions(&reservation.tags, &reservation.tag_revisions),
        };
        Self {
            tenures: history.tenures.iter().map(tenure).collect(),
            forgotten_before: history.forgotten_before.0,
            reservation: history.reservation.as_ref().map(reservation),
        }
    }

    pub(super) fn into_history(self, login: String) -> LoginHistory {
        let tenure = |row: TenureRow| Tenure {
            user: row.user.0,
            from: Revision(row.from),
            until: row.until.map(Revision),
            created: row.created,
        };
        let reservation = |row: ReservationRow<'_>| {
            let tags = row.tags.into_owned();
            Reservation {
                user: row.user.0,
                until: Timestamp::from_millis(row.until),
                assignments: row.profiles.iter().map(AssignmentRow::to_assignment).collect(),
                hierarchy_group: row.hierarchy_group.map(|group| group.0),
                tag_revisions: row.tags_set.into_revisions(&tags),
                tags,
            }
        };
        LoginHistory {
            login,
            tenures: self.tenures.into_iter().map(tenure).collect(),
            forgotten_before: Revision(self.forgotten_before),
            reservation: self.reservation.map(reservation),
        }
    }
}
