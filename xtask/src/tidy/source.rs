//! Checks rules for the content of files.

use crate::workspace::File;

/// The maximum number of lines in a Rust file, so that files stay readable. Only generated code is exempt.
const LINES_MAX: usize = 400;

/// Strings that no file is allowed to contain, with the reasons. Each string is split in two, so that this file does
/// not contain it.
const NOWHERE: [(&str, &str, &str); 2] =
    [("/wo", "rk/", "a path on a developer's machine"), ("/ro", "ot/", "a path on a developer's machine")];

/// Strings that no Rust file is allowed to contain, with the reasons. Each string is split in two.
const NOT_IN_RUST: [(&str, &str, &str); 4] = [
    ("to", "do!(", "unfinished work: finish it, or reject the input that leads there"),
    ("unimplem", "ented!(", "unfinished work: finish it, or reject the input that leads there"),
    ("FIX", "ME", "unfinished work: fix it, or document what is missing"),
    ("#[ign", "ore", "a test that never runs: fix it, or assert the current behavior and explain it"),
];

/// Returns all violations of the rules for the content of files.
pub(super) fn problems(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        let path = &file.path;
        if path.ends_with(".pending-snap") || path.ends_with(".snap.new") {
            problems.push(format!("{path}: an unreviewed snapshot: accept it or remove it"));
            continue;
        }
        let lines = file.text.lines().count();
        if file.is_rust() && !file.is_generated() && lines > LINES_MAX {
            problems.push(format!("{path}: {lines} lines, at most {LINES_MAX}: move some items to another file"));
        }
        problems.extend(held(file, &NOWHERE));
        if file.is_rust() {
            problems.extend(held(file, &NOT_IN_RUST));
        }
        if is_product(path) {
            problems.extend(held(file, &[("../", "shared", "the product must not read files outside the workspace")]));
        }
    }
    problems
}

/// Whether the file is part of the program, or part of a crate that can be embedded in other programs.
fn is_product(path: &str) -> bool {
    path.starts_with("crates/") && (path.contains("/src/") || path.contains("/data/") || path.ends_with("/build.rs"))
}

fn held(file: &File, words: &[(&str, &str, &str)]) -> Vec<String> {
    let mut problems = Vec::new();
    for (first, second, why) in words {
        let word = format!("{first}{second}");
        for (at, _) in file.text.lines().enumerate().filter(|(_, line)| line.contains(&word)) {
            problems.push(format!("{}:{}: `{word}`: {why}", file.path, at + 1));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_sound_file_passes() {
        let text = "//! A noun.\n".repeat(LINES_MAX);
        assert_eq!(problems(&[file("crates/a/src/noun.rs", &text)]), Vec::<String>::new());
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_generated() {
        let text = "//! A noun.\n".repeat(LINES_MAX + 1);
        let found = |path| problems(&[file(path, &text)]).len();
        assert_eq!(found("crates/a/src/noun.rs"), 1);
        assert_eq!(found("crates/a/src/generated/noun.rs"), 0);
        assert_eq!(found("docs/noun.md"), 0);
    }

    #[test]
    fn words_are_found_with_their_line() {
        let text = format!("fn a() {{\n    {}{})\n}}\n", "to", "do!(");
        let found = problems(&[file("crates/a/src/noun.rs", &text)]);
        assert!(found.iter().any(|problem| problem.starts_with("crates/a/src/noun.rs:2: ")), "{found:?}");
    }

    #[test]
    fn only_tests_may_read_what_lies_beside_the_workspace() {
        let text = format!("open(\"{}{}/facts\")", "../", "shared");
        let found = |path| problems(&[file(path, &text)]).len();
        assert_eq!(found("crates/a/src/noun.rs"), 1);
        assert_eq!(found("crates/a/tests/it/noun.rs"), 0);
        assert_eq!(found("xtask/src/noun.rs"), 0);
    }

    #[test]
    fn an_output_that_nobody_reviewed_is_found() {
        assert_eq!(problems(&[file("crates/a/src/.noun.rs.pending-snap", "")]).len(), 1);
    }
}
