//! Replaces the placeholders in phrases with the names of objects.

use super::objects::{Named, ObjectGroup, Objects, indefinite, plural};
use crate::number_format::figure;

/// A part of a sentence. A sentence is formed by joining the texts of its pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// The path of the named object's page.
    pub href: Option<String>,
    /// Whether the text is an object's name. All other text is fixed.
    pub is_name: bool,
}

impl Piece {
    /// Creates a piece of fixed text.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None, is_name: false }
    }
}

impl From<&Named> for Piece {
    fn from(named: &Named) -> Self {
        Self { text: named.name.clone(), href: named.href.clone(), is_name: true }
    }
}

/// Joins the texts of the given pieces.
pub fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// Replaces the placeholders in a phrase with the names of objects.
pub(super) fn fill(phrase: &'static str, objects: &Objects) -> Vec<Piece> {
    let mut sentence = Sentence(Vec::new());
    let mut rest = phrase;
    while let Some((before, optional)) = rest.split_once('[') {
        sentence.phrase(before, objects);
        let (optional, after) = optional.split_once(']').unwrap_or((optional, ""));
        if placeholders(optional).all(|noun| objects.for_noun(noun).is_some()) {
            sentence.phrase(optional, objects);
        }
        rest = after;
    }
    sentence.phrase(rest, objects);
    sentence.0
}

/// Returns the nouns of the placeholders in a phrase.
pub(super) fn placeholders(phrase: &'static str) -> impl Iterator<Item = &'static str> {
    let placeholder = |part: &'static str| part.split_once('}').map(|(placeholder, _)| placeholder);
    phrase
        .split('{')
        .skip(1)
        .filter_map(placeholder)
        .map(|placeholder| placeholder.strip_prefix("the ").unwrap_or(placeholder))
}

/// The prepositions before placeholders. Without the names, the preposition is left out too.
const PREPOSITIONS: [&str; 6] = [" of ", " to ", " from ", " for ", " as ", " by "];

/// Returns a phrase without the names of objects. `{the user}` becomes "the user" or "12 users". `{user}` is left out
/// together with the preposition before it, and so is optional text.
pub(super) fn without_names(phrase: &'static str, objects: &Objects) -> String {
    let mut words = String::new();
    let mut rest = phrase;
    while let Some((before, optional)) = rest.split_once('[') {
        push_without_names(&mut words, before, objects);
        rest = optional.split_once(']').map_or("", |(_, after)| after);
    }
    push_without_names(&mut words, rest, objects);
    words
}

fn push_without_names(words: &mut String, phrase: &'static str, objects: &Objects) {
    let mut rest = phrase;
    while let Some((before, placeholder)) = rest.split_once('{') {
        words.push_str(before);
        let (placeholder, after) = placeholder.split_once('}').unwrap_or((placeholder, ""));
        let noun = placeholder.strip_prefix("the ");
        let kept = PREPOSITIONS.iter().find_map(|preposition| words.strip_suffix(preposition)).map(str::len);
        match (noun, kept) {
            (None, Some(kept)) => words.truncate(kept),
            _ => {
                let noun = noun.unwrap_or(placeholder);
                match objects.for_noun(noun).map_or(1, |group| group.count) {
                    0 | 1 => words.push_str(&format!("the {noun}")),
                    count => words.push_str(&format!("{} {}", figure(count), plural(noun))),
                }
            }
        }
        rest = after;
    }
    words.push_str(rest);
}

struct Sentence(Vec<Piece>);

impl Sentence {
    fn phrase(&mut self, phrase: &'static str, objects: &Objects) {
        let mut rest = phrase;
        while let Some((before, placeholder)) = rest.split_once('{') {
            self.words(before);
            let (placeholder, after) = placeholder.split_once('}').unwrap_or((placeholder, ""));
            let (noun, is_definite) = match placeholder.strip_prefix("the ") {
                Some(noun) => (noun, true),
                None => (placeholder, false),
            };
            match objects.for_noun(noun) {
                Some(group) => self.objects(&group, is_definite),
                None => self.words(&indefinite(noun)),
            }
            rest = after;
        }
        self.words(rest);
    }

    fn objects(&mut self, ObjectGroup { kind, count, names }: &ObjectGroup, is_definite: bool) {
        if names.is_empty() {
            let noun = if *count == 1 { (*kind).to_owned() } else { plural(kind) };
            return self.words(&format!("{} {noun}", figure(*count)));
        }
        let more = count - names.len();
        match (*count, more) {
            (1, 0) if is_definite => self.words(&format!("the {kind} ")),
            (_, 0) if is_definite => self.words(&format!("the {} ", plural(kind))),
            (_, 0) => {}
            _ => self.words(&format!("{} {} (", figure(*count), plural(kind))),
        }
        let last = names.len().saturating_sub(usize::from(more == 0));
        for (at, named) in names.iter().enumerate() {
            match at {
                0 => {}
                _ if at == last => self.words(" and "),
                _ => self.words(", "),
            }
            self.0.push(named.into());
        }
        if more > 0 {
            self.words(&format!(" and {} more)", figure(more)));
        }
    }

    /// Appends fixed text. If the last piece is also fixed text, the new text is added to that piece.
    fn words(&mut self, words: &str) {
        match self.0.last_mut() {
            _ if words.is_empty() => {}
            Some(last) if !last.is_name => last.text.push_str(words),
            _ => self.0.push(Piece::words(words)),
        }
    }
}
