//! Checks pages against WCAG 2.2 AA with axe-core, which finds about half of the problems that a person would find.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::driver::{missing, wait};
use super::page::Page;

/// The sets of rules that axe checks.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

impl Page {
    /// Asserts that axe finds no serious or critical violations on the page.
    #[track_caller]
    pub(crate) fn assert_accessible(&self, seen_how: &str) {
        let violations = self.axe();
        assert!(violations.is_empty(), "{} ({seen_how}): axe finds:\n{}", self.url(), violations.join("\n"));
    }

    /// Returns all serious and critical violations. Each item describes the problem, the element, and how to fix it.
    /// Returns an empty list if axe is missing.
    #[track_caller]
    pub(super) fn axe(&self) -> Vec<String> {
        let Some(axe) = source() else { return Vec::new() };
        let script = format!("if (!window.axe) {{ {axe} }}\n{}", include_str!("axe.js"));
        let found = self.told(wait(self.driver().execute_async(script, vec![json!(TAGS)])));
        let found = found.json().as_array().unwrap_or_else(|| panic!("axe failed: {}", found.json()));
        found.iter().map(shown).collect()
    }
}

fn shown(violation: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines =
        vec![format!("{} ({}): {}", text(&violation["id"]), text(&violation["impact"]), text(&violation["help"]))];
    for node in violation["nodes"].as_array().into_iter().flatten() {
        lines.push(format!("    {}", text(&node["html"])));
        lines.push(format!("        {}", text(&node["why"]).replace('\n', "\n        ")));
    }
    lines.join("\n")
}

/// Whether axe is installed.
pub(super) fn is_there() -> bool {
    source().is_some()
}

/// Returns the source code of axe. The script is part of the Python environment that `cargo xtask test` creates.
/// FLOORKEY_TEST_TOOLS contains the path of that environment.
fn source() -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    let source = SOURCE.get_or_init(|| {
        let script = installed().and_then(|file| std::fs::read_to_string(file).ok());
        if script.is_none() {
            missing("axe.min.js");
        }
        script
    });
    source.as_deref()
}

fn installed() -> Option<PathBuf> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/python/bin");
    let programs = std::env::var_os("FLOORKEY_TEST_TOOLS").map_or_else(usual, PathBuf::from);
    let pythons = std::fs::read_dir(programs.join("../lib")).ok()?.filter_map(Result::ok);
    pythons
        .map(|python| python.path().join("site-packages/axe_playwright_python/axe.min.js"))
        .find(|file| file.is_file())
}
