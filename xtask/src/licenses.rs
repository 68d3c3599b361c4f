//! Checks the licenses and sources of all crates in a lock file, and that no banned crate is among them. The rules are in
//! `deny.toml`, in the format of cargo-deny.
//!
//! The check reads what `cargo metadata` prints, so nothing has to be built for it. Unlike cargo-deny, it trusts the
//! license that a crate declares, and does not compare the texts of license files.

use std::fs;

use serde::Deserialize;

use crate::program::{cargo, quiet};
use crate::workspace::root;

/// The beginning of the source of a crate from a registry.
const REGISTRY: &str = "registry+";

/// The rules in `deny.toml` that this check uses. The other keys are for cargo-deny.
#[derive(Deserialize)]
struct Rules {
    licenses: LicenseRules,
    bans: BanRules,
}

#[derive(Deserialize)]
struct LicenseRules {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct BanRules {
    deny: Vec<BannedCrate>,
}

#[derive(Deserialize)]
struct BannedCrate {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// The output of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// `None` for crates of this repository.
    source: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    path: Option<String>,
    /// `None` for the registry that cargo uses by default.
    registry: Option<String>,
}

/// Checks all crates of a workspace, on all platforms and with all features. Returns the number of crates.
///
/// # Errors
/// Returns all violations, or the reason why the rules or the crates can't be read.
pub(crate) fn check(manifest: &str) -> Result<usize, String> {
    let path = root().join("deny.toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
    let rules: Rules = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let arguments = ["--format-version", "1", "--locked", "--offline", "--all-features", "--manifest-path", manifest];
    let mut metadata = cargo(["metadata"]);
    metadata.args(arguments);
    let metadata: Metadata = serde_json::from_str(&quiet(metadata)?).map_err(|error| format!("{manifest}: {error}"))?;
    let problems: Vec<String> = metadata.packages.iter().flat_map(|package| rules.problems(package)).collect();
    match problems.as_slice() {
        [] => Ok(metadata.packages.len()),
        problems => Err(problems.join("\n")),
    }
}

impl Rules {
    /// Returns the violations of one crate.
    fn problems(&self, package: &Package) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(banned) = self.bans.deny.iter().find(|banned| banned.name == package.name) {
            problems.push(format!("the crate is banned: {}", banned.reason));
        }
        let registries = package.dependencies.iter().filter_map(|dependency| dependency.registry.as_ref());
        problems.extend(registries.map(|registry| format!("the registry {registry} is not allowed")));
        match package.source.as_deref() {
            None => {
                let unversioned = |dependency: &&Dependency| dependency.req == "*" && dependency.path.is_none();
                let unversioned = package.dependencies.iter().filter(unversioned);
                problems.extend(unversioned.map(|dependency| format!("{} has no version", dependency.name)));
            }
            Some(source) if !source.starts_with(REGISTRY) => {
                problems.push(format!("the source {source} is not allowed"))
            }
            Some(_) => {}
        }
        let allows = |license: &str| self.licenses.allow.iter().any(|allowed| allowed == license);
        match package.license.as_deref() {
            None if package.source.is_none() => {}
            None => problems.push("the crate declares no license".to_owned()),
            Some(license) => match is_allowed(license, &allows) {
                Some(true) => {}
                Some(false) => problems.push(format!("the license {license} is not allowed")),
                None => problems.push(format!("the license `{license}` is not an SPDX expression")),
            },
        }
        problems.into_iter().map(|problem| format!("{} {}: {problem}", package.name, package.version)).collect()
    }
}

/// Whether an SPDX expression, such as `(MIT OR Apache-2.0) AND Unicode-3.0`, can be satisfied with allowed licenses.
/// `None` if the expression can't be parsed. Old crates write `MIT/Apache-2.0` for `MIT OR Apache-2.0`.
fn is_allowed(expression: &str, allows: &dyn Fn(&str) -> bool) -> Option<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let result = any_of(&mut rest, allows)?;
    rest.is_empty().then_some(result)
}

