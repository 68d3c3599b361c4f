//! The history of a login name: which users had it, and when. The history determines which user a login name in a
//! stored value refers to, and how long a login name stays reserved.
//!
//! No history is stored while the login name still belongs to its first user and this user was created with it. A
//! history is stored as soon as this user is deleted or renamed. It is also stored if a renamed or restored user is the
//! first user to get the login name.

use crate::id::{HierarchyGroupId, UserId};
use crate::limits;
use crate::revision::Revision;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::{Assignment, User};
use crate::value_revisions::ValueRevisions;

/// The history of a login name: the users who have had the login name, in chronological order.
#[derive(Clone, Debug, PartialEq)]
pub struct LoginHistory {
    /// The login name in its [`folded`](crate::text::folded) form.
    pub login: String,
    /// The periods in which users had the login name, in chronological order; at most [`limits::LOGIN_TENURES_MAX`].
    pub tenures: Vec<Tenure>,
    /// The revision at which the stored history begins. Earlier periods were deleted. Therefore a login name in a value
    /// that was set before this revision does not refer to any user.
    pub forgotten_before: Revision,
    /// The reservation for the last user who had the login name; `None` if the login name is not reserved.
    pub reservation: Option<Reservation>,
}

/// The period during which one user had a login name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// The user who had the login name.
    pub user: UserId,
    /// The first revision of the period; 0 if no other user had the login name earlier.
    pub from: Revision,
    /// The revision that ended the period; `None` if the user still has the login name.
    pub until: Option<Revision>,
    /// Whether the user was created with the login name. False if the user got the login name by being renamed or
    /// restored.
    pub created: bool,
}

/// The reservation of a login name for its last user. Other users can't get the login name until the reservation ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Reservation {
    /// The user who last had the login name.
    pub user: UserId,
    /// The time at which the reservation ends.
    pub until: Timestamp,
    /// The profiles that the user had when giving up the login name. If the user was deleted, these profiles determine
    /// which actors can give the login name to another user.
    pub assignments: Vec<Assignment>,
    /// The hierarchy group that the user was in when giving up the login name.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// The tags that the user had when giving up the login name.
    pub tags: Tags,
    /// The revisions in which the tags were set.
    pub tag_revisions: ValueRevisions,
}

impl LoginHistory {
    /// Creates an empty history for a login name.
    #[must_use]
    pub fn new(login: String) -> Self {
        Self { login, tenures: Vec::new(), forgotten_before: Revision(0), reservation: None }
    }

    /// Returns the user that the login name refers to in a value that was set at the given revision. This is the user
    /// who had the login name at that revision. If no user had it, this is the first user who was later created with
    /// the login name.
    #[must_use]
    pub fn user_at(&self, revision: Revision) -> Option<UserId> {
        if revision < self.forgotten_before {
            return None;
        }
        let had_login = |tenure: &&Tenure| tenure.from <= revision && tenure.until.is_none_or(|until| revision < until);
        let was_created_later = |tenure: &&Tenure| tenure.created && tenure.from > revision;
        self.tenures
            .iter()
            .find(had_login)
            .or_else(|| self.tenures.iter().find(was_created_later))
            .map(|tenure| tenure.user)
    }

    /// Returns the reservation of the login name if it is reserved at the given time.
    #[must_use]
    pub fn reserved_at(&self, at: Timestamp) -> Option<&Reservation> {
        self.reservation.as_ref().filter(|reservation| at < reservation.until)
    }

    /// Iterates over the users who gave up the login name. The same user may occur more than once.
    pub(crate) fn former_users(&self) -> impl Iterator<Item = UserId> {
        self.tenures.iter().filter(|tenure| tenure.until.is_some()).map(|tenure| tenure.user)
    }

    /// Returns the last revision in which the user gave up the login name.
    pub(crate) fn last_release_by(&self, user: UserId) -> Option<Revision> {
        self.tenures.iter().filter(|tenure| tenure.user == user).filter_map(|tenure| tenure.until).max()
    }

