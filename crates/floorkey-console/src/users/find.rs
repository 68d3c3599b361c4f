//! Finds the users that match a filter and that the viewer can see. Returns the users in sort order, one page at a
//! time.
//!
//! A page is identified by the user before its first row or by the user after its last row. Users who are added or
//! deleted therefore don't shift the page.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use floorkey::text::{cmp_folded, folded};
use floorkey::visibility::Viewer;
use floorkey::{Directory, Principal, Timestamp, User};

use super::filter::{FilterContext, UserFilter};
use super::user_index::UserIndex;
use crate::web::form::Fields;
use crate::web::page_error::PageError;
use floorkey_service::failure::Failure;
use floorkey_service::search_budget::{self, TooManySearches};

/// The numbers of users per page that a viewer can select.
pub(super) const SIZES: [usize; 2] = [50, 100];

/// A viewer, with the directory and the time for which visibility is evaluated.
#[derive(Clone, Copy)]
pub(super) struct ViewerScope<'a> {
    pub(super) directory: &'a Directory,
    pub(super) principal: &'a Principal,
    pub(super) now: Timestamp,
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
}

/// A sort order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// Sorts by login name, ascending.
    #[default]
    Login,
    /// Sorts by login name, descending.
    LoginDescending,
    /// Sorts by last activity, latest first.
    LastSeenDescending,
    /// Sorts by last activity, earliest first. Users who were never active come first.
    LastSeenAscending,
}

impl Sort {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Login, "login"),
        (Self::LoginDescending, "-login"),
        (Self::LastSeenDescending, "seen"),
        (Self::LastSeenAscending, "-seen"),
    ];

    pub(super) fn parse(fields: &Fields) -> Self {
        let word = fields.raw("sort");
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(sort, _)| sort).unwrap_or_default()
    }

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(sort, _)| *sort == self).map_or("login", |(_, word)| word)
    }

    pub(super) const fn needs_activity(self) -> bool {
        matches!(self, Self::LastSeenDescending | Self::LastSeenAscending)
    }

    const fn is_descending(self) -> bool {
        matches!(self, Self::LoginDescending | Self::LastSeenDescending)
    }
}

/// The users that a search found, sorted by login name.
pub(super) struct UserSearchResult<'a> {
    index: &'a UserIndex,
    /// The positions of these users in the index. `None` if all users in the index were found.
    positions: Option<Vec<u32>>,
    count: usize,
}

/// Returns the users that match the filter and that the viewer can see.
pub(super) fn find<'a>(
    index: &'a UserIndex,
    filter: &UserFilter,
    context: &FilterContext,
    scope: ViewerScope<'_>,
) -> UserSearchResult<'a> {
    let sees_all = scope.can_see_all();
    if filter.is_empty() && sees_all {
        return UserSearchResult { index, positions: None, count: index.users.len() };
    }
    let mut positions = index.find(&filter.words);
    if !filter.tokens.is_empty() || !sees_all {
        let is_match = |user: &Arc<User>| filter.matches(user, &scope, context) && (sees_all || scope.can_see(user));
        positions.retain(|position| index.user(*position).is_some_and(is_match));
    }
    UserSearchResult { index, count: positions.len(), positions: Some(positions) }
}

/// Finds users within the search budget. The budget prevents scans of many users from delaying other requests.
///
/// # Errors
/// Returns an error if the viewer has too many searches running.
pub(super) async fn find_within_budget<'a>(
    viewer: &crate::web::current_user::CurrentUser,
    index: &'a UserIndex,
    filter: &UserFilter,
    context: &FilterContext,
    scope: ViewerScope<'_>,
) -> Result<UserSearchResult<'a>, PageError> {
    let is_listed = filter.is_empty() && scope.can_see_all();
    let users = if is_listed { 0 } else { index.users.len() };
    let conditions = filter.words.len() + filter.tokens.len();
    let found = search_budget::run(viewer.user.id.bits(), users, conditions, || find(index, filter, context, scope));
    Ok(found.await.map_err(|TooManySearches| Failure::Busy)?)
}

/// A page of the users that a search found.
pub(super) struct Page<'a> {
    pub(super) users: Vec<&'a Arc<User>>,
    /// Number of users before this page.
    pub(super) before: usize,
    /// The value of `before=…` in the URL of the previous page, if there is a previous page.
    pub(super) previous: Option<String>,
    /// The value of `after=…` in the URL of the next page, if there is a next page.
    pub(super) next: Option<String>,
}

