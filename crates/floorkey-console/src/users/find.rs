//! Finds the users that match a filter and that the viewer can see, in a sort order.

use std::ops::Range;
use std::sync::Arc;

use floorkey::visibility::Viewer;
use floorkey::{Directory, Principal, Timestamp, User};

use super::filter::{FilterContext, UserFilter};
use super::order::{self, OrderedPositions};
use super::user_index::UserIndex;
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::table::{Direction, Sort};
use crate::web::time_format::TimeFormat;
use floorkey_service::failure::Failure;
use floorkey_service::search_budget::{self, TooManySearches};

/// The order of the index.
pub(super) const BY_LOGIN: Sort = Sort { column: "login", direction: Direction::Ascending };

/// A viewer, with the directory and the time for which visibility is evaluated.
#[derive(Clone, Copy)]
pub(super) struct ViewerScope<'a> {
    pub(super) directory: &'a Directory,
    pub(super) principal: &'a Principal,
    pub(super) now: Timestamp,
    /// The time zone of days in filters, and how times are written.
    pub(super) times: &'a TimeFormat,
}

impl<'a> ViewerScope<'a> {
    /// Returns the rules that determine which records the viewer can see.
    pub(super) fn visibility(&self) -> Viewer<'a> {
        Viewer::new(self.directory, self.principal, self.now)
    }

    /// Whether the viewer can see all users, because the viewer's permission has no scope.
    pub(super) fn can_see_all(&self) -> bool {
        self.visibility().sees_all_users()
    }

    /// Whether the viewer can see this user.
    pub(super) fn can_see(&self, user: &User) -> bool {
        self.visibility().user(user.id).shows_details()
    }

    /// Whether the viewer can see the user's effective permissions.
    pub(super) fn can_see_access(&self, user: &User) -> bool {
        self.visibility().check_effective_permissions(user).is_ok()
    }
}

/// The users that a search found, in a sort order.
pub(super) struct UserSearchResult<'a> {
    index: &'a UserIndex,
    positions: OrderedPositions<'a>,
}

/// Returns the users that match the filter and that the viewer can see, in a sort order.
pub(super) fn find<'a>(
    index: &'a UserIndex,
    filter: &UserFilter,
    sort: Sort,
    context: &FilterContext,
    scope: ViewerScope<'_>,
) -> UserSearchResult<'a> {
    let sees_all = scope.can_see_all();
    let found = (!filter.is_empty() || !sees_all).then(|| {
        let mut positions = index.find(&filter.words);
        if filter.has_conditions() || !sees_all {
            let is_match =
                |user: &Arc<User>| filter.matches(user, &scope, context) && (sees_all || scope.can_see(user));
            positions.retain(|position| index.user(*position).is_some_and(is_match));
        }
        positions
    });
    UserSearchResult { index, positions: order::sorted(index, found, sort, context, scope) }
}

/// Finds users within the search budget. The budget prevents scans of many users from delaying other requests.
///
/// # Errors
/// Returns an error if the viewer has too many searches running.
pub(super) async fn find_within_budget<'a>(
    viewer: &CurrentUser,
    index: &'a UserIndex,
    filter: &UserFilter,
    sort: Sort,
    context: &FilterContext,
    scope: ViewerScope<'_>,
) -> Result<UserSearchResult<'a>, PageError> {
    let is_listed = filter.is_empty() && scope.can_see_all() && sort.column == BY_LOGIN.column;
    let users = if is_listed { 0 } else { index.users.len() };
    let conditions = filter.len() + usize::from(sort.column != BY_LOGIN.column);
    let search = || find(index, filter, sort, context, scope);
    let found = search_budget::run(viewer.user.id.bits(), users, conditions, search);
    Ok(found.await.map_err(|TooManySearches| Failure::Busy)?)
}

impl<'a> UserSearchResult<'a> {
    /// Returns the number of users that were found.
    pub(super) fn count(&self) -> usize {
        match &self.positions {
            OrderedPositions::Listed(positions) => positions.len(),
            OrderedPositions::ByLogin { .. } | OrderedPositions::ByText { .. } => self.index.users.len(),
        }
    }

    /// Returns all users that were found.
    pub(super) fn users(&self) -> Vec<&'a Arc<User>> {
        self.slice(0..self.count())
    }

    /// Returns the found users in this range.
    pub(super) fn slice(&self, range: Range<usize>) -> Vec<&'a Arc<User>> {
        let users = |positions: &[u32]| positions.iter().filter_map(|position| self.index.user(*position)).collect();
        match &self.positions {
            OrderedPositions::Listed(positions) => users(positions.get(range).unwrap_or_default()),
            OrderedPositions::ByText { positions, is_descending } => users(&positions.slice(range, *is_descending)),
            OrderedPositions::ByLogin { is_descending: false } => {
                self.index.users.get(range).unwrap_or_default().iter().collect()
            }
            OrderedPositions::ByLogin { is_descending: true } => {
                let total = self.count();
                let mirrored = total.saturating_sub(range.end)..total.saturating_sub(range.start);
                self.index.users.get(mirrored).unwrap_or_default().iter().rev().collect()
            }
        }
    }
}
