//! The users of an instance sorted by login name, with a search index.
//!
//! A roster belongs to one revision. The roster of the next revision reuses the index for all unchanged users; the
//! texts of the few changed users are searched one by one. If there are too many of them, the index is rebuilt. So
//! after a change, the next request for the list only scans the users once, even in a large instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use floorkey::text::folded;
use floorkey::{Directory, InstanceId, Revision, User};

use super::members::Members;
use super::texts::Texts;
use crate::web::search_terms::search_terms;

/// Minimum number of users outside the index before it is rebuilt.
const BESIDE_MIN: usize = 500;

/// Number of users from which a roster is built in a blocking task.
const MANY: usize = 5_000;

/// The users of an instance at one revision.
pub(super) struct Roster {
    revision: Revision,
    /// All users, sorted by folded login name.
    pub(super) users: Vec<Arc<User>>,
    index: Arc<Index>,
    /// The position in `users` of the user of each text in the index; `None` for users who changed or were deleted. If
    /// the field itself is `None`, text and user have the same position.
    places: Option<Vec<Option<u32>>>,
    /// The users who changed after the index was built, with position and text.
    beside: Vec<(u32, String)>,
}

/// The search index, with the users it was built from.
struct Index {
    users: Vec<Arc<User>>,
    texts: Texts,
}

impl Roster {
    /// Builds the roster of a directory.
    pub(super) fn new(directory: &Directory) -> Self {
        Self::whole(directory.revision(), directory.users_after(None).cloned().collect())
    }

    fn whole(revision: Revision, users: Vec<Arc<User>>) -> Self {
        let texts = Texts::new(users.iter().map(|user| text(user)));
        let index = Arc::new(Index { users: users.clone(), texts });
        Self { revision, users, index, places: None, beside: Vec::new() }
    }

    /// Builds the roster of another directory of the same instance, and reuses the index if possible.
    fn next(&self, directory: &Directory) -> Self {
        let users: Vec<_> = directory.users_after(None).cloned().collect();
        let mut places = vec![None; self.index.users.len()];
        let mut beside = Vec::new();
        let mut known = self.index.users.iter().zip(&mut places).peekable();
        for (user, place) in users.iter().zip(0_u32..) {
            let mut same = false;
            while let Some((indexed, at)) = known.next_if(|(indexed, _)| {
                Arc::ptr_eq(indexed, user) || folded(&indexed.username) <= folded(&user.username)
            }) {
                if Arc::ptr_eq(indexed, user) {
                    *at = Some(place);
                    same = true;
                    break;
                }
            }
            if !same {
                beside.push((place, text(user)));
            }
        }
        if beside.len() > BESIDE_MIN.max(users.len() / 100) {
            return Self::whole(directory.revision(), users);
        }
        Self { revision: directory.revision(), users, index: self.index.clone(), places: Some(places), beside }
    }

    /// Returns the positions of the users whose login name, name or email contain all the folded words, ascending.
    pub(super) fn find(&self, words: &[String]) -> Members {
        let found = self.index.texts.find(words);
        let Some(places) = &self.places else { return found };
        let place = |number: u32| places.get(number as usize).copied().flatten();
        let mut found: Vec<u32> = found.numbers().into_iter().filter_map(place).collect();
        let right = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        found.extend(self.beside.iter().filter(|(_, text)| right(text)).map(|(place, _)| *place));
        found.sort_unstable();
        Members::List(found.into_boxed_slice())
    }

    /// Returns the user at a position.
    pub(super) fn user(&self, place: u32) -> Option<&Arc<User>> {
        self.users.get(place as usize)
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
pub(super) fn words(query: &str) -> Vec<String> {
    search_terms(query).into_iter().map(|word| word.replace('\0', "")).filter(|word| !word.is_empty()).collect()
}

/// A cache with the roster of each instance, which is built on first use.
#[derive(Default)]
pub(super) struct Rosters {
    made: Mutex<HashMap<InstanceId, Arc<Roster>>>,
    /// Only one roster is built at a time, so that concurrent requests share it.
    making: tokio::sync::Mutex<()>,
}

impl Rosters {
    /// Returns the roster of a directory.
    pub(super) async fn of(&self, directory: &Arc<Directory>) -> Arc<Roster> {
        if let Some(roster) = self.made(directory).filter(|roster| roster.revision == directory.revision()) {
            return roster;
        }
        let _alone = self.making.lock().await;
        let before = self.made(directory);
        if let Some(roster) = before.as_ref().filter(|roster| roster.revision == directory.revision()) {
            return roster.clone();
        }
        let make = {
            let directory = directory.clone();
            move || match before {
                Some(before) => Arc::new(before.next(&directory)),
                None => Arc::new(Roster::new(&directory)),
            }
        };
        let roster = match directory.user_count() >= MANY {
            true => tokio::task::spawn_blocking(make).await.unwrap_or_else(|_| Arc::new(Roster::new(directory))),
            false => make(),
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.get(&directory.instance()).is_none_or(|held| held.revision < roster.revision) {
            made.insert(directory.instance(), roster.clone());
        }
        roster
    }

    fn made(&self, directory: &Directory) -> Option<Arc<Roster>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&directory.instance()).cloned()
    }
}
