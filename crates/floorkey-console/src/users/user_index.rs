//! The users of an instance sorted by login name, with a search index.
//!
//! An index belongs to one revision. The index of the next revision reuses the search index for all unchanged users;
//! the texts of the few changed users are searched one by one. If there are too many of them, the index is rebuilt. So
//! after a change, the next request for the list only scans the users once, even in a large instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use floorkey::text::folded;
use floorkey::{Directory, InstanceId, Revision, User};

use super::number_set::NumberSet;
use super::search_index::SearchIndex;
use crate::web::search_terms::search_terms;

/// Minimum number of users outside the index before it is rebuilt.
const UNINDEXED_MIN: usize = 500;

/// Number of users from which an index is built in a blocking task.
const BLOCKING_MIN: usize = 5_000;

/// The users of an instance at one revision.
pub(super) struct UserIndex {
    revision: Revision,
    /// All users, sorted by folded login name.
    pub(super) users: Vec<Arc<User>>,
    index: Arc<IndexedUsers>,
    /// The position in `users` of the user of each text in the index; `None` for users who changed or were deleted. If
    /// the field itself is `None`, text and user have the same position.
    positions: Option<Vec<Option<u32>>>,
    /// The users who changed after the index was built, with position and text.
    unindexed: Vec<(u32, String)>,
}

/// The search index, with the users it was built from.
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

    /// Builds the index of another directory of the same instance, and reuses the search index if possible.
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

    /// Returns the positions of the users whose login name, name or email contain all the folded words, ascending.
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

/// Returns the searchable text of a user. Its parts are separated by `\0`, which can't be entered in a search.
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

/// A cache with the index of each instance, which is built on first use.
#[derive(Default)]
pub(super) struct UserIndexCache {
    current: Mutex<HashMap<InstanceId, Arc<UserIndex>>>,
    /// Only one index is built at a time, so that concurrent requests share it.
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
