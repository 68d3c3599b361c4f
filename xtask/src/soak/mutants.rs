//! Planted mutants: each takes one rule of the escalation guard out of a copy of the source, and a test has to notice.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::cargo;
use crate::workspace::{self, File};

/// A rule that is taken out.
struct Mutant {
    /// The rule.
    rule: &'static str,
    /// The file that it stands in.
    file: &'static str,
    /// Its text, which stands there once.
    text: &'static str,
    /// What stands there instead.
    instead: &'static str,
}

const MUTANTS: [Mutant; 12] = [
    Mutant {
        rule: "what is taken from users with more access counts",
        file: "crates/floorkey/src/plan/guard.rs",
        text: "if !found.losses.is_empty() {",
        instead: "if !found.losses.is_empty() && draft.records.is_empty() {",
    },
    Mutant {
        rule: "credentials in other hands are replaced when a user gets more",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "    if exposed.is_empty() {\n",
        instead: "    if exposed.is_empty() || !exposed.is_empty() {\n",
    },
    Mutant {
        rule: "whoever enters an email address has a hand on the user",
        file: "crates/floorkey/src/plan/user_fields.rs",
        text: "draft.take_custody(&mut user);",
        instead: "let _ = &user.custody;",
    },
    Mutant {
        rule: "whoever sets a password has a hand on the user",
        file: "crates/floorkey/src/plan/credentials.rs",
        text: "user.password_set_at = Some(draft.now);\n    draft.take_custody(&mut user);",
        instead: "user.password_set_at = Some(draft.now);",
    },
    Mutant {
        rule: "access keys in other hands are suspended",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "directory.access_keys_of(user).filter(|key| key.suspended_until.is_none()",
        instead: "directory.access_keys_of(user).filter(|key| key.suspended_until.is_some()",
    },
    Mutant {
        rule: "sessions and links end with the credentials",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "    after.security_epoch += 1;\n",
        instead: "",
    },
    Mutant {
        rule: "an address in other hands is confirmed no longer",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "if after.confirmed_email.is_some() && is_exposed",
        instead: "if after.confirmed_email.is_none() && is_exposed",
    },
    Mutant {
        rule: "assignable profiles named by users without full access are pinned",
        file: "crates/floorkey/src/plan/profiles.rs",
        text: "Principal::User { id, .. } => draft.before.has_full_access(id),",
        instead: "Principal::User { id, .. } => draft.before.user(id).is_some(),",
    },
    Mutant {
        rule: "what a restriction narrows is not given free of it",
        file: "crates/floorkey/src/plan/guard/ceiling.rs",
        text: "self.now.limits.iter().filter(lifts).collect()",
        instead: "self.now.limits.iter().filter(lifts).filter(|_| false).collect()",
    },
    Mutant {
        rule: "what is given does not outlast what the actor has",
        file: "crates/floorkey/src/plan/guard/ceiling.rs",
        text: "if let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) {",
        instead: "if let Some(user) = self.before.user(self.actor).filter(|user| !user.enabled) {",
    },
    Mutant {
        rule: "what comes into a scope is given to those who have it",
        file: "crates/floorkey/src/plan/guard.rs",
        text: "self.gains.add_reach(draft, next, key, ceiling);",
        instead: "",
    },
    Mutant {
        rule: "accounts of users with more access are not touched",
        file: "crates/floorkey/src/plan/guard.rs",
        text: "accounts::stronger_user(draft, &ceiling) {",
        instead: "accounts::stronger_user(draft, &ceiling).filter(|_| false) {",
    },
];

/// Takes each rule out of a copy of the source, runs the tests of the guard on it, and prints which tests failed.
///
/// # Errors
/// The rules whose absence no test noticed; a copy that can't be made.
pub(super) fn run() -> Result<(), String> {
    let copy = workspace::root().join("target").join("mutants");
    let files = workspace::files()?;
    for file in &files {
        write(&copy, &file.path, &file.text)?;
    }
    let mut unnoticed = Vec::new();
    println!("{:<70}  noticed by", "rule taken out");
    for mutant in &MUTANTS {
        let original = original(mutant, &files)?;
        write(&copy, mutant.file, &original.text.replacen(mutant.text, mutant.instead, 1))?;
        let noticed = failures(&copy)?;
        write(&copy, mutant.file, &original.text)?;
        println!("{:<70}  {}", mutant.rule, if noticed.is_empty() { "NOTHING".to_owned() } else { noticed.join(", ") });
        if noticed.is_empty() {
            unnoticed.push(mutant.rule);
        }
    }
    if unnoticed.is_empty() {
        Ok(())
    } else {
        Err(format!("no test noticed that this is missing: {}", unnoticed.join("; ")))
    }
}

/// The file that a mutant changes.
fn original<'a>(mutant: &Mutant, files: &'a [File]) -> Result<&'a File, String> {
    let file = files.iter().find(|file| file.path == mutant.file);
    let file = file.ok_or_else(|| format!("{}: the file is gone; say where the rule stands now", mutant.file))?;
    match file.text.matches(mutant.text).count() {
        1 => Ok(file),
        count => Err(format!(
            "{}: the text of the rule “{}” stands there {count} times, not once; say how it reads now",
            mutant.file, mutant.rule
        )),
    }
}

fn write(copy: &Path, path: &str, text: &str) -> Result<(), String> {
    let path: PathBuf = copy.join(path);
    let failed = |error: std::io::Error| format!("can't write {}: {error}", path.display());
    // What is equal keeps its time, so that it is not compiled anew.
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
    fs::write(&path, text).map_err(failed)
}

/// The tests of the guard that fail in the copy.
fn failures(copy: &Path) -> Result<Vec<String>, String> {
    let mut test = cargo([
        "test",
        "--package",
        "floorkey",
        "--test",
        "it",
        "--no-fail-fast",
        "--",
        "escalation::",
        "rules::",
        "laws::",
    ]);
    test.current_dir(copy).env("CARGO_TARGET_DIR", copy.join("target"));
    let output = test.output().map_err(|error| format!("can't start cargo: {error}"))?;
    let (written, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !written.contains("test result: ") {
        return Err(format!("the copy does not compile:\n{complaint}"));
    }
    let failed = |line: &str| Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned());
    Ok(written.lines().filter_map(failed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_where_its_mutant_says() {
        let files = workspace::files().unwrap();
        for mutant in &MUTANTS {
            assert_ne!(mutant.text, mutant.instead, "{}", mutant.rule);
            original(mutant, &files).unwrap();
        }
    }
}
