//! Checks rules for documents: links to files must be valid, and every decision record must be linked.

use std::path::Path;

use crate::workspace::{File, root};

/// Returns all violations of the rules for documents.
pub(super) fn problems(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    let documents = || files.iter().filter(|file| file.path.ends_with(".md"));
    for document in documents() {
        let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
        for target in links(&document.text) {
            if !root().join(folder).join(target).exists() {
                problems.push(format!("{}: the link to {target} is broken", document.path));
            }
        }
    }
    let overview = files.iter().find(|file| file.path == "ARCHITECTURE.md").map_or("", |file| file.text.as_str());
    for record in documents().filter(|document| document.path.starts_with("docs/adr/")) {
        if !links(overview).any(|target| target == record.path) {
            problems.push(format!("ARCHITECTURE.md: no link to {}", record.path));
        }
    }
    problems
}

/// Returns the targets of all links to files, without fragments.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let outside = |target: &&str| target.contains("://") || target.starts_with("mailto:");
    let files = targets.filter(move |target| !outside(target));
    files.map(|target| target.split_once('#').map_or(target, |(file, _)| file)).filter(|file| !file.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_files_are_followed() {
        let text = "See [a](docs/a.md), [b](docs/b.md#part), [c](#here), [d](https://example.com/x).";
        assert_eq!(links(text).collect::<Vec<_>>(), ["docs/a.md", "docs/b.md"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(problems(&[file("README.md", "[x](Cargo.toml)")]), Vec::<String>::new());
        assert_eq!(problems(&[file("README.md", "[x](no-such-file.md)")]).len(), 1);
        let record = file("docs/adr/0001-x.md", "");
        assert_eq!(problems(&[record, file("ARCHITECTURE.md", "no link")]).len(), 1);
    }
}
