//! Indexes of the login names in the directory: a sorted map, a hash map, and a map of login histories.

use std::hash::BuildHasher as _;
use std::ops::Bound;
use std::sync::{Arc, mpsc};

use foldhash::fast::FixedState;
use imbl::{OrdMap, OrdSet};

use super::Directory;
use crate::id::UserId;
use crate::limits;
use crate::login_history::LoginHistory;
use crate::lookalike::{nontrivial_skeleton, skeleton};
use crate::revision::Revision;
use crate::text::{folded, folded_with_limits, has_more_chars};
use crate::user::User;

/// The user who has a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoginEntry {
    pub(crate) ordinal: u32,
    /// The ID of the user. The ID is stored in the entry because most lookups by login name need only the ID.
    pub(crate) user: UserId,
}

/// Login names in their folded form, in a sorted map and in a hash map. Lookups use the hash map. In the sorted map, a
/// lookup among a million names would take 20 comparisons, each with a cache miss.
#[derive(Clone, Default)]
pub(super) struct Logins {
    /// The length in bytes of the longest login name that was ever added.
    longest: usize,
    sorted: OrdMap<Arc<str>, u32>,
    hashed: HashedLogins,
}

type HashedLogins = imbl::GenericHashMap<Arc<str>, LoginEntry, FixedState, imbl::shared_ptr::DefaultSharedPtr>;

impl Logins {
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<&LoginEntry> {
        self.hashed.get(name)
    }

    pub(super) fn insert(&mut self, name: &str, login: LoginEntry) {
        self.longest = self.longest.max(name.len());
        let name: Arc<str> = Arc::from(name);
        self.sorted.insert(name.clone(), login.ordinal);
        self.hashed.insert(name, login);
    }

    /// Removes a login name if it belongs to the given user.
    pub(super) fn remove(&mut self, name: &str, login: LoginEntry) {
        if self.get(name) == Some(&login) {
            self.sorted.remove(name);
            self.hashed.remove(name);
        }
    }

    /// Iterates over the ordinals of the users, sorted by login name and starting after the given name.
    pub(super) fn after(&self, name: Option<&str>) -> impl Iterator<Item = u32> + '_ {
        let lower = name.map_or(Bound::Unbounded, |name| Bound::Excluded(Arc::<str>::from(name)));
        self.sorted.range((lower, Bound::Unbounded)).map(|(_, ordinal)| *ordinal)
    }
}

/// Indexes of all login names and lookalike skeletons, built for many users at once.
pub(super) struct LoginIndexes {
    pub(super) logins: Logins,
    pub(super) skeletons: OrdSet<(u64, u32)>,
}

