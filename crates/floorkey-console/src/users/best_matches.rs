//! The users whose names match a search best, for the search over everything.

use std::cmp::Reverse;
use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{Principal, User};

use super::find::ViewerScope;
use super::list::viewer_scope;
use super::user_index::{UserIndex, UserIndexCache, search_words};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::rank::{Rank, rank};
use floorkey_service::failure::Failure;
use floorkey_service::search_budget::{self, TooManySearches};

/// The maximum number of users that are compared with each other. If more are found, those whose login names begin with
/// the search come first, and others follow by login name.
const RANKED_MAX: usize = 1_000;

/// The users that match a search best.
#[derive(Default)]
pub(crate) struct BestMatches {
    /// The best matches, the best first.
    pub(crate) users: Vec<(Rank, Arc<User>)>,
    /// The number of all matches.
    pub(crate) total: usize,
}

/// Finds the visible users whose names, login names or email addresses contain every word of the search.
///
/// # Errors
/// Returns an error if the viewer has too many searches running.
pub(crate) async fn best_matches(
    viewer: &CurrentUser,
    cache: &UserIndexCache,
    search: &str,
    users_max: usize,
) -> Result<BestMatches, PageError> {
    let words = search_words(search);
    if words.is_empty() || !viewer.sees_users() {
        return Ok(BestMatches::default());
    }
    let index = cache.get(&viewer.directory).await;
    let principal: Principal = viewer.principal();
    let scope = viewer_scope(viewer, &principal);
    let find = || find(&index, &words, scope, users_max);
    let found = search_budget::run(viewer.user.id.bits(), index.users.len(), words.len(), find).await;
    Ok(found.map_err(|TooManySearches| Failure::Busy)?)
}

fn find(index: &UserIndex, words: &[String], scope: ViewerScope<'_>, users_max: usize) -> BestMatches {
    let mut positions = index.find(words);
    if !scope.can_see_all() {
        positions.retain(|position| index.user(*position).is_some_and(|user| scope.can_see(user)));
    }
    let total = positions.len();
    if total > RANKED_MAX {
        positions = candidates(index, &positions, words);
    }
    let users = positions.into_iter().filter_map(|position| index.user(position));
    let mut users: Vec<_> = users.map(|user| (user_rank(words, user), user.clone())).collect();
    // The sort is stable, so equal ranks remain sorted by login name.
    users.sort_by_key(|(rank, user)| (*rank, Reverse(user.enabled)));
    users.truncate(users_max);
    BestMatches { users, total }
}

/// Chooses the positions to rank from many: those whose login names begin with the search, and the first ones.
fn candidates(index: &UserIndex, positions: &[u32], words: &[String]) -> Vec<u32> {
    let prefix = words.join(" ");
    let login = |position: &u32| index.user(*position).map(|user| folded(&user.username)).unwrap_or_default();
    let begin = positions.partition_point(|position| login(position) < prefix);
    let matching = positions.iter().skip(begin).take_while(|position| login(position).starts_with(&prefix));
    let mut chosen: Vec<u32> = matching.take(RANKED_MAX / 2).copied().collect();
    chosen.extend(positions.iter().take(RANKED_MAX / 2));
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

fn user_rank(words: &[String], user: &User) -> Rank {
    let email = user.identity.email.as_deref().unwrap_or_default();
    rank(words, &[&user.display_name(), &user.username], &[email]).unwrap_or(Rank::About)
}

#[cfg(test)]
mod tests {
    use floorkey::{Directory, InstanceId, Record, RecordChange, ResourceId, Revision, Timestamp, UserId};
    use jiff::tz::TimeZone;

    use super::*;
    use crate::web::time_format::{DateStyle, TimeFormat};

    fn directory(logins: impl Iterator<Item = String>) -> Directory {
        let records: Vec<_> = logins
            .zip(1..)
            .map(|(login, id)| {
                let routing_profile = ResourceId::from_bits(1);
                let user = User::new(UserId::from_bits(id), &login, routing_profile, Timestamp::from_millis(0));
                RecordChange::Upsert(Record::User(Arc::new(user)))
            })
            .collect();
        Directory::from_records(InstanceId::from_bits(1), Revision(0), Vec::new()).apply(Revision(1), &records)
    }

    fn found(directory: &Directory, search: &str) -> (Vec<String>, usize) {
        let index = UserIndex::build(directory, None);
        let principal = Principal::System;
        let times = TimeFormat { zone: TimeZone::UTC, style: DateStyle::default() };
        let scope = ViewerScope { directory, principal: &principal, now: Timestamp::from_millis(0), times: &times };
        let found = find(&index, &search_words(search), scope, 3);
        (found.users.into_iter().map(|(_, user)| user.username.clone()).collect(), found.total)
    }

    #[test]
    fn the_best_matches_come_first() {
        let directory = directory(["joann", "ann.lee", "mary-ann", "ann", "bob"].into_iter().map(str::to_owned));
        assert_eq!(found(&directory, "ann"), (vec!["ann".to_owned(), "ann.lee".to_owned(), "mary-ann".to_owned()], 4));
        assert_eq!(found(&directory, "zoe"), (Vec::new(), 0));
    }

    #[test]
    fn a_login_that_begins_with_the_search_is_found_among_many() {
        let many =
            (0..3_000).map(|number| format!("agent.{number:04}")).chain(["gent".to_owned(), "gentle".to_owned()]);
        let (users, total) = found(&directory(many), "gent");
        assert_eq!((users.first().map(String::as_str), total), (Some("gent"), 3_002));
        assert_eq!(users.get(1).map(String::as_str), Some("gentle"));
    }
}
