//! Checks rules about the workspace's crates and their dependencies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::program::{cargo, quiet};
use crate::workspace::File;

/// The allowed dependencies of each crate in the workspace. Adding a crate requires a decision record in `docs/adr`.
const CRATES: [Crate; 13] = [
    Crate {
        name: "floorkey",
        ours: &[],
        never: &["axum", "http", "hyper", "libsqlite3-sys", "reqwest", "rusqlite", "tokio", "tokio-postgres"],
        // This crate formats dates with jiff, which could also read the clock. However, clippy.toml forbids reading the
        // clock.
        never_itself: &["getrandom", "rand"],
    },
    Crate {
        name: "floorkey-aws",
        ours: &[],
        never: &["axum", "http", "hyper", "libsqlite3-sys", "rusqlite", "tokio"],
        never_itself: &["getrandom", "rand"],
    },
    Crate {
        name: "floorkey-audit",
        ours: &[],
        never: &["axum", "http", "hyper", "libsqlite3-sys", "rusqlite", "tokio"],
        never_itself: &["getrandom", "rand"],
    },
    Crate {
        name: "floorkey-store",
        ours: &["floorkey", "floorkey-audit"],
        never: &["axum", "http", "hyper"],
        never_itself: &["getrandom", "jiff", "rand"],
    },
    Crate {
        name: "floorkey-service",
        ours: &["floorkey", "floorkey-store"],
        never: &["askama", "axum", "clap", "hyper"],
        // The crate lettre, which sends email, depends on `http`.
        never_itself: &["http", "libsqlite3-sys", "rusqlite", "tokio-postgres"],
    },
    Crate {
        name: "floorkey-http",
        ours: &[],
        never: &["askama", "axum", "clap", "libsqlite3-sys", "rusqlite"],
        never_itself: &["getrandom", "rand"],
    },
    Crate {
        name: "floorkey-api",
        ours: &["floorkey", "floorkey-aws", "floorkey-http", "floorkey-service", "floorkey-store"],
        never: &["axum", "clap"],
        never_itself: &["libsqlite3-sys", "rand", "rusqlite", "tokio-postgres"],
    },
    Crate {
        name: "floorkey-authzen",
        ours: &["floorkey", "floorkey-http", "floorkey-service"],
        never: &["askama", "axum", "clap"],
        never_itself: &["libsqlite3-sys", "rand", "rusqlite", "tokio-postgres"],
    },
    Crate {
        name: "floorkey-console",
        ours: &["floorkey", "floorkey-authzen", "floorkey-http", "floorkey-service", "floorkey-store"],
        never: &["clap"],
        never_itself: &["libsqlite3-sys", "rand", "rusqlite", "tokio-postgres"],
    },
    Crate {
        name: "floorkey-server",
        ours: &[
            "floorkey",
            "floorkey-api",
            "floorkey-authzen",
            "floorkey-aws",
            "floorkey-console",
            "floorkey-http",
            "floorkey-service",
            "floorkey-store",
        ],
        never: &[],
        never_itself: &["askama", "axum", "libsqlite3-sys", "rusqlite", "tokio-postgres"],
    },
    Crate {
        name: "floorkey-figures",
        ours: &["floorkey", "floorkey-console", "floorkey-service", "floorkey-store"],
        never: &["clap"],
        never_itself: &[],
    },
    Crate {
        name: "decide-in-process",
        ours: &["floorkey"],
        never: &["axum", "http", "hyper", "rusqlite", "tokio"],
        never_itself: &[],
    },
    Crate { name: "xtask", ours: &[], never: &[], never_itself: &[] },
];

/// The engines that Floorkey is compared with. They must stay in `benches/peers`. If they were in the workspace, every
/// test run would compile them.
const RIVALS: [&str; 4] = ["casbin", "cedar-policy", "regorus", "sonic-rs"];

/// The allowed dependencies of a crate.
struct Crate {
    name: &'static str,
    /// The crates in the workspace that this crate is allowed to depend on.
    ours: &'static [&'static str],
    /// The crates that this crate must not depend on, directly or indirectly.
    never: &'static [&'static str],
    /// The crates that this crate must not depend on directly.
    never_itself: &'static [&'static str],
}

