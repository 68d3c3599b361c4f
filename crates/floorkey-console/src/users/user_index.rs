//! The users of an instance sorted by login name, with the strings that a search looks through.
//!
//! An index belongs to one revision. The index of the next revision copies the strings of all unchanged users, so that
//! only the strings of changed users are formatted again. Likewise, it copies the other sort orders that the list has
//! been shown in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use floorkey::text::folded;
use floorkey::{Directory, InstanceId, Revision, User};
use memchr::memmem::Finder;

use super::text_orders::{SortedPositions, TextOrder, TextOrders};
use crate::web::search_terms::search_terms;

/// The number of users from which an index is built on a blocking thread.
const BLOCKING_MIN: usize = 5_000;

/// The users of one instance at one revision.
pub(super) struct UserIndex {
    revision: Revision,
    /// All users, sorted by login name.
    pub(super) users: Vec<Arc<User>>,
    texts: Texts,
    orders: TextOrders,
}

impl UserIndex {
    /// Builds the index of a directory. Copies the strings of the users who have not changed since `previous`.
    pub(super) fn build(directory: &Directory, previous: Option<&Self>) -> Self {
        let users: Vec<_> = directory.users_after(None).cloned().collect();
        let mut texts = Texts::default();
        // The new positions of the users in the previous index who have not changed.
        let mut moved: Vec<Option<u32>> = vec![None; previous.map_or(0, |previous| previous.users.len())];
        let mut known = previous.into_iter().flat_map(|previous| previous.users.iter().zip(0_u32..)).peekable();
        for (user, at) in users.iter().zip(0_u32..) {
            // Both lists have the same order. The users before this one in the previous list have been removed,
            // renamed or changed.
            while known.next_if(|(other, _)| !Arc::ptr_eq(other, user) && comes_before(other, user)).is_some() {}
            match known.next_if(|(other, _)| Arc::ptr_eq(other, user)).zip(previous) {
                Some(((_, position), previous)) => {
                    texts.push(previous.texts.get(position));
                    if let Some(new) = moved.get_mut(position as usize) {
                        *new = Some(at);
                    }
                }
                None => texts.push(&text(user)),
            }
        }
        let mut index = Self { revision: directory.revision(), users, texts, orders: TextOrders::default() };
        if let Some(previous) = previous {
            index.orders = previous.orders.carry_over(&moved, &index);
        }
        index
    }

    /// Returns the positions of all users in an order.
    pub(super) fn order(&self, order: TextOrder) -> &SortedPositions {
        self.orders.get(order, self)
    }

    /// Returns the case-folded display name of the user at this position.
    pub(super) fn name(&self, position: u32) -> Option<&str> {
        let mut parts = self.texts.get(position).split('\0');
        let (login, name) = (parts.next()?, parts.next()?.trim());
        Some(if name.is_empty() { login } else { name })
    }

    /// Returns the case-folded email address of the user at this position. Returns `None` if there is no address.
    pub(super) fn email(&self, position: u32) -> Option<&str> {
        self.texts.get(position).split('\0').nth(2).filter(|email| !email.is_empty())
    }

    /// Returns the positions of the users whose strings contain all words, in ascending order. Without words, returns
    /// all positions.
    pub(super) fn find(&self, words: &[String]) -> Vec<u32> {
        self.texts.find(words)
    }

    /// Returns the user at this position.
    pub(super) fn user(&self, position: u32) -> Option<&Arc<User>> {
        self.users.get(position as usize)
    }
}

/// The strings that a search looks through, one after another.
#[derive(Default)]
struct Texts {
    text: String,
    /// For each string, the position in `text` at which the string ends.
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a string. The string must end with a null character, which no search word contains. A match therefore never
    /// extends across two strings.
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn get(&self, position: u32) -> &str {
        let begin = (position as usize).checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(position as usize).copied().unwrap_or(begin);
        self.text.get(begin..end).unwrap_or_default()
    }

    fn find(&self, words: &[String]) -> Vec<u32> {
        // Longer words occur in fewer strings, so the longest word leaves the fewest strings to look through.
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else {
            return (0..u32::try_from(self.ends.len()).unwrap_or(u32::MAX)).collect();
        };
        let finder = Finder::new(longest);
        let others: Vec<_> = words.iter().filter(|word| *word != longest).map(Finder::new).collect();
        let (mut found, mut begin, mut ends) = (Vec::new(), 0, self.ends.iter().zip(0_u32..));
        while let Some(offset) = self.text.as_bytes().get(begin..).and_then(|rest| finder.find(rest)) {
            let Some((end, position)) = ends.find(|(end, _)| begin + offset < **end) else { break };
            if others.iter().all(|finder| finder.find(self.get(position).as_bytes()).is_some()) {
                found.push(position);
            }
            begin = *end;
        }
        found
    }
}

fn comes_before(user: &User, other: &User) -> bool {
    floorkey::text::cmp_folded(&user.username, &folded(&other.username)).is_le()
}

/// Returns the parts of a user that a search looks through: the login name, the full name and the email address. A null
/// character ends each part, so that no match extends across two parts.
fn text(user: &User) -> String {
    let identity = &user.identity;
    let part = |part: &Option<String>| part.as_deref().map(folded).unwrap_or_default();
    let (first, last, email) = (part(&identity.first_name), part(&identity.last_name), part(&identity.email));
    format!("{}\0{first} {last}\0{email}\0", folded(&user.username))
}

/// Splits a search query into the words that each found user's string contains.
pub(super) fn search_words(query: &str) -> Vec<String> {
    search_terms(query).into_iter().map(|word| word.replace('\0', "")).filter(|word| !word.is_empty()).collect()
}

