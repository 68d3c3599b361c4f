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
