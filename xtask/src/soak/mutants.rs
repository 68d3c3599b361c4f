//! Mutation tests. Each mutant removes one rule of the escalation guard from a copy of the source. At least one test
//! must then fail.
//!
//! All mutants are compiled together, and an environment variable selects one mutant. The copy is therefore built only
//! once, but its tests run many times.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::cargo;
use crate::workspace::{self, File};

/// A variant of the source in which one rule is removed.
struct Mutant {
    /// A description of the rule.
    rule: &'static str,
    /// The file that contains the rule.
    file: &'static str,
    /// The source text of the rule, which occurs exactly once in the file.
    text: &'static str,
    /// The text that replaces the source text. It contains [`PLANTED`] in place of the condition that the mutant is
    /// selected.
    instead: &'static str,
}

/// A placeholder in a mutant's source. It is replaced with the condition that the mutant is selected.
const PLANTED: &str = "PLANTED";

/// The source of a module that checks whether a mutant is selected.
const MODULE: &str = "
//! The selection of the mutant.

/// Whether the mutant with a number is selected.
pub(crate) fn is_planted(number: usize) -> bool {
    static PLANTED: std::sync::LazyLock<Option<usize>> =
        std::sync::LazyLock::new(|| std::env::var(\"FLOORKEY_MUTANT\").ok()?.parse().ok());
    *PLANTED == Some(number)
}
";

/// The root module of the domain crate, and the path of the module that is added to this crate.
const ROOT: &str = "crates/floorkey/src/lib.rs";
const MODULE_PATH: &str = "crates/floorkey/src/planted.rs";

const MUTANTS: [Mutant; 12] = [
    Mutant {
        rule: "losses of users with more access count",
        file: "crates/floorkey/src/plan/guard.rs",
        text: "if !findings.losses.is_empty() {",
        instead: "if !findings.losses.is_empty() && !PLANTED {",
    },
    Mutant {
        rule: "credentials known to custodians are replaced when a user gains access",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "    if exposed.is_empty() {\n",
        instead: "    if exposed.is_empty() || PLANTED {\n",
    },
    Mutant {
        rule: "a user who enters an email address becomes a custodian",
        file: "crates/floorkey/src/plan/user_fields.rs",
        text: "builder.add_actor_as_custodian(&mut user);",
        instead: "if !PLANTED { builder.add_actor_as_custodian(&mut user); }",
    },
    Mutant {
        rule: "a user who sets a password becomes a custodian",
        file: "crates/floorkey/src/plan/credentials.rs",
        text: "user.password_set_at = Some(builder.now);\n    builder.add_actor_as_custodian(&mut user);",
        instead: "user.password_set_at = Some(builder.now);\n    if !PLANTED { builder.add_actor_as_custodian(&mut user); }",
    },
    Mutant {
        rule: "access keys known to custodians are suspended",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "directory.access_keys_of(user).filter(|key| key.suspended_until.is_none()",
        instead: "directory.access_keys_of(user).filter(|key| key.suspended_until.is_some() == PLANTED",
    },
    Mutant {
        rule: "sessions and links end when credentials are replaced",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "    after.security_epoch += 1;\n",
        instead: "    after.security_epoch += u64::from(!PLANTED);\n",
    },
    Mutant {
        rule: "a verified email known to custodians loses its verification",
        file: "crates/floorkey/src/plan/custody.rs",
        text: "if after.verified_email.is_some() && is_exposed",
        instead: "if after.verified_email.is_some() != PLANTED && is_exposed",
    },
    Mutant {
        rule: "assignable profiles added by users without full access are pinned",
        file: "crates/floorkey/src/plan/profiles.rs",
        text: "Principal::User { id, .. } => builder.before.has_full_access(id),",
        instead: "Principal::User { id, .. } => builder.before.has_full_access(id) || PLANTED,",
    },
    Mutant {
        rule: "a restricted permission can't be granted without its restriction",
        file: "crates/floorkey/src/plan/guard/grantable_access.rs",
        text: "self.now.restrictions.iter().filter(lifts).collect()",
        instead: "self.now.restrictions.iter().filter(lifts).filter(|_| !PLANTED).collect()",
    },
    Mutant {
        rule: "granted access does not outlast the actor's own",
        file: "crates/floorkey/src/plan/guard/grantable_access.rs",
        text: "if let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) {",
        instead: "if let Some(user) = self.before.user(self.actor).filter(|user| user.enabled != PLANTED) {",
    },
    Mutant {
        rule: "resources that enter a scope count as gains of its users",
        file: "crates/floorkey/src/plan/guard.rs",
        text: "self.gains.add_scope_changes(builder, next, key, grantable);",
        instead: "if !PLANTED { self.gains.add_scope_changes(builder, next, key, grantable); }",
    },
    Mutant {
        rule: "accounts of users with more access can't be changed",
        file: "crates/floorkey/src/plan/guard.rs",
        text: "accounts::user_with_more_access(builder, &grantable) {",
        instead: "accounts::user_with_more_access(builder, &grantable).filter(|_| !PLANTED) {",
    },
];

/// For each mutant, runs the guard's tests on a copy of the source, and prints which tests failed.
///
/// # Errors
/// Returns an error if no `rules` test fails for a mutant, or if tests fail without a mutant. Also returns an error if
/// the copy can't be created or compiled, or if the tests do not finish.
pub(super) fn run() -> Result<(), String> {
    let copy = workspace::root().join("target").join("mutants");
    for (path, text) in planted(&workspace::files()?)? {
        write(&copy, &path, &text)?;
    }
    build(&copy)?;
    let whole = failures(&copy, None)?;
    if !whole.is_empty() {
        return Err(format!("these tests fail with all rules in place: {}", whole.join(", ")));
    }
    let mut unnoticed = Vec::new();
    println!("{:<70} {:>6} {:>10} {:>6}", "removed rule, number of failed tests", "rules", "invariants", "model");
    for (number, mutant) in MUTANTS.iter().enumerate() {
        let failed = failures(&copy, Some(number))?;
        let of = |module: &str| failed.iter().filter(|test| test.starts_with(module)).count();
        let (rules, invariants, model) = (of("rules::"), of("invariants::"), of("escalation::"));
        println!("{:<70} {rules:>6} {invariants:>10} {model:>6}", mutant.rule);
        failed.iter().for_each(|test| println!("    {test}"));
        if rules == 0 {
            unnoticed.push(mutant.rule);
        }
    }
    if unnoticed.is_empty() {
        Ok(())
    } else {
        Err(format!("no `rules` test fails without these rules: {}", unnoticed.join("; ")))
    }
}

/// Returns the files of the copy. They contain all mutants.
fn planted(files: &[File]) -> Result<Vec<(String, String)>, String> {
    let mut copies: Vec<(String, String)> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    for (number, mutant) in MUTANTS.iter().enumerate() {
        original(mutant, files)?;
        let question = format!("crate::planted::is_planted({number})");
        let instead = mutant.instead.replace(PLANTED, &question);
        let copy = copies.iter_mut().filter(|(path, _)| path == mutant.file);
        copy.for_each(|(_, text)| *text = text.replacen(mutant.text, &instead, 1));
    }
    let root = copies.iter_mut().filter(|(path, _)| path == ROOT);
    root.for_each(|(_, text)| text.push_str("mod planted;\n"));
    copies.push((MODULE_PATH.to_owned(), MODULE.to_owned()));
    Ok(copies)
}

/// Returns the file that a mutant changes.
fn original<'a>(mutant: &Mutant, files: &'a [File]) -> Result<&'a File, String> {
    let file = files.iter().find(|file| file.path == mutant.file);
    let file = file.ok_or_else(|| format!("{}: the file does not exist; update the path of the rule", mutant.file))?;
    match file.text.matches(mutant.text).count() {
        1 => Ok(file),
        count => Err(format!(
            "{}: the text of the rule “{}” occurs {count} times instead of once; update it",
            mutant.file, mutant.rule
        )),
    }
}

