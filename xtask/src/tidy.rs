//! Checks rules for files, crates and documents. The compiler does not check these rules.

mod circles;
mod crates;
mod documents;
mod operations;
mod source;
mod words;

use crate::workspace;

/// Checks all rules.
///
/// # Errors
/// Returns a message with all violations, one per line.
pub(crate) fn run() -> Result<String, String> {
    let files = workspace::files()?;
    let mut problems = source::problems(&files);
    problems.extend(circles::problems(&files));
    problems.extend(crates::problems(&files)?);
    problems.extend(documents::problems(&files));
    problems.extend(operations::problems(&files));
    problems.extend(words::problems(&files));
    if problems.is_empty() { Ok(format!("{} files", files.len())) } else { Err(problems.join("\n")) }
}