impl LoginIndexes {
    /// Indexes the login names of users while `work` is running. A user's ordinal is the user's position in the list.
    /// Sorting takes half of the time, so it runs in a separate thread.
    pub(super) fn collect_during(users: &[Arc<User>], work: impl FnOnce()) -> Self {
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            let sorting = scope.spawn(move || {
                let names = folded_logins(users);
                // Sending cannot fail, because the receiver exists until it has received the names.
                let _ = sender.send(names.clone());
                sorted(names)
            });
            work();
            // If no names were sent, the sorting thread has panicked, and `join` returns an error.
            let names = receiver.recv().unwrap_or_default();
            let (hashed, skeletons) = (hashed(users, &names), skeletons(&names));
            let longest = names.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
            match sorting.join() {
                Ok(sorted) => Self { logins: Logins { longest, sorted, hashed }, skeletons },
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}

/// Returns the login name of each user in folded form, together with the user's ordinal.
fn folded_logins(users: &[Arc<User>]) -> Vec<(Arc<str>, u32)> {
    users.iter().zip(0..).map(|(user, ordinal)| (Arc::from(folded(&user.username)), ordinal)).collect()
}

fn sorted(mut names: Vec<(Arc<str>, u32)>) -> OrdMap<Arc<str>, u32> {
    // The names are sorted first, so that each name is inserted next to the previous name, in memory that is already in
    // the CPU cache.
    names.sort_unstable();
    names.into_iter().collect()
}

fn hashed(users: &[Arc<User>], names: &[(Arc<str>, u32)]) -> HashedLogins {
    let login = |((name, ordinal), user): (&(Arc<str>, u32), &Arc<User>)| {
        (name.clone(), LoginEntry { ordinal: *ordinal, user: user.id })
    };
    names.iter().zip(users).map(login).collect()
}

fn skeletons(names: &[(Arc<str>, u32)]) -> OrdSet<(u64, u32)> {
    let entry = |(name, ordinal): &(Arc<str>, u32)| Some((skeleton_hash(&nontrivial_skeleton(name)?), *ordinal));
    let mut skeletons: Vec<(u64, u32)> = names.iter().filter_map(entry).collect();
    skeletons.sort_unstable();
    skeletons.into_iter().collect()
}

/// The histories of login names. The keys are login names in their folded form.
#[derive(Clone, Default)]
pub(super) struct LoginHistories {
    /// The length in bytes of the longest login name that was ever added.
    longest: usize,
    by_login: imbl::GenericHashMap<String, Arc<LoginHistory>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
    /// The login names that each user gave up, without duplicates.
    released_logins: imbl::GenericHashMap<UserId, Arc<Vec<String>>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
}

impl LoginHistories {
    pub(super) fn insert(&mut self, history: Arc<LoginHistory>) {
        self.longest = self.longest.max(history.login.len());
        // The new version of a history may lack the earliest periods of the previous version.
        self.remove(&history.login);
        for user in history.former_users() {
            let logins = Arc::make_mut(self.released_logins.entry(user).or_default());
            if logins.last() != Some(&history.login) {
                logins.push(history.login.clone());
            }
        }
        self.by_login.insert(history.login.clone(), history);
    }

    pub(super) fn remove(&mut self, login: &str) {
        let Some(history) = self.by_login.remove(login) else { return };
        for user in history.former_users() {
            let Some(logins) = self.released_logins.get_mut(&user) else { continue };
            Arc::make_mut(logins).retain(|known| known != login);
            if logins.is_empty() {
                self.released_logins.remove(&user);
            }
        }
    }

    /// Iterates over the histories of the login names that a user gave up. Each history is paired with the revision in
    /// which the user last gave up the login name.
    pub(super) fn released_logins_by(&self, user: UserId) -> impl Iterator<Item = (Revision, &LoginHistory)> {
        let logins = self.released_logins.get(&user).into_iter().flat_map(|logins| logins.iter());
        let histories = logins.filter_map(|login| self.by_login.get(login.as_str()));
        histories.filter_map(move |history| Some((history.last_release_by(user)?, &**history)))
    }

    /// Iterates over all histories, in no particular order.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<LoginHistory>> {
        self.by_login.values()
    }

    pub(super) fn sorted(&self) -> impl Iterator<Item = Arc<LoginHistory>> {
        let mut all: Vec<_> = self.by_login.values().cloned().collect();
        all.sort_unstable_by(|one, other| one.login.cmp(&other.login));
        all.into_iter()
    }
}

impl Directory {
    /// Returns the user with the given login name. Names are compared in their folded form (see [`folded`]).
    #[must_use]
    pub fn user_by_login(&self, username: &str) -> Option<&Arc<User>> {
        self.user_at(self.login(username)?.ordinal)
    }

    /// Returns the ID of the user with the given login name. This is faster than [`Directory::user_by_login`].
    #[must_use]
    pub fn user_id_by_login(&self, username: &str) -> Option<UserId> {
        self.login(username).map(|login| login.user)
    }

    fn login(&self, username: &str) -> Option<&LoginEntry> {
        self.logins.get(&folded_with_limits(username, limits::USERNAME_CHARS_MAX, self.logins.longest)?)
    }

    /// Returns a user whose login name looks like the given login name but differs from it.
    #[must_use]
    pub fn lookalike(&self, username: &str) -> Option<&Arc<User>> {
        self.lookalikes(username).next()
    }

