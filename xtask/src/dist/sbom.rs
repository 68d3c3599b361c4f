//! The list of the program's components (SBOM), in CycloneDX's JSON format.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::{PLATFORM, Source, read};
use crate::program::{cargo, program, quiet};

/// A crate's name and version.
type Key = (String, String);

/// Returns the list of the crates that are linked into the program, with licenses, checksums and dependencies, and of
/// the C code in it.
///
/// # Errors
/// Returns an error if cargo can't list the crates.
pub(super) fn of_program(source: &Source) -> Result<String, String> {
    let mut metadata = cargo(["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM]);
    metadata.current_dir(&source.root);
    let metadata: Value = serde_json::from_str(&quiet(metadata)?).map_err(|error| error.to_string())?;
    // The metadata has the features of the whole workspace. `cargo tree` lists what this program is built from.
    let mut tree = cargo(["tree", "--locked", "--package", "floorkey-server", "--target", PLATFORM]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]).current_dir(&source.root);
    let linked: BTreeSet<Key> = quiet(tree)?.lines().filter_map(tree_line).collect();
    let lock = read(&source.root.join("Cargo.lock"))?;
    let checksums = checksums(&lock);
    let packages = by_id(&metadata, &linked);
    let mut components: Vec<Value> =
        packages.values().map(|package| component(package, checksums.get(&key(package)).copied())).collect();
    components.extend(c_components(&packages)?);
    components.sort_by_key(|component| component["bom-ref"].to_string());
    let root = packages.values().find(|package| package["name"] == "floorkey-server").ok_or("no floorkey-server")?;
    let mut date = program("date", ["--utc", "+%Y-%m-%dT%H:%M:%SZ"]);
    date.arg(format!("--date=@{}", source.epoch));
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": quiet(date)?.trim(),
            "component": {
                "type": "application", "name": "floorkey", "version": source.version, "bom-ref": purl(root),
                "licenses": [{ "expression": "Apache-2.0" }],
            },
        },
        "components": components,
        "dependencies": dependencies(&metadata, &packages),
    });
    serde_json::to_string_pretty(&bom).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// Parses a line of `cargo tree`, such as `serde v1.0.1` or `floorkey v0.1.0 (/path) (*)`.
fn tree_line(line: &str) -> Option<Key> {
    let mut words = line.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    Some((name.to_owned(), version.to_owned()))
}

/// Returns the checksums in a lock file.
fn checksums(lock: &str) -> BTreeMap<Key, &str> {
    let value = |block: &'_ str, name: &str| -> Option<String> {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""));
        line.map(|value| value.trim_end_matches('"').to_owned())
    };
    let of_block = |block| {
        let checksum = str::lines(block).find_map(|line| line.strip_prefix("checksum = \""))?;
        Some(((value(block, "name")?, value(block, "version")?), checksum.trim_end_matches('"')))
    };
    lock.split("[[package]]").filter_map(of_block).collect()
}

/// Returns the packages that are linked into the program, by their ids.
fn by_id<'a>(metadata: &'a Value, linked: &BTreeSet<Key>) -> BTreeMap<&'a str, &'a Value> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter(|package| linked.contains(&key(package)))
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect()
}

fn key(package: &Value) -> Key {
    let text = |member: &str| package[member].as_str().unwrap_or_default().to_owned();
    (text("name"), text("version"))
}

/// Returns the package URL of a crate.
fn purl(package: &Value) -> String {
    let (name, version) = key(package);
    format!("pkg:cargo/{name}@{version}")
}

