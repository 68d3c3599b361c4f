//! Users' login names: in their order, and to be found by, now and over time.

use std::hash::BuildHasher as _;
use std::ops::Bound;
use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::{OrdMap, OrdSet};

use super::Directory;
use crate::directory::Revision;
use crate::id::UserId;
use crate::limits;
use crate::login_history::LoginHistory;
use crate::lookalike::{odd_skeleton, skeleton};
use crate::text::{folded, folded_to, has_more_chars};
use crate::user::User;

/// Whose login name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) ordinal: u32,
    /// At hand, because whoever asks by a login name seldom needs more of the user.
    pub(crate) user: UserId,
}

/// Login names in their folded form. A hash beside their order, because questions name users by them: among a million
/// names a search through the order compares twenty, each in memory of its own.
#[derive(Clone, Default)]
pub(super) struct Logins {
    /// Bytes of the longest name that there ever was.
    longest: usize,
    sorted: OrdMap<Arc<str>, u32>,
    hashed: imbl::GenericHashMap<Arc<str>, Login, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
}

impl Logins {
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Login> {
        self.hashed.get(name)
    }

    pub(super) fn insert(&mut self, name: &str, login: Login) {
        self.longest = self.longest.max(name.len());
        let name: Arc<str> = Arc::from(name);
        self.sorted.insert(name.clone(), login.ordinal);
        self.hashed.insert(name, login);
    }

    /// Takes a name out, unless somebody else has it by now.
    pub(super) fn remove(&mut self, name: &str, login: Login) {
        if self.get(name) == Some(&login) {
            self.sorted.remove(name);
            self.hashed.remove(name);
        }
    }

    /// The ordinals in the order of the names, beginning after that one.
    pub(super) fn after(&self, name: Option<&str>) -> impl Iterator<Item = u32> + '_ {
        let lower = name.map_or(Bound::Unbounded, |name| Bound::Excluded(Arc::<str>::from(name)));
        self.sorted.range((lower, Bound::Unbounded)).map(|(_, ordinal)| *ordinal)
    }
}

/// Login names, worked out all at once, and what odd ones look like; a user's ordinal is the place in the list.
pub(super) struct Names {
    pub(super) logins: Logins,
    pub(super) skeletons: OrdSet<(u64, u32)>,
}

impl Names {
    pub(super) fn of(users: &[Arc<User>]) -> Self {
        let mut names: Vec<(Arc<str>, u32)> =
            users.iter().zip(0..).map(|(user, ordinal)| (Arc::from(folded(&user.username)), ordinal)).collect();
        let login = |((name, ordinal), user): (&(Arc<str>, u32), &Arc<User>)| {
            (name.clone(), Login { ordinal: *ordinal, user: user.id })
        };
        let hashed = names.iter().zip(users).map(login).collect();
        let longest = names.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        // Sorted first: each goes in beside the one before, in memory that is at hand.
        names.sort_unstable();
        let odd = |(name, ordinal): &(Arc<str>, u32)| Some((hash_of_looks(&odd_skeleton(name)?), *ordinal));
        let mut skeletons: Vec<(u64, u32)> = names.iter().filter_map(odd).collect();
        skeletons.sort_unstable();
        let logins = Logins { longest, sorted: names.into_iter().collect(), hashed };
        Self { logins, skeletons: skeletons.into_iter().collect() }
    }
}

/// The histories of login names that passed from one user to another, by login name in its folded form.
#[derive(Clone, Default)]
pub(super) struct LoginHistories {
    /// Bytes of the longest name that there ever was.
    longest: usize,
    by_login: imbl::GenericHashMap<String, Arc<LoginHistory>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
    /// The login names that each user gave up, each once.
    given_up: imbl::GenericHashMap<UserId, Arc<Vec<String>>, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
}

impl LoginHistories {
    pub(super) fn put(&mut self, history: Arc<LoginHistory>) {
        self.longest = self.longest.max(history.login.len());
        // A history keeps its last tenures, and forgets earlier ones.
        self.remove(&history.login);
        for user in history.given_up() {
            let logins = Arc::make_mut(self.given_up.entry(user).or_default());
            if logins.last() != Some(&history.login) {
                logins.push(history.login.clone());
            }
        }
        self.by_login.insert(history.login.clone(), history);
    }

    pub(super) fn remove(&mut self, login: &str) {
        let Some(history) = self.by_login.remove(login) else { return };
        for user in history.given_up() {
            let Some(logins) = self.given_up.get_mut(&user) else { continue };
            Arc::make_mut(logins).retain(|known| known != login);
            if logins.is_empty() {
                self.given_up.remove(&user);
            }
        }
    }

