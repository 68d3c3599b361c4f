//! Checks that comments, documents, the catalog's data and the console's pages do not contain certain words. These words are vague pronouns, non-American
//! spellings, and synonyms of the product's own terms.

use crate::workspace::File;

/// The forbidden words in lowercase, each with its replacement.
const WORDS: [(&str, &str); 16] = [
    ("whoever", "name the role: the caller, a user, an administrator"),
    ("whomever", "name the role: the caller, a user, an administrator"),
    ("somebody", "name the role: a user, another process"),
    ("nobody", "say which role: no user, no other process"),
    ("contact centre", "contact center"),
    ("authorise", "authorize"),
    ("authorisation", "authorization"),
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("dialogue", "dialog"),
    ("licence", "license"),
    ("organisation", "organization"),
    ("one-time password", "temporary password"),
    ("present password", "current password"),
    ("leaver", "the user to offboard"),
    ("e-mail", "email"),
];

/// Returns all uses of the forbidden words.
pub(super) fn problems(files: &[File]) -> Vec<String> {
    // This file contains the forbidden words, so it is not checked.
    let is_checked = |file: &&File| !file.is_generated() && !file.path.ends_with("tidy/words.rs");
    files.iter().filter(is_checked).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<String> {
    let (is_rust, is_all_prose) = (file.is_rust(), is_all_prose(&file.path));
    let prose = file.text.lines().enumerate().filter_map(|(at, line)| match (is_rust, is_all_prose) {
        (true, _) => line.trim_start().strip_prefix("//").map(|comment| (at, comment)),
        (_, true) => Some((at, line)),
        _ => None,
    });
    let mut problems = Vec::new();
    for (at, line) in prose {
        let line = without_code(line).to_lowercase();
        for (word, instead) in WORDS {
            if has_word(&line, word) {
                problems.push(format!("{}:{}: `{word}`: {instead}", file.path, at + 1));
            }
        }
    }
    problems
}

/// Whether every line of the file is checked: a document, the data of the catalog, or the template of a page.
fn is_all_prose(path: &str) -> bool {
    let is_data = path.starts_with("crates/floorkey/data/") && path.ends_with(".toml");
    path.ends_with(".md") || is_data || (path.contains("/templates/") && path.ends_with(".html"))
}

/// Returns a line without its text between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// Whether the line contains the word as a whole word.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = line.split_at(at);
        !is_letter(before.chars().next_back()) && !is_letter(after.chars().nth(word.chars().count()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_prose_only() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file(
                "a.rs",
                "// Nobody waits.\nlet nobody = \"nobody\";\n/// `nobody` is a value, and busybodies are none.\n",
            ),
            file("b.md", "The *colour* of\n`colour`."),
            file("crates/floorkey/data/c.toml", "about = \"Shown to nobody.\""),
            file("crates/d/templates/e.html", "<h1>Present password</h1>"),
            file("crates/d/f.toml", "nobody = 1"),
        ];
        let problems = problems(&files);
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[0].starts_with("a.rs:1: `nobody`") && problems[1].starts_with("b.md:1: `colour`"));
        assert!(problems[2].starts_with("crates/floorkey/data/c.toml:1: `nobody`"));
        assert!(problems[3].starts_with("crates/d/templates/e.html:1: `present password`"));
    }
}
