//! Extracts the commands of a document, and compares what they print with what the document shows.
//!
//! A comment before a code block says how the test treats the block:
//!
//! - `<!-- not run: REASON -->`: the commands are not run.
//! - `<!-- server -->`: the command starts a server, which keeps running while the following commands are run, as in
//!   another shell. The lines that the server prints for the AWS CLI are pasted into that shell.
//! - `<!-- output -->`: the block is the output of the commands before it. `…` stands for text that differs from run to
//!   run; on a line of its own, for any number of lines.

/// A code block with commands.
#[derive(Debug, PartialEq)]
pub(super) struct Block {
    /// The number of the block's first line in the document.
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) kind: Kind,
    /// The output of the commands, if the document shows it.
    pub(super) output: Option<String>,
}

/// How the commands of a block are treated.
#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Run,
    Server,
    NotRun,
}

/// Languages of code blocks that would hide commands from the test, and blocks without a language.
const INSTEAD_OF_SH: [&str; 5] = ["", "bash", "shell", "console", "zsh"];

/// Returns the blocks with commands of a Markdown document.
///
/// # Errors
/// Returns a message for a block whose language or comment is wrong.
pub(super) fn blocks(document: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = document.lines().enumerate();
    let mut comment = None;
    while let Some((at, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            if !line.is_empty() {
                comment = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
            }
            continue;
        };
        let text: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let (line, text) = (at + 2, text.join("\n"));
        match (language, comment.take()) {
            ("sh", comment) => blocks.push(Block { line, text, kind: kind(line, comment)?, output: None }),
            (language, _) if INSTEAD_OF_SH.contains(&language) => {
                return Err(format!("line {}: use ```sh for commands, and ```text for other text", at + 1));
            }
            (_, Some("output")) => match blocks.last_mut().filter(|block| block.kind == Kind::Run) {
                Some(block) => block.output = Some(text),
                None => return Err(format!("line {line}: output without commands")),
            },
            _ => {}
        }
    }
    Ok(blocks)
}

fn kind(line: usize, comment: Option<&str>) -> Result<Kind, String> {
    match comment {
        None => Ok(Kind::Run),
        Some("server") => Ok(Kind::Server),
        Some(comment) if comment.strip_prefix("not run: ").is_some_and(|reason| !reason.is_empty()) => Ok(Kind::NotRun),
        // Another comment, such as the marker of a generated part, is not about the block.
        Some(comment) if !comment.starts_with("not run") && !comment.starts_with("server") => Ok(Kind::Run),
        Some(comment) => Err(format!("line {line}: `{comment}`: write `not run: REASON` or `server`")),
    }
}

/// Whether the output is what the document shows.
pub(super) fn matches(shown: &str, output: &str) -> bool {
    let lines = |text: &'_ str| text.trim().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines_match(&lines(shown), &lines(output))
}

fn lines_match(shown: &[String], output: &[String]) -> bool {
    match (shown.split_first(), output.split_first()) {
        (None, None) => true,
        (Some((line, rest)), _) if line == "…" => {
            lines_match(rest, output) || output.split_first().is_some_and(|(_, next)| lines_match(shown, next))
        }
        (Some((line, rest)), Some((printed, next))) => line_matches(line, printed) && lines_match(rest, next),
        _ => false,
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    match shown.split_once('…') {
        None => shown == printed,
        Some((before, after)) => printed.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.filter_map(|at| rest.get(at..)).any(|rest| line_matches(after, rest))
        }),
    }
}

#[test]
fn blocks_are_extracted_with_their_comments() {
    let document = "\
# Title\n\n```sh\none\n```\n\nIt prints:\n\n<!-- output -->\n```text\n1\n```\n\n<!-- server -->\n```sh\ntwo\n```\n\n\
<!-- not run: it needs a network -->\n\n```sh\nthree\n```\n```toml\nfour = 4\n```\n";
    let found = blocks(document).unwrap();
    let found: Vec<_> =
        found.iter().map(|block| (block.line, &*block.text, &block.kind, block.output.as_deref())).collect();
    assert_eq!(
        found,
        [(4, "one", &Kind::Run, Some("1")), (16, "two", &Kind::Server, None), (22, "three", &Kind::NotRun, None)]
    );
    for wrong in
        ["```bash\none\n```", "```\none\n```", "<!-- not run -->\n```sh\none\n```", "<!-- output -->\n```text\n1\n```"]
    {
        assert!(blocks(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_ellipsis_stands_for_text_that_differs() {
    assert!(matches("allowed: granted\n", "allowed: granted"));
    assert!(matches("ann  …-…\n\n1 user", "ann  1234-5678\n\n1 user\n"));
    assert!(matches("{\n…\n}", "{\n  1,\n  2\n}"));
    assert!(!matches("allowed: granted", "denied: not granted"));
    assert!(!matches("ann …", "bob 1"));
    assert!(!matches("one", "one\ntwo"));
    assert!(!matches("one\n…\nfour", "one\ntwo"));
}
