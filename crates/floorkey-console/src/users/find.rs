//! Finds the users that match a filter and that the viewer can see, in order and by page.
//!
//! A page is identified by the user before its first or after its last row, so that added and deleted users don't shift
//! it.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use floorkey::text::{cmp_folded, folded};
use floorkey::visibility::Viewer;
use floorkey::{Directory, Principal, Timestamp, User};

use super::filter::{Facts, Filter};
use super::members::Members;
use super::roster::Roster;
use crate::web::form::Fields;
use crate::web::page_error::PageError;
use floorkey_service::failure::Failure;
use floorkey_service::search_budget::{self, TooManySearches};

/// Selectable numbers of users per page.
pub(super) const SIZES: [usize; 2] = [50, 100];

/// The viewer and the time that visibility is evaluated for.
#[derive(Clone, Copy)]
pub(super) struct Eyes<'a> {
    pub(super) directory: &'a Directory,
    pub(super) principal: &'a Principal,
    pub(super) now: Timestamp,
}

impl<'a> Eyes<'a> {
    /// Returns the visibility of records for the viewer.
    pub(super) fn visibility(&self) -> Viewer<'a> {
        Viewer::new(self.directory, self.principal, self.now)
    }

    /// Whether the viewer can see all users, which an unscoped permission allows.
    pub(super) fn see_everybody(&self) -> bool {
        self.visibility().sees_all_users()
    }

    /// Whether the viewer can see this user.
    pub(super) fn see(&self, user: &User) -> bool {
        self.visibility().user(user.id).shows_details()
    }
}

/// A sort order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// By login name, ascending.
    #[default]
    Login,
    /// By login name, descending.
    LoginDown,
    /// By last activity, latest first.
    Seen,
    /// By last activity, earliest first; users who were never active come first.
    SeenUp,
}

impl Sort {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Login, "login"), (Self::LoginDown, "-login"), (Self::Seen, "seen"), (Self::SeenUp, "-seen")];

    pub(super) fn read(fields: &Fields) -> Self {
        let word = fields.raw("sort");
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(sort, _)| sort).unwrap_or_default()
    }

    pub(super) fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(sort, _)| *sort == self).map_or("login", |(_, word)| word)
    }

    pub(super) const fn needs_activity(self) -> bool {
        matches!(self, Self::Seen | Self::SeenUp)
    }

    const fn is_down(self) -> bool {
        matches!(self, Self::LoginDown | Self::Seen)
    }
}

/// The users that were found, sorted by login name.
pub(super) struct Found<'a> {
    roster: &'a Roster,
    /// Their positions in the roster; `None` stands for all users.
    places: Option<Members>,
    count: usize,
}

/// Returns the users that match the filter and that the viewer can see.
pub(super) fn find<'a>(roster: &'a Roster, filter: &Filter, facts: &Facts, eyes: Eyes<'_>) -> Found<'a> {
    let everybody = eyes.see_everybody();
    if filter.is_empty() && everybody {
        return Found { roster, places: None, count: roster.users.len() };
    }
    let everyone = || Members::List((0..u32::try_from(roster.users.len()).unwrap_or(u32::MAX)).collect());
    let mut places = if filter.words.is_empty() { everyone() } else { roster.find(&filter.words) };
    if !filter.tokens.is_empty() || !everybody {
        let admitted = |user: &Arc<User>| filter.admits(user, &eyes, facts) && (everybody || eyes.see(user));
        let mut kept = places.numbers();
        kept.retain(|place| roster.user(*place).is_some_and(admitted));
        places = Members::List(kept.into_boxed_slice());
    }
    Found { roster, count: places.len(), places: Some(places) }
}

/// Finds users within the search budget, so that scans of many users don't delay other requests.
///
/// # Errors
/// The viewer has too many searches running.
pub(super) async fn find_in_turn<'a>(
    viewer: &crate::web::current_user::CurrentUser,
    roster: &'a Roster,
    filter: &Filter,
    facts: &Facts,
    eyes: Eyes<'_>,
) -> Result<Found<'a>, PageError> {
    let is_listed = filter.is_empty() && eyes.see_everybody();
    let users = if is_listed { 0 } else { roster.users.len() };
    let conditions = filter.words.len() + filter.tokens.len();
    let found = search_budget::run(viewer.user.id.bits(), users, conditions, || find(roster, filter, facts, eyes));
    Ok(found.await.map_err(|TooManySearches| Failure::Busy)?)
}

