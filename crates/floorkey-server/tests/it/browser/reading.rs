//! Creates snapshots of pages' accessibility trees. A snapshot contains only the first few of many similar nodes, and
//! omits values that differ between runs. Long pages have several snapshots.

use std::iter::Peekable;

use super::page::Page;

/// The maximum number of siblings with the same role that a snapshot shows. Further siblings are only counted.
const KEPT: usize = 6;

/// The maximum number of lines of a snapshot. With the header, a file has at most 100 lines.
const LINES_MAX: usize = 94;

/// The minimum number of lines of a region that has a snapshot of its own.
const CUT_LINES_MIN: usize = 12;

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
        for (part, text) in parts(name, &tree) {
            settings.bind(|| insta::assert_snapshot!(part, text));
        }
    }
}

/// Returns the texts of a page's snapshots, each with its name. A page with more than [`LINES_MAX`] lines has a snapshot
/// of its own for each of its larger regions.
fn parts(name: &str, tree: &str) -> Vec<(String, String)> {
    let mut nodes = Node::parse_all(&mut tree.lines().peekable(), 0);
    nodes.iter_mut().for_each(Node::compact);
    let mut nodes = shortened(nodes);
    let mut parts = Vec::new();
    if nodes.iter().map(Node::line_count).sum::<usize>() > LINES_MAX {
        nodes.iter_mut().for_each(|node| node.cut(name, &mut parts));
    }
    parts.insert(0, (name.to_owned(), nodes));
    let text = |nodes: Vec<Node>| {
        let mut lines = Vec::new();
        nodes.iter().for_each(|node| node.write(0, &mut lines));
        assert!(lines.len() <= LINES_MAX, "{name} is too long for a snapshot: {lines:#?}");
        lines.join("\n")
    };
    parts.into_iter().map(|(name, nodes)| (name, text(nodes))).collect()
}

/// A node of an accessibility tree. The line contains its role, its name in quotes, and its attributes.
#[derive(Clone)]
struct Node {
    line: String,
    children: Vec<Self>,
}

impl Node {
    /// Parses the nodes at the given depth, which is indicated by two spaces for each level.
    fn parse_all<'a>(lines: &mut Peekable<impl Iterator<Item = &'a str>>, depth: usize) -> Vec<Self> {
        let depth_of = |line: &str| (line.len() - line.trim_start().len()) / 2;
        let mut nodes = Vec::new();
        while let Some(line) = lines.next_if(|line| depth_of(line) >= depth) {
            let children = Self::parse_all(lines, depth_of(line) + 1);
            nodes.push(Self { line: line.trim_start().to_owned(), children });
        }
        nodes
    }

    fn role(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// Returns the name. Returns an empty string if the node has none.
    fn name(&self) -> &str {
        let Some((_, rest)) = self.line.split_once(' ').filter(|(_, rest)| rest.starts_with('"')) else { return "" };
        let rest = rest.get(1..).unwrap_or_default();
        let ends = rest.match_indices('"').map(|(at, _)| at);
        let mut ends =
            ends.filter(|at| rest.get(at + 1..).is_some_and(|after| after.is_empty() || after.starts_with(' ')));
        ends.next().and_then(|end| rest.get(..end)).unwrap_or_default()
    }

    fn line_count(&self) -> usize {
        1 + self.children.iter().map(Self::line_count).sum::<usize>()
    }

    /// Removes texts that only repeat the node's name, and writes an only child on the line of its parent.
    fn compact(&mut self) {
        self.children.iter_mut().for_each(Self::compact);
        let is_text = |child: &Self| child.role() == "text" && child.children.is_empty();
        let texts: Vec<&str> = self.children.iter().filter(|child| is_text(child)).map(Self::name).collect();
        if !texts.is_empty() && texts.join(" ") == self.name() {
            self.children.retain(|child| !is_text(child));
        }
        if self.children.len() == 1 {
            let child = self.children.remove(0);
            let repeats = child.name() == self.name() && self.line == format!("{} \"{}\"", self.role(), self.name());
            let line = if repeats { self.role() } else { self.line.as_str() };
            self.line = format!("{line} > {}", child.line);
            self.children = child.children;
        }
    }

    /// Moves the outermost regions with names that are neither too short nor too long for a snapshot into snapshots of
    /// their own. The line of such a region says so.
    fn cut(&mut self, page: &str, parts: &mut Vec<(String, Vec<Self>)>) {
        let count = self.line_count();
        if count < CUT_LINES_MIN {
            return;
        }
        if count > LINES_MAX || self.name().is_empty() {
            self.children.iter_mut().for_each(|child| child.cut(page, parts));
            return;
        }
        let words = self.name().split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        let slug = format!("{page}-{}", words.collect::<Vec<_>>().join("-").to_lowercase());
        assert!(parts.iter().all(|(known, _)| *known != slug), "two regions of {page} are named {slug}");
        let part = Self { line: self.line.clone(), children: std::mem::take(&mut self.children) };
        self.line.push_str(", in a snapshot of its own");
        parts.push((slug, vec![part]));
    }

    fn write(&self, depth: usize, lines: &mut Vec<String>) {
        lines.push(format!("{}{}", "  ".repeat(depth), self.line));
        self.children.iter().for_each(|child| child.write(depth + 1, lines));
    }
}