fn component(package: &Value, checksum: Option<&str>) -> Value {
    let (name, version) = key(package);
    let purl = purl(package);
    // The older notation for a choice between licenses has a slash.
    let licenses = package["license"].as_str().map(|license| json!([{ "expression": license.replace('/', " OR ") }]));
    let hashes = checksum.map(|checksum| json!([{ "alg": "SHA-256", "content": checksum }]));
    let mut component = json!({ "type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl });
    if let Value::Object(members) = &mut component {
        members.extend(licenses.map(|licenses| ("licenses".to_owned(), licenses)));
        members.extend(hashes.map(|hashes| ("hashes".to_owned(), hashes)));
    }
    component
}

/// Returns the C libraries in the program: SQLite, which a crate contains, and glibc, which is linked statically.
fn c_components(packages: &BTreeMap<&str, &Value>) -> Result<[Value; 2], String> {
    let sqlite = packages.values().find(|package| package["name"] == "libsqlite3-sys");
    let manifest = sqlite.and_then(|package| package["manifest_path"].as_str()).ok_or("no libsqlite3-sys")?;
    let header = read(&Path::new(manifest).with_file_name("sqlite3").join("sqlite3.h"))?;
    let version =
        header.lines().find_map(|line| line.strip_prefix("#define SQLITE_VERSION ")?.trim().strip_prefix('"'));
    let sqlite = version.map(|version| version.trim_end_matches('"')).ok_or("sqlite3.h has no version")?;
    let glibc = quiet(program("getconf", ["GNU_LIBC_VERSION"]))?;
    let glibc = glibc.trim().trim_start_matches("glibc ");
    Ok([("sqlite", sqlite, "blessing"), ("glibc", glibc, "LGPL-2.1-or-later")].map(|(name, version, license)| {
        let purl = format!("pkg:generic/{name}@{version}");
        let licenses = json!([{ "expression": license }]);
        json!({ "type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl, "licenses": licenses })
    }))
}

/// Returns which crates depend on which others.
fn dependencies(metadata: &Value, packages: &BTreeMap<&str, &Value>) -> Vec<Value> {
    let nodes = metadata.pointer("/resolve/nodes").and_then(Value::as_array).into_iter().flatten();
    let purl_of = |id: &Value| packages.get(id.as_str()?).map(|package| purl(package));
    let mut all: Vec<(String, BTreeSet<String>)> = nodes
        .filter_map(|node| {
            let on = node["deps"].as_array()?.iter().filter(|on| is_linked(on)).filter_map(|on| purl_of(&on["pkg"]));
            Some((purl_of(&node["id"])?, on.collect()))
        })
        .collect();
    all.sort();
    all.into_iter().map(|(reference, on)| json!({ "ref": reference, "dependsOn": on })).collect()
}

/// Whether a dependency is one of the program, and not only of its build or its tests.
fn is_linked(dependency: &Value) -> bool {
    dependency["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_tree_and_blocks_of_the_lock_file_are_parsed() {
        let serde = || ("serde".to_owned(), "1.0.1".to_owned());
        assert_eq!(tree_line("serde v1.0.1 (*)"), Some(serde()));
        assert_eq!(tree_line("[build-dependencies]"), None);
        let lock = "version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"x\"\n\
            checksum = \"ab\"\ndependencies = [\n \"a\",\n]\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
        assert_eq!(checksums(lock), BTreeMap::from([(serde(), "ab")]));
    }

    #[test]
    fn the_list_has_the_linked_crates_and_the_c_code() {
        let root = crate::workspace::root().to_owned();
        let source = Source { root, cargo_home: "unused".into(), version: "0.1.0".to_owned(), epoch: 0 };
        let bom: Value = serde_json::from_str(&of_program(&source).unwrap()).unwrap();
        let components = bom["components"].as_array().unwrap();
        let named = |name: &str| components.iter().find(|component| component["name"] == name);
        let rustls = named("rustls").unwrap();
        assert!(
            rustls["hashes"][0]["content"].as_str().unwrap().len() == 64
                && rustls["licenses"][0]["expression"].is_string()
        );
        assert!(named("sqlite").is_some() && named("glibc").is_some() && named("floorkey-store").is_some());
        // A procedural macro and a dependency of tests are not part of the program.
        assert!(named("askama_derive").is_none() && named("proptest").is_none());
        let of_store = bom["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["ref"].as_str().unwrap().starts_with("pkg:cargo/floorkey-store@"));
        assert!(of_store.unwrap()["dependsOn"].to_string().contains("pkg:cargo/rusqlite@"));
    }
}