    /// The histories of the login names that a user gave up, each with the revision in which the user last did.
    pub(super) fn given_up_by(&self, user: UserId) -> impl Iterator<Item = (Revision, &LoginHistory)> {
        let logins = self.given_up.get(&user).into_iter().flat_map(|logins| logins.iter());
        let histories = logins.filter_map(|login| self.by_login.get(login.as_str()));
        histories.filter_map(move |history| Some((history.given_up_by(user)?, &**history)))
    }

    /// All histories, by login name.
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
    /// The user with that login name, however it is written (see [`folded`]).
    #[must_use]
    pub fn user_by_login(&self, username: &str) -> Option<&Arc<User>> {
        self.user_at(self.login(username)?.ordinal)
    }

    /// The id of the user with that login name, which is quicker to come by than the user.
    #[must_use]
    pub fn user_id_by_login(&self, username: &str) -> Option<UserId> {
        self.login(username).map(|login| login.user)
    }

    fn login(&self, username: &str) -> Option<&Login> {
        self.logins.get(&folded_to(username, limits::USERNAME_CHARS_MAX, self.logins.longest)?)
    }

    /// A user whose login name looks like this one without being it.
    #[must_use]
    pub fn lookalike(&self, username: &str) -> Option<&Arc<User>> {
        self.lookalikes(username).next()
    }

    /// The users whose login names look like this one without being it.
    pub fn lookalikes(&self, username: &str) -> impl Iterator<Item = &Arc<User>> {
        // A text that is too long for a login name looks like none.
        let is_name = !has_more_chars(username.trim(), limits::USERNAME_CHARS_MAX);
        let username = if is_name { username } else { "" };
        let (name, looks) = (folded(username), skeleton(username));
        let hash = hash_of_looks(&looks);
        let plain = self.logins.get(&looks).into_iter().map(|login| &login.ordinal);
        let odd = self.skeletons.range((hash, 0)..=(hash, u32::MAX)).map(|(_, ordinal)| ordinal);
        plain
            .chain(odd)
            .filter_map(|ordinal| self.user_at(*ordinal))
            .filter(move |user| skeleton(&user.username) == looks && folded(&user.username) != name)
    }

    /// The history of a login name; `None` for one that one user was created with and always had, or no user ever had.
    #[must_use]
    pub fn login_history(&self, username: &str) -> Option<&Arc<LoginHistory>> {
        let longest = self.login_histories.longest;
        self.login_histories.by_login.get(&*folded_to(username, limits::USERNAME_CHARS_MAX, longest)?)
    }

    /// The history of a login name in its folded form, which may be longer than a login name.
    pub(crate) fn login_history_of(&self, folded: &str) -> Option<&Arc<LoginHistory>> {
        self.login_histories.by_login.get(folded)
    }

    /// The user whom a login name means in a value that was set at the revision: who had it then, else who was created
    /// with it later first.
    #[must_use]
    pub fn user_id_by_login_at(&self, username: &str, set: Revision) -> Option<UserId> {
        let longest = self.logins.longest.max(self.login_histories.longest);
        let login = folded_to(username, limits::USERNAME_CHARS_MAX, longest)?;
        match self.login_histories.by_login.get(&*login) {
            Some(history) => history.user_at(set),
            None => self.logins.get(&login).map(|login| login.user),
        }
    }
}

pub(super) fn hash_of_looks(skeleton: &str) -> u64 {
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
        let given_up = |histories: &LoginHistories, user: u128| {
            let all = histories.given_up_by(UserId::from_bits(user));
            all.map(|(revision, history)| (history.login.clone(), revision.0)).collect::<Vec<_>>()
        };
        histories.put(history("ann", &[(1, Some(3)), (2, None)]));
        histories.put(history("bob", &[(1, Some(7)), (2, Some(8)), (1, Some(9))]));
        assert_eq!(given_up(&histories, 1), [("ann".to_owned(), 3), ("bob".to_owned(), 9)]);
        assert_eq!(given_up(&histories, 2), [("bob".to_owned(), 8)]);
        // A newer version of a history replaces the earlier tenures.
        histories.put(history("ann", &[(2, Some(12)), (3, None)]));
        assert_eq!(given_up(&histories, 1), [("bob".to_owned(), 9)]);
        assert_eq!(given_up(&histories, 2), [("bob".to_owned(), 8), ("ann".to_owned(), 12)]);
        histories.remove("bob");
        assert!(given_up(&histories, 1).is_empty() && given_up(&histories, 3).is_empty());
    }
}