/// Keeps only the first few of many consecutive siblings with the same role, and counts the others.
fn shortened(siblings: Vec<Node>) -> Vec<Node> {
    let mut kept = Vec::new();
    for alike in siblings.chunk_by(|one, next| one.role() == next.role()) {
        let shorten = |node: &Node| Node { line: node.line.clone(), children: shortened(node.children.clone()) };
        kept.extend(alike.iter().take(KEPT).map(shorten));
        if alike.len() > KEPT {
            let line = format!("and {} more: {}", alike.len() - KEPT, alike[0].role());
            kept.push(Node { line, children: Vec::new() });
        }
    }
    kept
}

#[test]
fn many_similar_siblings_are_counted() {
    let rows: Vec<String> = (1..=8).map(|number| format!("  row \"{number}\"\n    cell\n    link")).collect();
    let tree = format!("table\n{}\n  button\nlink", rows.join("\n"));
    let first: Vec<String> = rows.iter().take(KEPT).cloned().collect();
    let short = format!("table\n{}\n  and 2 more: row\n  button\nlink", first.join("\n"));
    assert_eq!(parts("page", &tree), [("page".to_owned(), short)]);
}

#[test]
fn an_only_child_is_on_its_parents_line_and_names_are_not_repeated() {
    let tree = "cell \"Users: View\"\n  checkbox \"Users: View\" checked=true\n  text \"Users:\"\n  text \"View\"\n\
        listitem level=1\n  text \"a\"\ngroup \"A\"\n  text \"B\"\n  link \"C\"";
    let short = "cell > checkbox \"Users: View\" checked=true\nlistitem level=1 > text \"a\"\ngroup \"A\"\n  text \"B\"\n  \
        link \"C\"";
    assert_eq!(parts("page", tree), [("page".to_owned(), short.to_owned())]);
}

#[test]
fn regions_of_a_long_page_have_snapshots_of_their_own() {
    // Neighboring lines have different roles, so none is only counted.
    let lines = |count: usize| (0..count).map(|at| format!("    role{at}\n")).collect::<String>();
    let (first, second) = (lines(LINES_MAX / 2), lines(LINES_MAX / 2));
    let tree = format!("main\n  region \"One (1)\"\n{first}  group \"Two\"\n{second}  link");
    let names: Vec<_> = parts("page", &tree).into_iter().map(|(name, text)| (name, text.lines().count())).collect();
    let half = LINES_MAX / 2 + 1;
    assert_eq!(names, [("page".to_owned(), 4), ("page-one".to_owned(), half), ("page-two".to_owned(), half)]);
}
