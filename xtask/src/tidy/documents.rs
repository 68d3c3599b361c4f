//! Checks rules for documents: links to files must be valid, every decision record must be linked, the README must stay
//! short, and the tour must show every picture.

use std::path::Path;

use crate::workspace::{File, root};

/// The maximum number of lines of the README. What needs more space has a page in `docs`.
const README_LINES_MAX: usize = 200;

/// The page that shows all pictures, and the folder of the pictures.
const TOUR: &str = "docs/tour.md";
const PICTURES: &str = "docs/images";

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
    if let Some(readme) = files.iter().find(|file| file.path == "README.md") {
        let lines = readme.text.lines().count();
        if lines > README_LINES_MAX {
            problems.push(format!("README.md: {lines} lines, at most {README_LINES_MAX}: move a part to docs"));
        }
    }
    if let Some(tour) = files.iter().find(|file| file.path == TOUR) {
        problems.extend(not_shown(&tour.text, pictures()));
    }
    problems
}

/// Returns the names of all pictures. Pictures are no text files, so they are not among the files of the workspace.
fn pictures() -> Vec<String> {
    let entries = std::fs::read_dir(root().join(PICTURES)).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Returns a violation for each picture that the tour does not show.
fn not_shown(tour: &str, pictures: Vec<String>) -> Vec<String> {
    let is_missing = |name: &String| !links(tour).any(|target| target.strip_prefix("images/") == Some(name));
    pictures.into_iter().filter(is_missing).map(|name| format!("{TOUR}: {PICTURES}/{name} is not shown")).collect()
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

    #[test]
    fn a_long_readme_and_a_picture_that_is_not_shown_are_found() {
        let file = |text: String| File { path: "README.md".to_owned(), text };
        assert_eq!(problems(&[file("a line\n".repeat(200))]), Vec::<String>::new());
        assert_eq!(problems(&[file("a line\n".repeat(201))]).len(), 1);
        let tour = "[![Home](images/home.webp)](images/home.webp) [dark](images/dark.webp)";
        assert_eq!(not_shown(tour, vec!["home.webp".to_owned(), "dark.webp".to_owned()]), Vec::<String>::new());
        assert_eq!(
            not_shown(tour, vec!["users.webp".to_owned()]),
            ["docs/tour.md: docs/images/users.webp is not shown"]
        );
    }
}
