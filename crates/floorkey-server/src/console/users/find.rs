//! Finding users: those that a filter means and the viewer may see, in order, page by page.
//!
//! A page is named by the user it begins after or ends before, so that it stays where it is when users come and go.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use floorkey::text::{cmp_folded, folded};
use floorkey::visibility::Viewer;
use floorkey::{Directory, Principal, Timestamp, User};

use super::super::fields::Fields;
use super::super::problem::Problem;
use super::filter::{Facts, Filter};
use super::members::Members;
use super::roster::Roster;
use crate::failure::Failure;
use crate::search_budget::{self, TooManySearches};

/// Users on a page: what one can choose.
pub(super) const SIZES: [usize; 2] = [50, 100];

/// Who looks, and when.
#[derive(Clone, Copy)]
pub(super) struct Eyes<'a> {
    pub(super) directory: &'a Directory,
    pub(super) principal: &'a Principal,
    pub(super) now: Timestamp,
}

impl<'a> Eyes<'a> {
    /// What of each record they may be shown.
    pub(super) fn visibility(&self) -> Viewer<'a> {
        Viewer::new(self.directory, self.principal, self.now)
    }

    /// Whether all users are in sight, as they are for whoever holds the permission without a scope.
    pub(super) fn see_everybody(&self) -> bool {
        self.visibility().sees_all_users()
    }

    /// Whether this user is in sight.
    pub(super) fn see(&self, user: &User) -> bool {
        self.visibility().user(user.id).shows_details()
    }
}

/// By what users are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// By login name, from a to z.
    #[default]
    Login,
    /// The other way round.
    LoginDown,
    /// By when they were last seen, the latest first.
    Seen,
    /// The other way round: those who never were come first.
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

/// The users that were found, in the order of their login names.
pub(super) struct Found<'a> {
    roster: &'a Roster,
    /// Their places; `None` is everybody.
    places: Option<Members>,
    count: usize,
}

/// Finds users.
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

/// Finds users when there is room for it: looking at many of them keeps nobody else waiting.
///
/// # Errors
/// Too many searches of the viewer at a time.
pub(super) async fn find_in_turn<'a>(
    viewer: &super::super::viewer::Viewer,
    roster: &'a Roster,
    filter: &Filter,
    facts: &Facts,
    eyes: Eyes<'_>,
) -> Result<Found<'a>, Problem> {
    let is_listed = filter.is_empty() && eyes.see_everybody();
    let users = if is_listed { 0 } else { roster.users.len() };
    let conditions = filter.words.len() + filter.tokens.len();
    let found = search_budget::run(viewer.user.id.bits(), users, conditions, || find(roster, filter, facts, eyes));
    Ok(found.await.map_err(|TooManySearches| Failure::Busy)?)
}

/// A page of what was found.
pub(super) struct Page<'a> {
    pub(super) users: Vec<&'a Arc<User>>,
    /// How many come before these.
    pub(super) before: usize,
    /// What names the page before this one, if there is one: `before=…`.
    pub(super) previous: Option<String>,
    /// What names the next page, if there is one: `after=…`.
    pub(super) next: Option<String>,
}

/// Where a user stands in an order: when they were seen if that counts, and the login name.
type Key = (Option<i64>, String);

impl<'a> Found<'a> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// All of them, by login name.
    pub(super) fn users(&self) -> Vec<&'a Arc<User>> {
        self.ranks(0..self.count())
    }

    /// Those that so many others come before.
    fn ranks(&self, ranks: Range<usize>) -> Vec<&'a Arc<User>> {
        match &self.places {
            Some(places) => places.ranks(ranks).into_iter().filter_map(|place| self.roster.user(place)).collect(),
            None => self.roster.users.get(ranks).unwrap_or_default().iter().collect(),
        }
    }

    /// The page that the fields name; the first one if they name none.
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
        // After the last one there is nothing: rather the last page than none.
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

    /// All of them in the order of when they were last seen; `None` where that does not count.
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
