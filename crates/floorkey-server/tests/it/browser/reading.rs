//! Creates snapshots of pages' accessibility trees. A snapshot contains only the first few of many similar nodes, and
//! omits values that differ between runs.

use super::page::Page;

/// The maximum number of siblings with the same role that a snapshot shows. Further siblings are only counted.
const KEPT: usize = 6;

/// Patterns for text that differs between days or databases, each with its replacement. The first matching pattern is
/// used.
const MASKS: [(&str, &str); 8] = [
    (r"127\.0\.0\.1:\d+", "[server]"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[id]"),
    (r"\b[0-9a-f]{16,64}\b", "[hex]"),
    (r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", "[weekday]"),
    (
        r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}(,? (at )?\d\d:\d\d(:\d\d)?( UTC)?)?",
        "[time]",
    ),
    (r"\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?( UTC)?)?", "[time]"),
    (
        r"\bjust now\b|\b(a|an|\d+) (second|minute|hour|day|week|month|year)s? ago\b|\bin (a|an|\d+) (second|minute|hour|day|week|month|year)s?\b|\byesterday\b|\btomorrow\b|\btoday\b",
        "[ago]",
    ),
    (r"\b\d\d:\d\d(:\d\d)?( UTC)?\b", "[time]"),
];

impl Page {
    /// Asserts that the page's accessibility tree matches the snapshot with the given name.
    #[track_caller]
    pub(super) fn assert_reads(&self, name: &str) {
        let mut settings = insta::Settings::clone_current();
        for (pattern, mask) in MASKS {
            settings.add_filter(pattern, mask);
        }
        settings.set_description(format!("what a screen reader is told of {name}"));
        let tree = self.accessibility();
        // All pages have the same navigation around their main part, so only the home page's snapshot contains the
        // navigation.
        let tree = match tree.split_once("\nmain\n") {
            Some((_, main)) if name != "home" => format!("main\n{main}"),
            _ => tree,
        };
        settings.bind(|| insta::assert_snapshot!(name, shortened(&tree)));
    }
}

/// Shortens a tree. If a node has many similar children, only the first few are kept. The other children are counted.
fn shortened(tree: &str) -> String {
    let mut kept = Kept::default();
    for line in tree.lines() {
        kept.add(line);
    }
    kept.close(0);
    kept.lines.join("\n")
}

/// The lines of a tree that are kept so far. `open` contains the role and the count of the siblings at each depth.
#[derive(Default)]
struct Kept<'a> {
    lines: Vec<String>,
    open: Vec<(&'a str, usize)>,
}

impl<'a> Kept<'a> {
    fn add(&mut self, line: &'a str) {
        let text = line.trim_start();
        let depth = (line.len() - text.len()) / 2;
        let role = text.split(' ').next().unwrap_or_default();
        if self.open.iter().take(depth).any(|(_, count)| *count > KEPT) {
            return;
        }
        self.close(depth + 1);
        match self.open.get_mut(depth) {
            Some((same, count)) if *same == role => *count += 1,
            _ => {
                self.close(depth);
                self.open.resize(depth, ("", 0));
                self.open.push((role, 1));
            }
        }
        if self.open[depth].1 <= KEPT {
            self.lines.push(line.to_owned());
        }
    }

    /// Stops counting siblings at the given depth and at greater depths.
    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let at = self.open.len() - 1;
            if let Some((role, count)) = self.open.pop().filter(|(_, count)| *count > KEPT) {
                self.lines.push(format!("{}and {} more: {role}", "  ".repeat(at), count - KEPT));
            }
        }
    }
}

#[test]
fn many_similar_siblings_are_counted() {
    let rows: Vec<String> = (1..=8).map(|number| format!("  row \"{number}\"\n    cell \"{number}\"")).collect();
    let short = shortened(&format!("table\n{}\n  button\nlink", rows.join("\n")));
    let first: Vec<String> = rows.iter().take(KEPT).cloned().collect();
    assert_eq!(short, format!("table\n{}\n  and 2 more: row\n  button\nlink", first.join("\n")));
}
