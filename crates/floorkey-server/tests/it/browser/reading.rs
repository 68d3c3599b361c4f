//! What a page reads, to be kept: the tree of accessibility with the first of many alike, and without what is
//! different each time.

use super::page::Page;

/// Siblings of one role that are kept; of the others only their number is.
const KEPT: usize = 6;

/// What is different on another day or in another database, and what stands for it. The first that fits is taken.
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
    /// Sees that the page reads as it did: what a screen reader is told is what is kept under that name.
    #[track_caller]
    pub(super) fn assert_reads(&self, name: &str) {
        let mut settings = insta::Settings::clone_current();
        for (pattern, mask) in MASKS {
            settings.add_filter(pattern, mask);
        }
        settings.set_description(format!("what a screen reader is told of {name}"));
        let tree = self.accessibility();
        // The frame is the same around all of them: the first page has it.
        let tree = match tree.split_once("\nmain\n") {
            Some((_, main)) if name != "home" => format!("main\n{main}"),
            _ => tree,
        };
        settings.bind(|| insta::assert_snapshot!(name, shortened(&tree)));
    }
}

/// The tree with the first of many siblings that are alike, and how many more there are.
fn shortened(tree: &str) -> String {
    let mut kept = Kept::default();
    for line in tree.lines() {
        kept.add(line);
    }
    kept.close(0);
    kept.lines.join("\n")
}

/// What was kept so far, with the siblings that are still being counted: role and number, a pair for each depth.
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

    /// Ends the counting of whatever is at this depth or deeper.
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
fn many_that_are_alike_are_counted() {
    let rows: Vec<String> = (1..=8).map(|number| format!("  row \"{number}\"\n    cell \"{number}\"")).collect();
    let short = shortened(&format!("table\n{}\n  button\nlink", rows.join("\n")));
    let first: Vec<String> = rows.iter().take(KEPT).cloned().collect();
    assert_eq!(short, format!("table\n{}\n  and 2 more: row\n  button\nlink", first.join("\n")));
}
