//! Ranks names that a search found, so that the likeliest come first.

use floorkey::text::folded;

/// How well a record matches a search. The best match is the least value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A name equals the search.
    Exact,
    /// A name begins with the search.
    Prefix,
    /// Each word of the search begins a word of one name.
    WordPrefixes,
    /// Each word of the search occurs in a name.
    Name,
    /// Some words of the search occur only in other texts about the record.
    About,
}

/// Ranks a record by its names and other texts about it. The words must be case-folded. Returns `None` if a word occurs
/// in none of these texts.
pub(crate) fn rank(words: &[String], names: &[&str], about: &[&str]) -> Option<Rank> {
    let names: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let in_names = |word: &String| names.iter().any(|name| name.contains(word.as_str()));
    if !words.iter().all(in_names) {
        let about: Vec<String> = about.iter().map(|text| folded(text)).collect();
        let is_found = |word: &String| in_names(word) || about.iter().any(|text| text.contains(word.as_str()));
        return words.iter().all(is_found).then_some(Rank::About);
    }
    let query = words.join(" ");
    let best = names.iter().filter_map(|name| rank_of_name(name, &query, words)).min();
    Some(best.unwrap_or(Rank::Name))
}

fn rank_of_name(name: &str, query: &str, words: &[String]) -> Option<Rank> {
    if name == query {
        return Some(Rank::Exact);
    }
    if name.starts_with(query) {
        return Some(Rank::Prefix);
    }
    let begins_a_word = |word: &String| name.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word));
    words.iter().all(begins_a_word).then_some(Rank::WordPrefixes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::search_terms::search_terms;

    fn ranked(query: &str, names: &[&str], about: &[&str]) -> Option<Rank> {
        rank(&search_terms(query), names, about)
    }

    #[test]
    fn names_rank_by_how_closely_they_match() {
        let names = ["Ann Lee", "ann.lee"];
        assert_eq!(ranked("ann lee", &names, &[]), Some(Rank::Exact));
        assert_eq!(ranked("ANN.L", &names, &[]), Some(Rank::Prefix));
        assert_eq!(ranked("lee a", &names, &[]), Some(Rank::WordPrefixes));
        assert_eq!(ranked("ee", &names, &[]), Some(Rank::Name));
        assert_eq!(ranked("lee sales", &names, &["Sales, Cork"]), Some(Rank::About));
        assert_eq!(ranked("lee support", &names, &["Sales, Cork"]), None);
    }
}