/// The sort key of a user. It consists of the time of the last activity, if the sort order needs it, and of the
/// case-folded login name.
type Key = (Option<i64>, String);

impl<'a> UserSearchResult<'a> {
    /// Returns the number of users that were found.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Returns all users that were found, sorted by login name.
    pub(super) fn users(&self) -> Vec<&'a Arc<User>> {
        self.slice(0..self.count())
    }

    /// Returns the found users in this range of positions.
    fn slice(&self, range: Range<usize>) -> Vec<&'a Arc<User>> {
        match &self.positions {
            Some(positions) => {
                let positions = positions.get(range).unwrap_or_default();
                positions.iter().filter_map(|position| self.index.user(*position)).collect()
            }
            None => self.index.users.get(range).unwrap_or_default().iter().collect(),
        }
    }

    /// Returns the page that the field `after` or `before` requests. Returns the first page if both fields are missing.
    pub(super) fn page(&self, fields: &Fields, sort: Sort, size: usize, context: &FilterContext) -> Page<'a> {
        let order = self.order(sort, context);
        let total = self.count();
        let last_seen = |user: &User| {
            context.activity.get(&user.id).and_then(|known| known.last_active_at).map(|at| at.as_millis())
        };
        let users = |range: Range<usize>| {
            let reversed = if sort.is_descending() { total - range.end..total - range.start } else { range };
            let mut users = match &order {
                Some(order) => order.get(reversed).unwrap_or_default().to_vec(),
                None => self.slice(reversed),
            };
            if sort.is_descending() {
                users.reverse();
            }
            users
        };
        let key = |user: &User| (sort.needs_activity().then(|| last_seen(user)).flatten(), folded(&user.username));
        let comes_before = |user: &User, other: &Key| {
            let at = if sort.needs_activity() { last_seen(user) } else { None };
            let order = at.cmp(&other.0).then_with(|| cmp_folded(&user.username, &other.1));
            if sort.is_descending() { order.reverse() } else { order }
        };
        let position_of = |key: &Key, inclusive: bool| {
            let (mut low, mut high) = (0, total);
            while low < high {
                let middle = low.midpoint(high);
                let order = users(middle..middle + 1).first().map_or(Ordering::Greater, |user| comes_before(user, key));
                match order == Ordering::Less || (inclusive && order == Ordering::Equal) {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            low
        };
        let begin = match (fields.text("after"), fields.text("before")) {
            (Some(after), _) => position_of(&read_key(after, sort), true),
            (None, Some(before)) => position_of(&read_key(before, sort), false).saturating_sub(size),
            (None, None) => 0,
        };
        // If the requested position is past the end, the last page is shown instead of an empty page.
        let begin = if begin >= total { total.saturating_sub(size) } else { begin };
        let users = users(begin..total.min(begin + size));
        let key_of = |user: Option<&&Arc<User>>| user.map(|user| write_key(&key(user), sort));
        let (first, last) = (key_of(users.first()), key_of(users.last()));
        Page {
            previous: first.filter(|_| begin > 0),
            next: last.filter(|_| begin + users.len() < total),
            before: begin,
            users,
        }
    }

    /// Returns all users that were found, sorted by last activity, earliest first. Returns `None` if the sort order
    /// does not depend on the activity.
    fn order(&self, sort: Sort, context: &FilterContext) -> Option<Vec<&'a Arc<User>>> {
        if !sort.needs_activity() {
            return None;
        }
        let mut users = self.users();
        users.sort_by_cached_key(|user| context.activity.get(&user.id).and_then(|known| known.last_active_at));
        Some(users)
    }
}

fn write_key((last_seen, login): &Key, sort: Sort) -> String {
    match sort.needs_activity() {
        true => format!("{}.{login}", last_seen.map(|last_seen| last_seen.to_string()).unwrap_or_default()),
        false => login.clone(),
    }
}

fn read_key(text: &str, sort: Sort) -> Key {
    match text.split_once('.').filter(|_| sort.needs_activity()) {
        Some((last_seen, login)) => (last_seen.parse().ok(), login.to_owned()),
        None => (None, text.to_owned()),
    }
}
