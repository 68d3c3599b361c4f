//! Finds circular dependencies between a crate's modules.
//!
//! Cargo forbids circular dependencies between crates, but not between the modules of a crate. Modules with a circular
//! dependency are effectively one module in several files, because none of them can be understood, tested or moved
//! alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::File;

/// A circular dependency that is accepted.
struct Circle {
    krate: &'static str,
    modules: &'static [&'static str],
    /// The reason why the circular dependency is accepted.
    #[expect(dead_code, reason = "for readers")]
    reason: &'static str,
}

/// The accepted circular dependencies. At most ten are allowed.
const ACCEPTED: [Circle; 3] = [
    Circle {
        krate: "floorkey",
        modules: &["action", "catalog", "closure", "permission_set", "resource"],
        reason: "the catalog is data about permissions, operations and resource types that name each other",
    },
    Circle {
        krate: "floorkey-aws",
        modules: &["generated", "input", "model", "operation"],
        reason: "`generated` is the generated half of the other three, which reexport it",
    },
    Circle {
        krate: "floorkey-store",
        modules: &["backend", "sqlite"],
        reason: "`backend` calls the database, which executes the steps that `backend` defines",
    },
];

/// The dependencies of each module in a crate. A module depends on the other top-level modules that its source names.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// Returns all circular dependencies that are not accepted. Also returns accepted circular dependencies that no longer
/// exist.
pub(super) fn problems(files: &[File]) -> Vec<String> {
    compare(files, &ACCEPTED)
}

fn compare(files: &[File], accepted: &[Circle]) -> Vec<String> {
    let graphs = graphs(files);
    let found: Vec<(&str, Vec<String>)> = graphs
        .iter()
        .flat_map(|(krate, graph)| circles(graph).into_iter().map(|circle| (krate.as_str(), circle)))
        .collect();
    let is_same = |one: &Circle, krate: &str, circle: &[String]| one.krate == krate && circle.iter().eq(one.modules);
    let mut problems = Vec::new();
    for (krate, circle) in &found {
        if !accepted.iter().any(|one| is_same(one, krate, circle)) {
            let modules = circle.join(", ");
            problems.push(format!("crates/{krate}/src: these modules depend on each other in a circle: {modules}"));
        }
    }
    for one in accepted {
        if !found.iter().any(|(krate, circle)| is_same(one, krate, circle)) {
            let modules = one.modules.join(", ");
            problems.push(format!("xtask: the circle of {modules} in {} no longer exists: remove it", one.krate));
        }
    }
    problems
}

/// Returns the dependency graph of each crate's modules.
fn graphs(files: &[File]) -> BTreeMap<String, Graph> {
    let mut sources: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some((krate, path)) = file.path.strip_prefix("crates/").and_then(|path| path.split_once("/src/")) else {
            continue;
        };
        sources.entry(krate.to_owned()).or_default().push((path.to_owned(), without_tests(&file.text)));
    }
    sources.into_iter().map(|(krate, files)| (krate, graph(&files))).collect()
}

fn graph(files: &[(String, String)]) -> Graph {
    let root = files.iter().find(|(path, _)| path == "lib.rs").map_or("", |(_, text)| text.as_str());
    let reexported = reexports(root);
    let mut graph = Graph::new();
    for (path, text) in files {
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if !matches!(module, "lib" | "main") && !path.ends_with("/tests.rs") {
            let names = named(text).into_iter().map(|name| reexported.get(&name).cloned().unwrap_or(name));
            graph.entry(module.to_owned()).or_default().extend(names);
        }
    }
    let modules: BTreeSet<String> = graph.keys().cloned().collect();
    for (module, names) in &mut graph {
        names.retain(|name| name != module && modules.contains(name));
    }
    graph
}

/// Returns the items that a crate's root reexports, each with the module that it comes from.
fn reexports(root: &str) -> BTreeMap<String, String> {
    let uses = root.split(';').filter_map(|statement| statement.split_once("pub use "));
    let mut reexports = BTreeMap::new();
    for (_, path) in uses {
        let Some((module, items)) = path.split_once("::") else { continue };
        let words = items.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        reexports.extend(words.map(|word| (word.to_owned(), module.trim().to_owned())));
    }
    reexports
}

/// Returns the first name after `crate::` in each path.
fn named(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, prefix) in text.match_indices("crate::") {
        let rest = text.get(at + prefix.len()..).unwrap_or_default();
        match rest.strip_prefix('{') {
            None => names.extend(first_word(rest)),
            Some(group) => names.extend(members(group).iter().filter_map(|member| first_word(member))),
        }
    }
    names
}

/// Returns the members of a group of imports. `group` begins inside the group's braces.
fn members(group: &str) -> Vec<&str> {
    let (mut members, mut depth, mut begin) = (Vec::new(), 0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                members.extend(group.get(begin..at));
                return members;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.extend(group.get(begin..at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    members
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// Returns the content of a file without its comments and its test module.
fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Returns all circular dependencies. Each is a set of modules in which every module depends on all others, directly or
/// indirectly.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|module| (module.as_str(), reach(graph, module))).collect();
    let leads = |from: &str, to: &str| reach.get(from).is_some_and(|reach| reach.contains(to));
    let mut circles: Vec<Vec<String>> = Vec::new();
    for module in graph.keys().filter(|module| leads(module, module)) {
        if !circles.iter().flatten().any(|known| known == module) {
            circles.push(graph.keys().filter(|other| leads(module, other) && leads(other, module)).cloned().collect());
        }
    }
    circles
}

/// Returns all modules that a module depends on, directly or indirectly.
fn reach<'a>(graph: &'a Graph, module: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = graph.get(module).into_iter().flatten().map(String::as_str).collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(graph.get(next).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: format!("crates/some/src/{path}"), text: text.to_owned() }
    }

    #[test]
    fn circles_are_found_through_groups_and_reexports() {
        let files = [
            file("lib.rs", "mod a;\nmod b;\nmod c;\npub use c::{Thing, thing};"),
            file("a.rs", "use crate::{b::{self, One}, Other};"),
            file("b/inner.rs", "fn two() { crate::Thing::new(); }"),
            file("c.rs", "use crate::a::Three;\n"),
            file("d.rs", "use crate::a::Three;\n#[cfg(test)]\nmod tests {\n    use crate::d::x;\n}"),
        ];
        let problems = compare(&files, &[]);
        assert_eq!(problems, ["crates/some/src: these modules depend on each other in a circle: a, b, c"]);
    }

    #[test]
    fn comments_tests_and_one_way_dependencies_make_no_circle() {
        let files = [
            file("a.rs", "// crate::b::x\nuse std::mem;\n#[cfg(test)]\nmod tests {\n    use crate::b::x;\n}"),
            file("b.rs", "use crate::a::x;"),
        ];
        assert_eq!(compare(&files, &[]), Vec::<String>::new());
        let gone = [Circle { krate: "some", modules: &["a", "b"], reason: "" }];
        let problems = compare(&files, &gone);
        assert_eq!(problems, ["xtask: the circle of a, b in some no longer exists: remove it"]);
    }
}
