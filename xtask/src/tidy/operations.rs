//! Checks that the documentation's table of operations matches the code.

use std::collections::BTreeMap;

use crate::workspace::File;

/// The document that contains the table.
const DOCUMENT: &str = "docs/connect-compatibility.md";
/// The beginning of the line with the numbers of all operations.
const TOTAL: &str = "Served today: ";
/// The source files that list the served operations, and the known operations that are not served.
const SERVED: &str = "crates/floorkey-aws/src/generated/operation.rs";
const UNSERVED: &str = "crates/floorkey-aws/src/generated/unserved.rs";

/// Returns all differences between the table and the code.
pub(super) fn problems(files: &[File]) -> Vec<String> {
    let compare = |known, document| [differences(&known, document), miscounted(document)].concat();
    match known(files).and_then(|known| Ok(compare(known, text(files, DOCUMENT)?))) {
        Ok(problems) => problems,
        Err(problem) => vec![problem],
    }
}

/// Returns the operations in the code, each with whether it is served.
fn known(files: &[File]) -> Result<BTreeMap<String, bool>, String> {
    let served = names(text(files, SERVED)?, variant);
    let unserved = names(text(files, UNSERVED)?, first_of_row);
    if served.is_empty() || unserved.is_empty() {
        return Err(format!("no operations found in {SERVED} or {UNSERVED}: fix xtask/src/tidy/operations.rs"));
    }
    Ok(served.into_iter().map(|name| (name, true)).chain(unserved.into_iter().map(|name| (name, false))).collect())
}

fn text<'a>(files: &'a [File], path: &str) -> Result<&'a str, String> {
    let file = files.iter().find(|file| file.path == path);
    file.map(|file| file.text.as_str()).ok_or_else(|| format!("{path} is missing"))
}

fn names(source: &str, name: fn(&str) -> Option<&str>) -> Vec<String> {
    source.lines().filter_map(name).map(str::to_owned).collect()
}

/// Returns the variant of `enum Operation` that the line declares. Returns `None` if the line declares no variant.
fn variant(line: &str) -> Option<&str> {
    let name = line.strip_prefix("    ")?.strip_suffix(',')?;
    is_name(name).then_some(name)
}

/// Returns the name in a table row such as `("CreatePrompt", "PUT", …),`. The row can have several lines.
fn first_of_row(line: &str) -> Option<&str> {
    let rest = line.trim_start().trim_start_matches('(').strip_prefix('"')?;
    let (name, _) = rest.split_once('"')?;
    (is_name(name) && name.chars().any(char::is_lowercase)).then_some(name)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Compares the code's operations with the rows of the document's table.
fn differences(known: &BTreeMap<String, bool>, document: &str) -> Vec<String> {
    let mut rows: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, served) in document.lines().filter_map(row) {
        if rows.insert(name, served).is_some() {
            problems.push(format!("{DOCUMENT}: {name} is listed twice"));
        }
        if !known.contains_key(name) {
            problems.push(format!("{DOCUMENT}: {name} is not an operation in the code"));
        }
    }
    for (name, served) in known {
        let wanted = if *served { "yes" } else { "not yet" };
        match rows.get(name.as_str()) {
            None => problems.push(format!("{DOCUMENT}: {name} is missing")),
            Some(said) if *said != wanted => {
                problems.push(format!("{DOCUMENT}: {name} is listed as served: {said}; the code says: {wanted}"));
            }
            Some(_) => {}
        }
    }
    problems
}

/// Compares the numbers in the headings, and the total, with the rows below them. A line with numbers ends in `3 of 6`.
fn miscounted(document: &str) -> Vec<String> {
    let ends_in_number = |line: &str| {
        let last = line.trim_end_matches('.').rsplit(' ').next();
        last.is_some_and(|word| word.parse::<usize>().is_ok())
    };
    let (mut sections, mut all) = (vec![], (0, 0));
    for line in document.lines() {
        if line.starts_with('#') || line.starts_with(TOTAL) {
            sections.push((line, (0, 0)));
        } else if let (Some((_, served)), Some((_, section))) = (row(line), sections.last_mut()) {
            for count in [section, &mut all] {
                *count = (count.0 + usize::from(served == "yes"), count.1 + 1);
            }
        }
    }
    let wanted = |(line, section): (&str, (usize, usize))| {
        let (served, known) = if line.starts_with(TOTAL) { all } else { section };
        let end = format!(" {served} of {known}");
        (!line.trim_end_matches('.').ends_with(&end)).then(|| format!("{DOCUMENT}: `{line}` must end in `{end}`"))
    };
    sections.into_iter().filter(|(line, _)| ends_in_number(line)).filter_map(wanted).collect()
}

/// Returns the name and the second column of a table row such as ``| `CreateUser` | yes | … |``.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    let served = cells.next()?;
    is_name(name).then_some((name, served))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(document: &str) -> Vec<String> {
        let known = [("CreateUser".to_owned(), true), ("CreatePrompt".to_owned(), false)];
        differences(&known.into(), document)
    }

    const CREATE_USER: &str = "| `CreateUser` | yes | |\n";
    const CREATE_PROMPT: &str = "| `CreatePrompt` | not yet | |\n";

    #[test]
    fn a_table_that_says_what_the_code_says_passes() {
        assert_eq!(
            problems(&format!("| operation | served |\n|---|---|\n{CREATE_USER}{CREATE_PROMPT}")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_is_missing_wrong_double_or_unknown_is_found() {
        assert_eq!(problems(CREATE_USER).len(), 1);
        assert_eq!(problems(&format!("{CREATE_USER}| `CreatePrompt` | yes | |\n")).len(), 1);
        assert_eq!(problems(&format!("{CREATE_USER}{CREATE_USER}{CREATE_PROMPT}")).len(), 1);
        assert_eq!(problems(&format!("{CREATE_USER}{CREATE_PROMPT}| `CreateUsers` | yes | |\n")).len(), 1);
    }

    #[test]
    fn numbers_in_headings_are_those_of_the_rows() {
        let page = |total, heading| {
            format!("{TOTAL}{total}.\n### Names of users\n### Users: {heading}\n{CREATE_USER}{CREATE_PROMPT}## End\n")
        };
        assert_eq!(miscounted(&page("1 of 2", "1 of 2")), Vec::<String>::new());
        let problems = miscounted(&page("11 of 2", "2 of 2"));
        assert_eq!(problems.len(), 2, "{problems:?}");
    }

    #[test]
    fn operations_are_read_out_of_the_source() {
        assert_eq!(variant("    CreateUser,"), Some("CreateUser"));
        assert_eq!(variant("    /// `PUT /users/{InstanceId}`,"), None);
        assert_eq!(variant("        Self::CreateUser,"), None);
        assert_eq!(first_of_row("    (\"CreatePrompt\", \"PUT\", \"/prompts\"),"), Some("CreatePrompt"));
        assert_eq!(first_of_row("        \"CreatePrompt\","), Some("CreatePrompt"));
        assert_eq!(first_of_row("        \"PUT\","), None);
        assert_eq!(first_of_row("        \"/prompts/{InstanceId}\","), None);
    }
}