fn write(copy: &Path, path: &str, text: &str) -> Result<(), String> {
    let path: PathBuf = copy.join(path);
    let failed = |error: std::io::Error| format!("can't write {}: {error}", path.display());
    // If a file is unchanged, it keeps its modification time, so that it is not compiled again.
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
    fs::write(&path, text).map_err(failed)
}

/// Returns a cargo command for the copy's tests.
fn tests(copy: &Path) -> Command {
    let mut test = cargo(["test", "--package", "floorkey", "--test", "it", "--no-fail-fast"]);
    test.current_dir(copy).env("CARGO_TARGET_DIR", copy.join("target"));
    test
}

fn output(test: &mut Command) -> Result<(bool, String, String), String> {
    let output = test.output().map_err(|error| format!("can't start cargo: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

/// Compiles the copy's tests.
fn build(copy: &Path) -> Result<(), String> {
    match output(tests(copy).arg("--no-run"))? {
        (true, ..) => Ok(()),
        (false, _, complaint) => Err(format!("the copy does not compile:\n{complaint}")),
    }
}

/// Runs the guard's tests with the given mutant selected, and returns the names of the failed tests. If `number` is
/// `None`, no mutant is selected.
fn failures(copy: &Path, number: Option<usize>) -> Result<Vec<String>, String> {
    let mut test = tests(copy);
    test.args(["--", "escalation::", "rules::", "invariants::"]);
    test.envs(number.map(|number| ("FLOORKEY_MUTANT", number.to_string())));
    let (_, written, complaint) = output(&mut test)?;
    let rule = number.and_then(|number| MUTANTS.get(number)).map_or("no rule", |mutant| mutant.rule);
    failed(&written).ok_or_else(|| format!("the tests did not finish with this rule removed: {rule}\n{complaint}"))
}

/// Returns the names of the failed tests in the output. Returns `None` if the output ends before the tests have
/// finished.
fn failed(written: &str) -> Option<Vec<String>> {
    let name = |line: &str| Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned());
    written.contains("test result: ").then(|| written.lines().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_where_its_mutant_says() {
        let files = workspace::files().unwrap();
        for mutant in &MUTANTS {
            assert!(mutant.instead.contains(PLANTED), "{}", mutant.rule);
            original(mutant, &files).unwrap();
        }
        let copies = planted(&files).unwrap();
        let asks =
            |number: usize| copies.iter().filter(move |(_, text)| text.contains(&format!("is_planted({number})")));
        assert!((0..MUTANTS.len()).all(|number| asks(number).count() == 1));
    }

    #[test]
    fn tests_that_were_killed_are_told_from_tests_that_fail() {
        let running = "running 2 tests\ntest rules::one ... ok\ntest rules::two ... FAILED\n";
        assert_eq!(failed(running), None);
        let ended = format!("{running}\ntest result: FAILED. 1 passed; 1 failed\n");
        assert_eq!(failed(&ended), Some(vec!["rules::two".to_owned()]));
    }
}
