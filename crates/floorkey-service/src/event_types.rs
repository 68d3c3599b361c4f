//! Event types: the titles and phrases that describe operations. They are used in the history of changes, on the home
//! page, and in files, emails and messages.

mod category;
mod objects;
mod sentence;
mod table;

use floorkey::Action;

pub use category::Category;
pub use objects::{Named, Objects, kind};
pub use sentence::{Piece, text};

/// The title and phrases that describe an operation. Operations with the same title, such as `DeleteUser` and
/// `DeleteUsers`, have the same event type.
#[derive(Clone, Copy, Debug)]
pub struct EventType {
    /// The category by which the history is filtered.
    pub category: Category,
    /// The title in filters and files, such as `User deleted`.
    pub title: &'static str,
    /// The phrase that follows the actor's name, such as `deleted {the user}`. The braces contain a placeholder.
    did: &'static str,
    /// The phrase that follows `tried to`, such as `delete {the user}`.
    infinitive: &'static str,
}

impl EventType {
    /// Returns the event type of an operation.
    pub const fn from_action(action: Action) -> Self {
        table::event_type(action)
    }

    /// Returns all operations that have this event type.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| Self::from_action(*action).title == self.title)
    }
}

/// The phrase for failed sign-ins with unknown logins.
pub const FAILED_AT_NO_USER: &str = "failed to sign in with unknown logins";

/// Returns the phrase for use after the actor's name, such as `deleted the user Ann`. If this version does not know the
/// operation, the phrase contains the operation's name.
pub fn did(action: &str, objects: &Objects) -> Vec<Piece> {
    match known(action, objects) {
        Some(event_type) => sentence::fill(event_type.did, objects),
        None => unknown("performed", action, objects),
    }
}

/// Returns the phrase for a refused operation, such as `tried to delete the user Ann`.
pub fn tried(action: &str, objects: &Objects) -> Vec<Piece> {
    let Some(event_type) = known(action, objects) else { return unknown("tried to perform", action, objects) };
    let mut pieces = sentence::fill(event_type.infinitive, objects);
    match pieces.first_mut() {
        Some(first) if !first.is_name => first.text.insert_str(0, "tried to "),
        _ => pieces.insert(0, Piece::words("tried to ")),
    }
    pieces
}

/// Returns the phrase without the names of its objects, for tables that list the objects in a column of their own:
/// `changed the security profiles`, or `tried to delete 12 users` if the operation was refused.
pub fn without_names(action: &str, objects: &Objects, is_refused: bool) -> String {
    match (known(action, objects), is_refused) {
        (Some(event_type), false) => sentence::without_names(event_type.did, objects),
        (Some(event_type), true) => format!("tried to {}", sentence::without_names(event_type.infinitive, objects)),
        (None, false) => format!("performed {action}"),
        (None, true) => format!("tried to perform {action}"),
    }
}

/// Returns the infinitive phrase of an operation without objects, such as `delete a user`.
pub fn infinitive(action: Action) -> String {
    text(&sentence::fill(EventType::from_action(action).infinitive, &Objects::default()))
}

/// Returns the title of an operation's event type. If this version does not know the operation, returns the operation's
/// name.
pub fn title(action: &str) -> &str {
    Action::parse(action).map_or(action, |action| EventType::from_action(action).title)
}

fn known(action: &str, objects: &Objects) -> Option<EventType> {
    let action = Action::parse(action)?;
    let is_one = objects.for_noun("user").is_some_and(|users| users.count == 1);
    Some(EventType::from_action(if is_one { table::for_one(action) } else { action }))
}

fn unknown(verb: &str, action: &str, objects: &Objects) -> Vec<Piece> {
    let mut pieces = sentence::fill("[ on {record}]", objects);
    let words = format!("{verb} {action}");
    match pieces.first_mut() {
        Some(first) if !first.is_name => first.text.insert_str(0, &words),
        _ => pieces.insert(0, Piece::words(words)),
    }
    pieces
}

#[cfg(test)]
mod tests;