fn any_of(words: &mut &[&str], allows: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut result = all_of(words, allows)?;
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        result |= all_of(words, allows)?;
    }
    Some(result)
}

fn all_of(words: &mut &[&str], allows: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut result = one(words, allows)?;
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        result &= one(words, allows)?;
    }
    Some(result)
}

fn one(words: &mut &[&str], allows: &dyn Fn(&str) -> bool) -> Option<bool> {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let result = any_of(words, allows)?;
            let [")", rest @ ..] = *words else { return None };
            *words = rest;
            Some(result)
        }
        [license, "WITH", exception, rest @ ..] => {
            *words = rest;
            Some(allows(&format!("{license} WITH {exception}")))
        }
        ["OR" | "AND" | ")", ..] | [] => None,
        [license, rest @ ..] => {
            *words = rest;
            // A plus sign means this version of the license or a later one.
            Some(allows(license.strip_suffix('+').unwrap_or(license)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_evaluated() {
        let allows = |license: &str| ["MIT", "Apache-2.0 WITH LLVM-exception", "Zlib"].contains(&license);
        for (expression, expected) in [
            ("MIT", Some(true)),
            ("GPL-3.0", Some(false)),
            ("MIT/GPL-3.0", Some(true)),
            ("MIT+", Some(true)),
            ("GPL-3.0+", Some(false)),
            ("GPL-3.0 OR MIT", Some(true)),
            ("GPL-3.0 AND MIT", Some(false)),
            ("(GPL-3.0 OR MIT) AND Zlib", Some(true)),
            ("GPL-3.0 OR MIT AND Unicode-3.0", Some(false)),
            ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", Some(true)),
            ("Apache-2.0", Some(false)),
            ("MIT Zlib", None),
            ("(MIT", None),
            ("MIT OR", None),
            ("", None),
        ] {
            assert_eq!(is_allowed(expression, &allows), expected, "{expression}");
        }
    }

    #[test]
    fn every_kind_of_violation_is_found() {
        let rules: Rules =
            toml::from_str("licenses.allow = ['MIT']\nbans.deny = [{ crate = 'openssl', reason = 'TLS is rustls' }]\n")
                .unwrap();
        let package = |name: &str, license: Option<&str>, source: Option<&str>| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            source: source.map(str::to_owned),
            dependencies: vec![
                Dependency { name: "any".to_owned(), req: "*".to_owned(), path: None, registry: None },
                Dependency {
                    name: "ours".to_owned(),
                    req: "*".to_owned(),
                    path: Some("crates/ours".to_owned()),
                    registry: None,
                },
            ],
        };
        let mut elsewhere = package("a", Some("MIT"), None);
        elsewhere.dependencies = vec![Dependency {
            name: "b".to_owned(),
            req: "1".to_owned(),
            path: None,
            registry: Some("a mirror".to_owned()),
        }];
        for (package, expected) in [
            (package("serde", Some("MIT"), Some(REGISTRY)), vec![]),
            (
                package("openssl", Some("MIT"), Some(REGISTRY)),
                vec!["openssl 1.0.0: the crate is banned: TLS is rustls"],
            ),
            (package("a", Some("GPL-3.0"), Some(REGISTRY)), vec!["a 1.0.0: the license GPL-3.0 is not allowed"]),
            (
                package("a", Some("MIT or"), Some(REGISTRY)),
                vec!["a 1.0.0: the license `MIT or` is not an SPDX expression"],
            ),
            (package("a", None, Some(REGISTRY)), vec!["a 1.0.0: the crate declares no license"]),
            (package("a", Some("MIT"), Some("git+x")), vec!["a 1.0.0: the source git+x is not allowed"]),
            (package("a", None, None), vec!["a 1.0.0: any has no version"]),
            (elsewhere, vec!["a 1.0.0: the registry a mirror is not allowed"]),
        ] {
            assert_eq!(rules.problems(&package), expected);
        }
    }
}