/// A page of the users that were found.
pub(super) struct Page<'a> {
    pub(super) users: Vec<&'a Arc<User>>,
    /// Number of users before this page.
    pub(super) before: usize,
    /// The value of `before=…` for the previous page, if there is one.
    pub(super) previous: Option<String>,
    /// The value of `after=…` for the next page, if there is one.
    pub(super) next: Option<String>,
}

/// The sort key of a user: the time of the last activity if the order needs it, and the folded login name.
type Key = (Option<i64>, String);

impl<'a> Found<'a> {
    /// Returns the number of users.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Returns all users, sorted by login name.
    pub(super) fn users(&self) -> Vec<&'a Arc<User>> {
        self.ranks(0..self.count())
    }

    /// Returns the users at these positions of the result.
    fn ranks(&self, ranks: Range<usize>) -> Vec<&'a Arc<User>> {
        match &self.places {
            Some(places) => places.ranks(ranks).into_iter().filter_map(|place| self.roster.user(place)).collect(),
            None => self.roster.users.get(ranks).unwrap_or_default().iter().collect(),
        }
    }

    /// Returns the page for the fields `after` or `before`; the first page without them.
    pub(super) fn page(&self, fields: &Fields, sort: Sort, size: usize, facts: &Facts) -> Page<'a> {
        let order = self.order(sort, facts);
        let many = self.count();
        let seen = |user: &User| facts.activity.get(&user.id).and_then(|known| known.seen_at).map(|at| at.as_millis());
        let users = |ranks: Range<usize>| {
            let turned = if sort.is_down() { many - ranks.end..many - ranks.start } else { ranks };
            let mut users = match &order {
                Some(order) => order.get(turned).unwrap_or_default().to_vec(),
                None => self.ranks(turned),
            };
            if sort.is_down() {
                users.reverse();
            }
            users
        };
        let key = |user: &User| (sort.needs_activity().then(|| seen(user)).flatten(), folded(&user.username));
        let comes_before = |user: &User, other: &Key| {
            let at = if sort.needs_activity() { seen(user) } else { None };
            let order = at.cmp(&other.0).then_with(|| cmp_folded(&user.username, &other.1));
            if sort.is_down() { order.reverse() } else { order }
        };
        let rank = |key: &Key, inclusive: bool| {
            let (mut low, mut high) = (0, many);
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
            (Some(after), _) => rank(&read_key(after, sort), true),
            (None, Some(before)) => rank(&read_key(before, sort), false).saturating_sub(size),
            (None, None) => 0,
        };
        // Past the end, show the last page instead of an empty one.
        let begin = if begin >= many { many.saturating_sub(size) } else { begin };
        let users = users(begin..many.min(begin + size));
        let named = |user: Option<&&Arc<User>>| user.map(|user| write_key(&key(user), sort));
        let (first, last) = (named(users.first()), named(users.last()));
        Page {
            previous: first.filter(|_| begin > 0),
            next: last.filter(|_| begin + users.len() < many),
            before: begin,
            users,
        }
    }

    /// Returns all users sorted by last activity, ascending; `None` if the sort order doesn't need it.
    fn order(&self, sort: Sort, facts: &Facts) -> Option<Vec<&'a Arc<User>>> {
        if !sort.needs_activity() {
            return None;
        }
        let mut users = self.users();
        users.sort_by_cached_key(|user| facts.activity.get(&user.id).and_then(|known| known.seen_at));
        Some(users)
    }
}

fn write_key((seen, login): &Key, sort: Sort) -> String {
    match sort.needs_activity() {
        true => format!("{}.{login}", seen.map(|seen| seen.to_string()).unwrap_or_default()),
        false => login.clone(),
    }
}

fn read_key(text: &str, sort: Sort) -> Key {
    match text.split_once('.').filter(|_| sort.needs_activity()) {
        Some((seen, login)) => (seen.parse().ok(), login.to_owned()),
        None => (None, text.to_owned()),
    }
}
