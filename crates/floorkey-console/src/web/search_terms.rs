//! Splits search input into words. A match must contain all words.

use std::collections::BTreeSet;

use floorkey::text::folded;

/// The maximum number of characters in a search.
const CHARS_MAX: usize = 256;
/// The maximum number of words in a search. It is limited because every field is searched for each word.
const WORDS_MAX: usize = 20;

/// Returns the case-folded words of a search without duplicates. Leaves out characters and words beyond the limits.
pub(crate) fn search_terms(text: &str) -> Vec<String> {
    let text: String = text.trim().chars().take(CHARS_MAX).collect();
    let mut seen = BTreeSet::new();
    let folded = folded(&text);
    folded.split_whitespace().filter(|word| seen.insert(*word)).take(WORDS_MAX).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_words_are_limited_and_distinct() {
        assert_eq!(search_terms("  Ann  LEE ann "), ["ann", "lee"]);
        let many: Vec<String> = (0..200).map(|number| format!("w{number}")).collect();
        assert_eq!(search_terms(&many.join(" ")), many[..WORDS_MAX]);
        assert_eq!(search_terms(&"a ".repeat(8_000)), ["a"]);
        let long = search_terms(&"\u{fdfa}".repeat(200_000));
        assert!(long.concat().chars().count() <= 18 * CHARS_MAX);
        assert!(search_terms("").is_empty());
    }
}