/// Returns all violations of the rules for crates. Dev-dependencies are ignored.
///
/// # Errors
/// Returns an error if cargo can't list the dependencies.
pub(super) fn problems(files: &[File]) -> Result<Vec<String>, String> {
    let said = quiet(cargo(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Metadata =
        serde_json::from_str(&said).map_err(|error| format!("can't parse the output of cargo metadata: {error}"))?;
    let mut problems = Graph::of(&metadata).problems();
    problems.extend(rivals(metadata.packages.iter().map(|package| package.name.as_str())));
    let manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    for manifest in manifests.filter(|manifest| !manifest.text.contains("[lints]\nworkspace = true")) {
        problems.push(format!("{}: `[lints] workspace = true` is missing", manifest.path));
    }
    Ok(problems)
}

/// Returns a violation for each package in the workspace that is one of the [`RIVALS`]. Dev-dependencies are included.
fn rivals<'a>(packages: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    packages.filter(|name| RIVALS.contains(name)).map(|name| format!("{name} belongs in benches/peers/Cargo.toml"))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    /// The dependency's kind: `dev`, `build`, or `None` for a normal dependency.
    kind: Option<String>,
}

/// The dependencies of each crate, by the crate's name.
struct Graph<'a> {
    members: BTreeSet<&'a str>,
    edges: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        let names: BTreeMap<&str, &str> =
            metadata.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
        let name = |id: &str| names.get(id).copied().unwrap_or_default();
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for node in &metadata.resolve.nodes {
            let built = node.deps.iter().filter(|dependency| {
                dependency.dep_kinds.iter().any(|DependencyKind { kind }| kind.as_deref() != Some("dev"))
            });
            edges.entry(name(&node.id)).or_default().extend(built.map(|dependency| name(&dependency.pkg)));
        }
        Self { members: metadata.workspace_members.iter().map(|id| name(id)).collect(), edges }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for &member in &self.members {
            let Some(rule) = CRATES.iter().find(|rule| rule.name == member) else {
                problems.push(format!(
                    "the crate {member} is new: add a record to docs/adr and a row to xtask/src/tidy/crates.rs"
                ));
                continue;
            };
            let (direct, below) = (self.direct(member), self.below(member));
            let ours = direct.intersection(&self.members).filter(|name| !rule.ours.contains(name));
            problems.extend(ours.map(|name| format!("{member} may not depend on {name}")));
            let itself = rule.never_itself.iter().filter(|name| direct.contains(*name));
            problems.extend(itself.map(|name| format!("{member} may not depend on {name}")));
            let anywhere = rule.never.iter().filter(|name| below.contains(*name));
            problems
                .extend(anywhere.map(|name| {
                    format!("{name} may not stand below {member}: see `cargo tree -p {member} -i {name}`")
                }));
        }
        problems
    }

    fn direct(&self, name: &str) -> BTreeSet<&'a str> {
        self.edges.get(name).cloned().unwrap_or_default()
    }

    /// Returns all direct and indirect dependencies of the crate.
    fn below(&self, name: &str) -> BTreeSet<&'a str> {
        let mut below = BTreeSet::new();
        let mut next: Vec<&str> = self.direct(name).into_iter().collect();
        while let Some(name) = next.pop() {
            if below.insert(name) {
                next.extend(self.direct(name));
            }
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(edges: &[(&'static str, &[&'static str])], members: &[&'static str]) -> Vec<String> {
        let edges = edges.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
        Graph { members: members.iter().copied().collect(), edges }.problems()
    }

    #[test]
    fn dependencies_point_down() {
        let sound = problems(&[("floorkey-store", &["floorkey", "rusqlite"])], &["floorkey", "floorkey-store"]);
        assert_eq!(sound, Vec::<String>::new());
        let upward = problems(&[("floorkey", &["floorkey-store"])], &["floorkey", "floorkey-store"]);
        assert_eq!(upward, ["floorkey may not depend on floorkey-store"]);
    }

    #[test]
    fn what_stands_far_below_is_found() {
        let found = problems(&[("floorkey", &["harmless"]), ("harmless", &["tokio"])], &["floorkey"]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found.iter().all(|problem| problem.starts_with("tokio may not stand below floorkey")));
    }

    #[test]
    fn rivals_stay_outside() {
        assert_eq!(rivals(["serde", "casbin"].into_iter()).count(), 1);
    }

    #[test]
    fn a_new_crate_needs_a_decision() {
        assert_eq!(problems(&[], &["floorkey-more"]).len(), 1);
    }
}
