//! The users of an instance sorted by login name, with a search index.
//!
//! An index belongs to one revision. The index of the next revision reuses the search index for all unchanged users.
//! The strings of the changed users are searched one by one. If too many users have changed, the search index is
//! rebuilt.
//!
//! After a small change, the next request for the list only scans all users once. It does not rebuild the search index,
//! even in a large instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use floorkey::text::folded;
use floorkey::{Directory, InstanceId, Revision, User};

use super::number_set::NumberSet;
use super::search_index::SearchIndex;
use crate::web::search_terms::search_terms;

/// The search index is rebuilt only if more than this number of users are not in it.
const UNINDEXED_MIN: usize = 500;

/// If there are at least this many users, the index is built in a blocking task.
const BLOCKING_MIN: usize = 5_000;

/// The users of an instance at one revision.
pub(super) struct UserIndex {
    revision: Revision,
    /// All users, sorted by case-folded login name.
    pub(super) users: Vec<Arc<User>>,
    index: Arc<IndexedUsers>,
    /// For each string in the search index, the position of its user in `users`. The position is `None` if the user was
    /// changed or deleted. If the field itself is `None`, each string has the same position as its user.
    positions: Option<Vec<Option<u32>>>,
    /// The users who were added or changed after the search index was built. Each entry has the user's position and
    /// searchable string.
    unindexed: Vec<(u32, String)>,
}

/// The search index, with the users from which it was built.
struct IndexedUsers {
    users: Vec<Arc<User>>,
    texts: SearchIndex,
}

impl UserIndex {
    /// Builds the index of a directory.
    pub(super) fn new(directory: &Directory) -> Self {
        Self::build(directory.revision(), directory.users_after(None).cloned().collect())
    }

    fn build(revision: Revision, users: Vec<Arc<User>>) -> Self {
        let texts = SearchIndex::new(users.iter().map(|user| text(user)));
        let index = Arc::new(IndexedUsers { users: users.clone(), texts });
        Self { revision, users, index, positions: None, unindexed: Vec::new() }
    }

    /// Builds the index for another directory of the same instance. Reuses the search index if possible.
    fn update(&self, directory: &Directory) -> Self {
        let users: Vec<_> = directory.users_after(None).cloned().collect();
        let mut positions = vec![None; self.index.users.len()];
        let mut unindexed = Vec::new();
        let mut known = self.index.users.iter().zip(&mut positions).peekable();
        for (user, position) in users.iter().zip(0_u32..) {
            let mut same = false;
            while let Some((indexed, at)) = known.next_if(|(indexed, _)| {
                Arc::ptr_eq(indexed, user) || folded(&indexed.username) <= folded(&user.username)
            }) {
                if Arc::ptr_eq(indexed, user) {
                    *at = Some(position);
                    same = true;
                    break;
                }
            }
            if !same {
                unindexed.push((position, text(user)));
            }
        }
        if unindexed.len() > UNINDEXED_MIN.max(users.len() / 100) {
            return Self::build(directory.revision(), users);
        }
        Self { revision: directory.revision(), users, index: self.index.clone(), positions: Some(positions), unindexed }
    }

    /// Returns the positions of the users that match all words, in ascending order. A word matches if it occurs in the
    /// user's login name, name or email address. The words must be case-folded.
    pub(super) fn find(&self, words: &[String]) -> NumberSet {
        let found = self.index.texts.find(words);
        let Some(positions) = &self.positions else { return found };
        let position = |number: u32| positions.get(number as usize).copied().flatten();
        let mut found: Vec<u32> = found.to_vec().into_iter().filter_map(position).collect();
        let matches = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        found.extend(self.unindexed.iter().filter(|(_, text)| matches(text)).map(|(position, _)| *position));
        found.sort_unstable();
        NumberSet::List(found.into_boxed_slice())
    }

    /// Returns the user at a position.
    pub(super) fn user(&self, position: u32) -> Option<&Arc<User>> {
        self.users.get(position as usize)
    }
}

/// Returns the searchable string of a user. The parts of the string are separated by `\0`, which can't be entered in a
/// search.
fn text(user: &User) -> String {
    let identity = &user.identity;
    let part = |part: &Option<String>| part.as_deref().map(folded).unwrap_or_default();
    let (first, last, email) = (part(&identity.first_name), part(&identity.last_name), part(&identity.email));
    format!("{}\0{first} {last}\0{email}\0", folded(&user.username))
}

/// Returns the normalized words of a search.
pub(super) fn search_words(query: &str) -> Vec<String> {
    search_terms(query).into_iter().map(|word| word.replace('\0', "")).filter(|word| !word.is_empty()).collect()
}

/// A cache with the index of each instance. Each index is built when it is first used.
#[derive(Default)]
pub(super) struct UserIndexCache {
    current: Mutex<HashMap<InstanceId, Arc<UserIndex>>>,
    /// Allows only one index to be built at a time, so that concurrent requests share the result.
    build_lock: tokio::sync::Mutex<()>,
}

impl UserIndexCache {
    /// Returns the index of a directory.
    pub(super) async fn get(&self, directory: &Arc<Directory>) -> Arc<UserIndex> {
        if let Some(index) = self.current(directory).filter(|index| index.revision == directory.revision()) {
            return index;
        }
        let _guard = self.build_lock.lock().await;
        let before = self.current(directory);
        if let Some(index) = before.as_ref().filter(|index| index.revision == directory.revision()) {
            return index.clone();
        }
        let build_index = {
            let directory = directory.clone();
            move || match before {
                Some(before) => Arc::new(before.update(&directory)),
                None => Arc::new(UserIndex::new(&directory)),
            }
        };
        let index = match directory.user_count() >= BLOCKING_MIN {
            true => {
                tokio::task::spawn_blocking(build_index).await.unwrap_or_else(|_| Arc::new(UserIndex::new(directory)))
            }
            false => build_index(),
        };
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.get(&directory.instance()).is_none_or(|cached| cached.revision < index.revision) {
            current.insert(directory.instance(), index.clone());
        }
        index
    }

    fn current(&self, directory: &Directory) -> Option<Arc<UserIndex>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).get(&directory.instance()).cloned()
    }
}
