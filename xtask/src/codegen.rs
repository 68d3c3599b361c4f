//! Generates `crates/floorkey-aws/src/generated` from the machine-readable service model of Amazon Connect.
//!
//! The generated files are committed, so a build needs neither the model nor this generator. `check` generates the
//! files again and compares them with the committed files. The model is part of botocore, which is installed in
//! `target/tools` for the tests with real AWS clients.

mod botocore;
mod emit;
mod files;
mod groups;
mod model;
mod names;
mod shapes;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tools;

/// Writes the generated files. If `check` is set, compares the committed files with newly generated files instead.
///
/// Returns a remark for the report. If botocore is missing and can't be installed, `check` is skipped.
///
/// # Errors
///
/// Returns an error if the model can't be parsed, or if it contains something that the generator does not support. If
/// `check` is set, also returns an error if a file differs.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no folder")?;
    let target = root.join("crates/floorkey-aws/src/generated");
    let programs = match tools::python() {
        Ok(programs) => programs,
        Err(_) if check => return Ok("skipped: botocore, which has the model, can't be installed".to_owned()),
        Err(problem) => return Err(problem),
    };
    let mut model = botocore::read(&programs)?;
    model.adapt();
    let mut wanted = BTreeMap::new();
    for (name, text) in files::all(&model)? {
        wanted.insert(target.join(&name), formatted(root, &text).map_err(|error| format!("{name}: {error}"))?);
    }
    let present = present(&target)?;
    if check {
        compare(&wanted, &present)?
    } else {
        write(&wanted, &present)?
    }
    Ok(String::new())
}

fn compare(wanted: &BTreeMap<PathBuf, String>, present: &BTreeMap<PathBuf, String>) -> Result<(), String> {
    let differing = wanted.iter().filter(|(path, text)| present.get(*path) != Some(*text)).map(|(path, _)| path);
    let surplus = present.keys().filter(|path| !wanted.contains_key(*path));
    let stale: Vec<String> = differing.chain(surplus).map(|path| path.display().to_string()).collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("generated files differ from the model; run `cargo xtask codegen`: {}", stale.join(", ")))
}

fn write(wanted: &BTreeMap<PathBuf, String>, present: &BTreeMap<PathBuf, String>) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("can't write {}: {error}", path.display());
    for (path, text) in wanted {
        if present.get(path) != Some(text) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
            }
            fs::write(path, text).map_err(|error| failed(path, error))?;
        }
    }
    for path in present.keys().filter(|path| !wanted.contains_key(*path)) {
        fs::remove_file(path).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

/// Returns the files in `folder`, each with its content.
fn present(folder: &Path) -> Result<BTreeMap<PathBuf, String>, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                found.insert(path, text);
            }
        }
    }
    Ok(found)
}

/// Formats code in the same way as `cargo fmt`, so that formatting alone never makes the files differ. rustfmt runs in
/// the workspace root, where it finds rustfmt.toml.
fn formatted(root: &Path, text: &str) -> Result<String, String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("can't start rustfmt: {error}"))?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(|error| format!("can't write to rustfmt: {error}"))?;
    }
    let output = rustfmt.wait_with_output().map_err(|error| format!("rustfmt failed: {error}"))?;
    if !output.status.success() {
        return Err("rustfmt refused the generated text".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