    /// Records that a user gets the login name.
    pub(crate) fn begin(&mut self, user: UserId, from: Revision, created: bool) {
        self.reservation = None;
        self.tenures.push(Tenure { user, from, until: None, created });
        let surplus = self.tenures.len().saturating_sub(limits::LOGIN_TENURES_MAX);
        if let Some(until) = self.tenures.drain(..surplus).filter_map(|tenure| tenure.until).next_back() {
            self.forgotten_before = until;
        }
    }

    /// Records that the user gives up the login name at the time `at`. If `at` is `None`, the login name is not
    /// reserved.
    pub(crate) fn end(&mut self, user: &User, until: Revision, at: Option<Timestamp>) {
        match self.tenures.last_mut().filter(|tenure| tenure.until.is_none() && tenure.user == user.id) {
            Some(tenure) => tenure.until = Some(until),
            // The user was created with the login name, so the history doesn't contain this period yet.
            None => {
                let from = self.tenures.last().and_then(|tenure| tenure.until).unwrap_or_default();
                self.tenures.push(Tenure { user: user.id, from, until: Some(until), created: true });
            }
        }
        self.reservation = at.map(|at| Reservation {
            user: user.id,
            until: at.plus_days(limits::LOGIN_RESERVED_DAYS),
            assignments: user.assignments.clone(),
            hierarchy_group: user.hierarchy_group,
            tags: user.tags.clone(),
            tag_revisions: user.tag_revisions.clone(),
        });
    }
}

impl Reservation {
    /// Returns the last user who had the login name, with only the fields that are needed to compare access. The result
    /// has no login name and no credentials.
    pub(crate) fn last_user(&self) -> User {
        User {
            assignments: self.assignments.clone(),
            hierarchy_group: self.hierarchy_group,
            tags: self.tags.clone(),
            tag_revisions: self.tag_revisions.clone(),
            ..User::new(self.user, "", crate::id::ResourceId::from_bits(0), Timestamp::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LoginHistory, Tenure};
    use crate::id::UserId;
    use crate::limits::LOGIN_TENURES_MAX;
    use crate::revision::Revision;

    fn history(tenures: &[(u128, u64, Option<u64>, bool)]) -> LoginHistory {
        let tenure = |(user, from, until, created): &(u128, u64, Option<u64>, bool)| Tenure {
            user: UserId::from_bits(*user),
            from: Revision(*from),
            until: until.map(Revision),
            created: *created,
        };
        LoginHistory { tenures: tenures.iter().map(tenure).collect(), ..LoginHistory::new("tom".to_owned()) }
    }

    fn user_bits_at(history: &LoginHistory, set: u64) -> Option<u128> {
        history.user_at(Revision(set)).map(UserId::bits)
    }

    #[test]
    fn a_login_means_its_user_at_the_revision_else_the_next_user_created_with_it() {
        // User 1 was created with the login name, user 2 was later renamed to it, and user 3 was created with it last.
        let history = history(&[(1, 0, Some(5), true), (2, 7, Some(9), false), (3, 12, None, true)]);
        let expected = [(0, 1), (4, 1), (5, 3), (6, 3), (7, 2), (8, 2), (9, 3), (11, 3), (12, 3), (90, 3)];
        for (set, user) in expected {
            assert_eq!(user_bits_at(&history, set), Some(user), "{set}");
        }
    }

    #[test]
    fn a_rename_does_not_take_over_earlier_values() {
        let history = history(&[(1, 0, Some(5), true), (2, 7, None, false)]);
        assert_eq!(
            (user_bits_at(&history, 4), user_bits_at(&history, 6), user_bits_at(&history, 7)),
            (Some(1), None, Some(2))
        );
    }

    #[test]
    fn values_older_than_the_kept_tenures_mean_no_user() {
        let mut history = history(&[(1, 0, Some(5), true)]);
        for turn in 0..LOGIN_TENURES_MAX as u64 {
            history.begin(UserId::from_bits(u128::from(turn) + 10), Revision(10 + turn), true);
            if let Some(last) = history.tenures.last_mut() {
                last.until = Some(Revision(11 + turn));
            }
        }
        assert_eq!(history.tenures.len(), LOGIN_TENURES_MAX);
        assert_eq!(
            (user_bits_at(&history, 0), user_bits_at(&history, 4), user_bits_at(&history, 6)),
            (None, None, Some(10))
        );
    }
}