/// The latest index of each instance.
#[derive(Default)]
pub(crate) struct UserIndexCache {
    current: Mutex<HashMap<InstanceId, Arc<UserIndex>>>,
    /// Held while an index is built, so that simultaneous requests build it once.
    build_lock: tokio::sync::Mutex<()>,
}

impl UserIndexCache {
    /// Returns the index of a directory. Builds the index if the directory has changed.
    pub(super) async fn get(&self, directory: &Arc<Directory>) -> Arc<UserIndex> {
        if let Some(index) = self.current(directory).filter(|index| index.revision == directory.revision()) {
            return index;
        }
        let _guard = self.build_lock.lock().await;
        let previous = self.current(directory);
        if let Some(index) = previous.as_ref().filter(|index| index.revision == directory.revision()) {
            return index.clone();
        }
        let build = {
            let directory = directory.clone();
            move || UserIndex::build(&directory, previous.as_deref())
        };
        let built = match directory.user_count() >= BLOCKING_MIN {
            true => tokio::task::spawn_blocking(build).await.unwrap_or_else(|_| UserIndex::build(directory, None)),
            false => build(),
        };
        let index = Arc::new(built);
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

#[cfg(test)]
mod tests {
    use floorkey::{Record, RecordChange, RecordKey, ResourceId, Timestamp, UserId};
    use proptest::prelude::*;

    use super::*;

    fn put(id: u128, login: &str) -> RecordChange {
        let routing_profile = ResourceId::from_bits(1);
        let user = User::new(UserId::from_bits(id), login, routing_profile, Timestamp::from_millis(0));
        RecordChange::Upsert(Record::User(Arc::new(user)))
    }

    /// Returns a change that creates or replaces a user whose name, email address and tags depend on `name`.
    fn put_named(id: u128, name: &str) -> RecordChange {
        let routing_profile = ResourceId::from_bits(1);
        let login = format!("{}{id}", name.chars().rev().collect::<String>());
        let mut user = User::new(UserId::from_bits(id), login, routing_profile, Timestamp::from_millis(0));
        if !name.is_empty() {
            user.identity.first_name = Some(name.to_owned());
            user.identity.email = (!id.is_multiple_of(3)).then(|| format!("{name}@example.com"));
            user.tags.insert("site".to_owned(), name.to_owned());
        }
        RecordChange::Upsert(Record::User(Arc::new(user)))
    }

    proptest! {
        #[test]
        fn an_updated_index_has_the_same_strings_as_a_new_one(
            before in prop::collection::btree_map(0..12_u128, "[ab]{1,2}", 0..12),
            changes in prop::collection::vec((0..12_u128, prop::option::of("[abc]{1,2}")), 0..6),
        ) {
            let unique = |id: &u128, name: &str| format!("{name}{id}");
            let records: Vec<_> = before.iter().map(|(id, name)| put(*id, &unique(id, name))).collect();
            let old = Directory::from_records(InstanceId::from_bits(1), Revision(0), Vec::new());
            let old = old.apply(Revision(1), &records);
            let changes: Vec<_> = changes
                .iter()
                .map(|(id, name)| match name {
                    Some(name) => put(*id, &unique(id, name)),
                    None => RecordChange::Remove(RecordKey::User(UserId::from_bits(*id))),
                })
                .collect();
            let new = old.apply(Revision(2), &changes);
            let updated = UserIndex::build(&new, Some(&UserIndex::build(&old, None)));
            let rebuilt = UserIndex::build(&new, None);
            prop_assert_eq!(&updated.texts.text, &rebuilt.texts.text);
            prop_assert_eq!(&updated.texts.ends, &rebuilt.texts.ends);
        }

        #[test]
        fn an_updated_index_has_the_same_orders_as_a_new_one(
            before in prop::collection::btree_map(0..40_u128, "[ab]{0,2}", 0..40),
            changes in prop::collection::vec((0..40_u128, prop::option::of("[abc]{0,2}")), 0..4),
        ) {
            let records: Vec<_> = before.iter().map(|(id, name)| put_named(*id, name)).collect();
            let old = Directory::from_records(InstanceId::from_bits(1), Revision(0), Vec::new());
            let old = old.apply(Revision(1), &records);
            let changes: Vec<_> = changes
                .iter()
                .map(|(id, name)| match name {
                    Some(name) => put_named(*id, name),
                    None => RecordChange::Remove(RecordKey::User(UserId::from_bits(*id))),
                })
                .collect();
            let new = old.apply(Revision(2), &changes);
            let previous = UserIndex::build(&old, None);
            for order in TextOrder::ALL {
                previous.order(order);
            }
            let (updated, rebuilt) = (UserIndex::build(&new, Some(&previous)), UserIndex::build(&new, None));
            for order in TextOrder::ALL {
                prop_assert_eq!(updated.order(order), rebuilt.order(order), "{:?}", order);
                let all: std::collections::BTreeSet<u32> = updated.order(order).slice(0..updated.users.len(), true).into_iter().collect();
                prop_assert_eq!(all.len(), updated.users.len());
            }
        }

        #[test]
        fn find_returns_the_same_as_a_plain_search(
            names in prop::collection::vec("[abü ]{0,4}", 0..40),
            words in prop::collection::vec("[abü]{1,3}", 0..4),
        ) {
            let mut texts = Texts::default();
            names.iter().for_each(|name| texts.push(&format!("{name}\0{name}b\0")));
            let expected: Vec<u32> = names
                .iter()
                .zip(0..)
                .filter(|(name, _)| words.iter().all(|word| name.contains(word) || format!("{name}b").contains(word)))
                .map(|(_, position)| position)
                .collect();
            prop_assert_eq!(texts.find(&words), expected);
        }
    }
}
