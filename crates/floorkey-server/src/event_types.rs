//! Event types: what every act is called in words. Historical changes, home, files, letters and messages all read the
//! one table here.

mod noun;
mod objects;
mod sentence;
mod table;

use floorkey::Act;

pub(crate) use noun::Noun;
pub(crate) use objects::{Named, Objects, kind};
pub(crate) use sentence::{Piece, text};

/// An act in words. Acts with the same title are of one type: `DeleteUser` and `DeleteUsers`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventType {
    /// What it is about.
    pub(crate) noun: Noun,
    /// Its name in filters and files: `User deleted`.
    pub(crate) title: &'static str,
    /// What was done, with places for its objects, to follow the name of the actor: `deleted {the user}`.
    did: &'static str,
    /// The same after `tried to`: `delete {the user}`.
    infinitive: &'static str,
}

impl EventType {
    /// The type of an act.
    pub(crate) const fn of(act: Act) -> Self {
        table::words(act)
    }

    /// The acts of the same type.
    pub(crate) fn acts(self) -> impl Iterator<Item = Act> {
        Act::ALL.iter().copied().filter(move |act| Self::of(*act).title == self.title)
    }

    /// All types, each once: by noun, and in the order of their titles.
    pub(crate) fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Act::ALL.iter().map(|act| Self::of(*act)).collect();
        all.sort_by_key(|event_type| (event_type.noun, event_type.title));
        all.dedup_by_key(|event_type| event_type.title);
        all
    }
}

/// What people did whose logins no user has.
pub(crate) const FAILED_AT_NO_USER: &str = "failed to sign in with logins that no user has";

/// What was done, to follow the name of the actor: `deleted the user Ann`. An act of another version, which has no
/// words here, is told by its name.
pub(crate) fn did(act: &str, objects: &Objects) -> Vec<Piece> {
    match known(act, objects) {
        Some(event_type) => sentence::filled(event_type.did, objects),
        None => unknown("performed", act, objects),
    }
}

/// The same for what was refused: `tried to delete the user Ann`.
pub(crate) fn tried(act: &str, objects: &Objects) -> Vec<Piece> {
    let Some(event_type) = known(act, objects) else { return unknown("tried to perform", act, objects) };
    let mut pieces = sentence::filled(event_type.infinitive, objects);
    match pieces.first_mut() {
        Some(first) if !first.is_name => first.text.insert_str(0, "tried to "),
        _ => pieces.insert(0, Piece::words("tried to ")),
    }
    pieces
}

/// What an act does, without objects: `delete a user`.
pub(crate) fn infinitive(act: Act) -> String {
    text(&sentence::filled(EventType::of(act).infinitive, &Objects::default()))
}

/// The name of a type in filters and files. Acts of another version have their name.
pub(crate) fn title(act: &str) -> &str {
    Act::parse(act).map_or(act, |act| EventType::of(act).title)
}

fn known(act: &str, objects: &Objects) -> Option<EventType> {
    let act = Act::parse(act)?;
    let is_one = objects.of("user").is_some_and(|users| users.count == 1);
    Some(EventType::of(if is_one { table::for_one(act) } else { act }))
}

fn unknown(verb: &str, act: &str, objects: &Objects) -> Vec<Piece> {
    let mut pieces = sentence::filled("[ on {record}]", objects);
    let words = format!("{verb} {act}");
    match pieces.first_mut() {
        Some(first) if !first.is_name => first.text.insert_str(0, &words),
        _ => pieces.insert(0, Piece::words(words)),
    }
    pieces
}

#[cfg(test)]
mod tests;
