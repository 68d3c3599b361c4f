//! Checks rules for the content of files.

use crate::workspace::File;

/// The maximum number of lines in a Rust file, so that files stay readable. Only generated code is exempt.
const LINES_MAX: usize = 400;

/// The maximum number of lines in a snapshot, so that a reviewer reads all of it. Golden files, such as
/// `crates/floorkey/tests/it/golden/matrix.txt`, are tables with one line for each case and no snapshots.
const SNAPSHOT_LINES_MAX: usize = 100;

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
        if path.ends_with(".snap") && lines > SNAPSHOT_LINES_MAX {
            problems
                .push(format!("{path}: {lines} lines, at most {SNAPSHOT_LINES_MAX}: split it by parts of its subject"));
        }
        problems.extend(held(file, &NOWHERE));
        if file.is_rust() {
            problems.extend(held(file, &NOT_IN_RUST));
        }
        if is_product(path) && file.is_rust() {
            problems.extend(untyped_errors(file));
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

/// Returns the functions and values of a file, outside its tests, whose error type is `String`. Code that handles such an
/// error can only print it.
fn untyped_errors(file: &File) -> Vec<String> {
    let is_test = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    let product = match file.text.split_once("#[cfg(test)]\nmod tests {") {
        _ if is_test => "",
        Some((product, _)) => product,
        None => &file.text,
    };
    let has_text_as_error = |(at, _): &(usize, &str)| error_type(product, at + "Result<".len()) == Some("String");
    let line = |at| product.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    let why = "give the error a type, such as an enum that derives thiserror::Error";
    let found = product.match_indices("Result<").filter(has_text_as_error);
    found.map(|(at, _)| format!("{}:{}: `Result<_, String>`: {why}", file.path, line(at))).collect()
}

/// Returns the second type argument of a list that begins at byte `start`, after the bracket. `None` if the list has only
/// one.
fn error_type(text: &str, start: usize) -> Option<&str> {
    let (mut depth, mut comma, mut before) = (0_u32, None, ' ');
    for (at, c) in text.get(start..)?.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            // The arrow of a function's return type closes nothing.
            '>' if before == '-' => {}
            '>' | ')' | ']' if depth == 0 => {
                return text.get(comma? + 1..start + at).map(|found| found.trim().trim_end_matches(',').trim());
            }
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 && comma.is_none() => comma = Some(start + at),
            _ => {}
        }
        before = c;
    }
    None
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
    fn a_long_snapshot_is_found() {
        let found = |path, lines| problems(&[file(path, &"a\n".repeat(lines))]).len();
        assert_eq!(found("crates/a/tests/it/snapshots/it__noun.snap", SNAPSHOT_LINES_MAX), 0);
        assert_eq!(found("crates/a/tests/it/snapshots/it__noun.snap", SNAPSHOT_LINES_MAX + 1), 1);
        assert_eq!(found("crates/a/tests/it/golden/matrix.txt", SNAPSHOT_LINES_MAX + 1), 0);
    }

    #[test]
    fn words_are_found_with_their_line() {
        let text = format!("fn a() {{\n    {}{})\n}}\n", "to", "do!(");
        let found = problems(&[file("crates/a/src/noun.rs", &text)]);
        assert!(found.iter().any(|problem| problem.starts_with("crates/a/src/noun.rs:2: ")), "{found:?}");
    }

    #[test]
    fn an_error_without_a_type_is_found_outside_tests() {
        let found = |path, text: &str| problems(&[file(path, text)]).len();
        for text in [
            "fn a() -> Result<(), String> {}",
            "fn a() -> Result<BTreeMap<u8, (u8, u8)>, String> {}",
            "fn a() -> Result<\n    impl Fn(u8) -> u8,\n    String,\n> {}",
            "fn a(b: impl Fn() -> std::result::Result<u8, String>) {}",
        ] {
            assert_eq!(found("crates/a/src/noun.rs", text), 1, "{text}");
            assert_eq!(found("xtask/src/noun.rs", text), 0, "{text}");
            assert_eq!(found("crates/a/src/noun/tests.rs", text), 0, "{text}");
            assert_eq!(found("crates/a/src/noun.rs", &format!("#[cfg(test)]\nmod tests {{\n{text}\n}}")), 0, "{text}");
        }
        for text in [
            "fn a() -> Result<String, Error> {}",
            "fn a() -> Result<BTreeMap<u8, String>, Error> {}",
            "fn a() -> io::Result<String> {}",
            "fn a() -> Result<Option<(u8, String)>> {}",
        ] {
            assert_eq!(found("crates/a/src/noun.rs", text), 0, "{text}");
        }
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
