//! The users of an instance in the order of their login names, and what they are searched by.
//!
//! A roster belongs to one revision. The next one is made out of it: users who are still the same value keep their
//! place in the index; the others are few and are looked at one by one, until they are so many that the index is made
//! anew. So a change in a large instance costs a walk along its users when somebody next opens the list, and no more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use floorkey::text::folded;
use floorkey::{Directory, InstanceId, Revision, User};

use super::super::search_words::search_words;
use super::members::Members;
use super::texts::Texts;

/// Users beside the index, at least, before it is made anew.
const BESIDE_MIN: usize = 500;

/// Users from which on making a roster is kept off the threads that answer requests.
const MANY: usize = 5_000;

/// The users of an instance at one revision.
pub(super) struct Roster {
    revision: Revision,
    /// By login name in its folded form.
    pub(super) users: Vec<Arc<User>>,
    index: Arc<Index>,
    /// For each text of the index, the place of its user; `None` where that user changed or is gone. Without it every
    /// text is that of the user in its place.
    places: Option<Vec<Option<u32>>>,
    /// Users who changed since the index was made: place and text.
    beside: Vec<(u32, String)>,
}

/// The texts of users as they were when it was made.
struct Index {
    users: Vec<Arc<User>>,
    texts: Texts,
}

impl Roster {
    /// The roster of a directory.
    pub(super) fn new(directory: &Directory) -> Self {
        Self::whole(directory.revision(), directory.users_after(None).cloned().collect())
    }

    fn whole(revision: Revision, users: Vec<Arc<User>>) -> Self {
        let texts = Texts::new(users.iter().map(|user| text(user)));
        let index = Arc::new(Index { users: users.clone(), texts });
        Self { revision, users, index, places: None, beside: Vec::new() }
    }

    /// The roster of another directory of the same instance.
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

    /// The places of the users who have all the words in their login name, name or e-mail, ascending. The words are
    /// folded.
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

    /// The user in a place.
    pub(super) fn user(&self, place: u32) -> Option<&Arc<User>> {
        self.users.get(place as usize)
    }
}

/// What a user is searched by. The parts are kept apart by what nobody can type.
fn text(user: &User) -> String {
    let identity = &user.identity;
    let part = |part: &Option<String>| part.as_deref().map(folded).unwrap_or_default();
    let (first, last, email) = (part(&identity.first_name), part(&identity.last_name), part(&identity.email));
    format!("{}\0{first} {last}\0{email}\0", folded(&user.username))
}

/// The words of a search, as they stand in the texts.
pub(super) fn words(query: &str) -> Vec<String> {
    search_words(query).into_iter().map(|word| word.replace('\0', "")).filter(|word| !word.is_empty()).collect()
}

/// The rosters of all instances, made when they are first asked for.
#[derive(Default)]
pub(super) struct Rosters {
    made: Mutex<HashMap<InstanceId, Arc<Roster>>>,
    /// One is made at a time: whoever waits finds it made.
    making: tokio::sync::Mutex<()>,
}

impl Rosters {
    /// The roster of a directory.
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