    /// Iterates over the users whose login names look like the given login name but differ from it.
    pub fn lookalikes(&self, username: &str) -> impl Iterator<Item = &Arc<User>> {
        // A string that is too long for a login name has no lookalikes.
        let is_name = !has_more_chars(username.trim(), limits::USERNAME_CHARS_MAX);
        let username = if is_name { username } else { "" };
        let (name, wanted) = (folded(username), skeleton(username));
        let hash = skeleton_hash(&wanted);
        let unchanged = self.logins.get(&wanted).into_iter().map(|login| &login.ordinal);
        let changed = self.lookalike_skeletons.range((hash, 0)..=(hash, u32::MAX)).map(|(_, ordinal)| ordinal);
        unchanged
            .chain(changed)
            .filter_map(|ordinal| self.user_at(*ordinal))
            .filter(move |user| skeleton(&user.username) == wanted && folded(&user.username) != name)
    }

    /// Returns the history of a login name. Returns `None` if no user has ever had the login name. Also returns `None`
    /// if its only user was created with it and still has it.
    #[must_use]
    pub fn login_history(&self, username: &str) -> Option<&Arc<LoginHistory>> {
        let longest = self.login_histories.longest;
        self.login_histories.by_login.get(&*folded_with_limits(username, limits::USERNAME_CHARS_MAX, longest)?)
    }

    /// Returns the history of a folded login name, which may be longer than the limit for login names.
    pub(crate) fn login_history_of(&self, folded: &str) -> Option<&Arc<LoginHistory>> {
        self.login_histories.by_login.get(folded)
    }

    /// Returns the user that a login name refers to in a value that was set at the given revision. This is the user who
    /// had the login name at that revision. If no user had it, this is the first user who was later created with the
    /// login name.
    #[must_use]
    pub fn user_id_by_login_at(&self, username: &str, revision: Revision) -> Option<UserId> {
        let longest = self.logins.longest.max(self.login_histories.longest);
        let login = folded_with_limits(username, limits::USERNAME_CHARS_MAX, longest)?;
        match self.login_histories.by_login.get(&*login) {
            Some(history) => history.user_at(revision),
            None => self.logins.get(&login).map(|login| login.user),
        }
    }
}

pub(super) fn skeleton_hash(skeleton: &str) -> u64 {
    FixedState::default().hash_one(skeleton)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login_history::Tenure;

    fn history(login: &str, tenures: &[(u128, Option<u64>)]) -> Arc<LoginHistory> {
        let tenure = |(user, until): &(u128, Option<u64>)| Tenure {
            user: UserId::from_bits(*user),
            from: Revision(0),
            until: until.map(Revision),
            created: true,
        };
        Arc::new(LoginHistory { tenures: tenures.iter().map(tenure).collect(), ..LoginHistory::new(login.to_owned()) })
    }

    #[test]
    fn former_logins_are_found_by_user() {
        let mut histories = LoginHistories::default();
        let released = |histories: &LoginHistories, user: u128| {
            let all = histories.released_logins_by(UserId::from_bits(user));
            all.map(|(revision, history)| (history.login.clone(), revision.0)).collect::<Vec<_>>()
        };
        histories.insert(history("ann", &[(1, Some(3)), (2, None)]));
        histories.insert(history("bob", &[(1, Some(7)), (2, Some(8)), (1, Some(9))]));
        assert_eq!(released(&histories, 1), [("ann".to_owned(), 3), ("bob".to_owned(), 9)]);
        assert_eq!(released(&histories, 2), [("bob".to_owned(), 8)]);
        // The periods in a newer version of a history replace the periods in the earlier version.
        histories.insert(history("ann", &[(2, Some(12)), (3, None)]));
        assert_eq!(released(&histories, 1), [("bob".to_owned(), 9)]);
        assert_eq!(released(&histories, 2), [("bob".to_owned(), 8), ("ann".to_owned(), 12)]);
        histories.remove("bob");
        assert!(released(&histories, 1).is_empty() && released(&histories, 3).is_empty());
    }
}
