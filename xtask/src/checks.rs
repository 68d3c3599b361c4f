//! The table of checks, and the functions that run them.

use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::{cargo, live, program, quiet, watched};
use crate::workspace::{AXUM_EXAMPLE, PEERS, TESTING_EXAMPLE};
use crate::{codegen, licenses, progress, tidy, tools};

/// All checks of `cargo xtask test`, in order. Quick checks that often fail come first. The tests come last, so that
/// their summary is at the end of the output.
const CHECKS: [Check; 12] = [
    Check { name: "fmt", about: "the formatting of the source, by rustfmt", run: fmt },
    Check { name: "tidy", about: "rules about files, crates and documents", run: tidy::run },
    Check { name: "codegen", about: "generated code matches the model of Amazon Connect", run: codegen },
    Check { name: "clippy", about: "the workspace's lints, warnings included", run: clippy },
    Check { name: RULES, about: "the tests of the domain and its rules, which `test` includes", run: rules },
    Check { name: "doc", about: "the documentation builds without warnings", run: doc },
    Check { name: "deny", about: "licenses, banned crates and sources, offline", run: deny },
    Check { name: "advisories", about: "known vulnerabilities, if their database can be fetched", run: advisories },
    Check { name: "clients", about: "the AWS CLI and boto3 are installed for the tests", run: clients },
    Check {
        name: "examples",
        about: "what the examples need is built or installed, with npm if it is there",
        run: examples,
    },
    Check { name: "browser", about: "the console in Chromium, which is installed if it is missing", run: browser },
    Check { name: "test", about: "all other tests, including those with real AWS clients and doc tests", run: test },
];

/// A check of the workspace.
struct Check {
    /// The name that `--only` uses for the check.
    name: &'static str,
    /// A description of the check.
    about: &'static str,
    /// Runs the check. On success, returns a remark for the report, which can be empty. On failure, returns the
    /// complete output.
    run: fn() -> Result<String, String>,
}

/// The checks of `--quick`, for daily use.
pub(crate) const QUICK: [&str; 4] = ["fmt", "tidy", "clippy", RULES];

/// The check with the tests of the domain and its rules. It runs only by name, because `test` runs its tests too.
const RULES: &str = "rules";

/// The beginning of the remark of a check that was skipped. The reason follows.
const SKIPPED: &str = "skipped: ";

/// Returns the names of all checks.
pub(crate) fn names() -> [&'static str; CHECKS.len()] {
    CHECKS.map(|check| check.name)
}

/// Prints the list of all checks.
pub(crate) fn list() {
    for Check { name, about, .. } in CHECKS {
        println!("{name:<10}  {about}");
    }
}

/// Runs the checks with the given names. If `only` is empty, runs all checks. A failed check does not stop the
/// remaining checks.
///
/// # Errors
/// Returns the names of the failed checks. The output of these checks has already been printed.
pub(crate) fn run(only: &[String]) -> Result<(), String> {
    let begin = Instant::now();
    let is_chosen = |check: &&Check| match only {
        [] => check.name != RULES,
        names => names.iter().any(|name| name == check.name),
    };
    let (mut passed, mut skipped, mut failed) = (0, Vec::new(), Vec::new());
    for check in CHECKS.iter().filter(is_chosen) {
        match timed(check) {
            Ok(remark) if remark.starts_with(SKIPPED) => skipped.push(check.name),
            Ok(_) => passed += 1,
            Err(()) => failed.push(check.name),
        }
    }
    let took = shown(begin.elapsed());
    let counts = summary(passed, &skipped);
    if !failed.is_empty() {
        return Err(format!("failed after {took}: {}; {counts}", failed.join(", ")));
    }
    println!("{counts} in {took}");
    Ok(())
}

/// Returns the numbers of checks that passed and that were skipped: `10 passed, 2 skipped (deny, codegen)`.
fn summary(passed: usize, skipped: &[&str]) -> String {
    match skipped.len() {
        0 => format!("{passed} passed"),
        count => format!("{passed} passed, {count} skipped ({})", skipped.join(", ")),
    }
}

/// Runs a check and prints the result. Returns the check's remark.
fn timed(check: &Check) -> Result<String, ()> {
    let name = check.name;
    print!("{name:<10}  ");
    // This error can be ignored. If standard output is closed, the next print also fails.
    let _ = std::io::stdout().flush();
    let begin = Instant::now();
    let result = (check.run)();
    let took = shown(begin.elapsed());
    if progress::was_printed() {
        print!("{name:<10}  ");
    }
    match result {
        Ok(remark) => {
            println!("{}", format!("ok      {took:>10}  {remark}").trim_end());
            Ok(remark)
        }
        Err(problem) => {
            println!("FAILED  {took:>10}");
            println!("{}", problem.trim_end());
            println!("To run only this check: cargo xtask test --only {name}");
            Err(())
        }
    }
}

fn shown(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn fmt() -> Result<String, String> {
    // The output lists only the names of unformatted files. No details are needed, because `cargo fmt` can format these
    // files.
    quiet(cargo(["fmt", "--all", "--", "--check", "-l"]))?;
    for manifest in [PEERS, AXUM_EXAMPLE, TESTING_EXAMPLE] {
        quiet(cargo(["fmt", "--manifest-path", manifest, "--", "--check", "-l"]))?;
    }
    Ok(String::new())
}

fn codegen() -> Result<String, String> {
    codegen::run(true)
}

fn clippy() -> Result<String, String> {
    watched(cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    Ok(String::new())
}

fn rules() -> Result<String, String> {
    tallied(cargo(["test", "--package", "floorkey", "--locked", "--tests", "--", "--quiet"])).map(|()| String::new())
}

/// Builds the documentation twice. The build without private items finds public links to private items. The build with
/// private items checks all other links.
fn doc() -> Result<String, String> {
    for items in [[].as_slice(), &["--document-private-items"]] {
        let mut doc = cargo(["doc", "--workspace", "--no-deps", "--locked"]);
        doc.args(items).env("RUSTDOCFLAGS", "-D warnings");
        watched(doc)?;
    }
    Ok(String::new())
}

fn deny() -> Result<String, String> {
    let mut crates = 0;
    for manifest in ["Cargo.toml", PEERS, AXUM_EXAMPLE, TESTING_EXAMPLE] {
        // The manifests of all crates in the lock file must be downloaded first. This includes crates for other
        // platforms.
        quiet(cargo(["fetch", "--locked", "--quiet", "--manifest-path", manifest]))?;
        crates += licenses::check(manifest)?;
    }
    Ok(format!("{crates} crates"))
}

/// Asks cargo-deny, which takes minutes to build. A run of all checks does not build it.
fn advisories() -> Result<String, String> {
    let Some(deny) = tools::cargo_deny() else {
        return Ok(format!("{SKIPPED}cargo-deny is not installed: `cargo install cargo-deny --locked`"));
    };
    if quiet(program(&deny, ["fetch", "db"])).is_err() {
        return Ok(format!("{SKIPPED}the advisory database can't be fetched"));
    }
    quiet(program(&deny, ["--locked", "--all-features", "check", "--disable-fetch", "advisories"]))
        .map(|_| String::new())
}

fn clients() -> Result<String, String> {
    let programs = tools::python()?;
    let version = quiet(program(programs.join("aws"), ["--version"]))?;
    Ok(version.split_whitespace().next().unwrap_or_default().to_owned())
}

fn examples() -> Result<String, String> {
    tools::axum_example()?;
    let node = tools::npm_packages()?;
    Ok(node.map_or(format!("{SKIPPED}npm is not installed"), |node| format!("Node.js {node}")))
}

fn browser() -> Result<String, String> {
    let version = tools::chromium()?;
    // The Python environment contains axe, which checks the pages for accessibility problems.
    let tools = tools::python()?;
    // This command uses the same test binaries as the other checks. Testing only one crate would require another build.
    let mut test = cargo(["test", "--workspace", "--locked", "--test", "it", "--", "--quiet", IN_A_BROWSER]);
    test.env("FLOORKEY_TEST_BROWSER", "required").env("FLOORKEY_TEST_TOOLS", tools);
    tallied(test).map(|()| version)
}

fn test() -> Result<String, String> {
    let mut test =
        cargo(["test", "--workspace", "--locked", "--no-fail-fast", "--", "--quiet", "--skip", IN_A_BROWSER]);
    // If these tools are missing, the tests print a note and pass. The missing tools are then reported by the check
    // `clients`.
    if let Ok(programs) = tools::python() {
        test.env("FLOORKEY_TEST_TOOLS", programs);
    }
    tallied(test).map(|()| String::new())
}

/// The common prefix of the names of browser tests.
const IN_A_BROWSER: &str = "browser::";

/// Runs tests, and prints the totals of the numbers in cargo's summaries.
fn tallied(test: Command) -> Result<(), String> {
    let mut tally = Tally::default();
    let result = live(test, |line| tally.read(line));
    progress::before_line();
    println!("{tally}");
    result
}

/// The totals of the numbers in cargo's summaries.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Tally {
    /// Adds the numbers in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`. Ignores all other lines.
    fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for count in counts.split("; ") {
            let Some((number, what)) = count.split_once(' ') else { continue };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tests: {} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_s_summaries_are_added_up() {
        let mut tally = Tally::default();
        tally.read("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s");
        tally.read("test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        tally.read("running 5 tests");
        assert_eq!(tally, Tally { passed: 14, failed: 4, skipped: 1 });
        assert_eq!(tally.to_string(), "tests: 14 passed, 4 failed, 1 skipped");
    }

    #[test]
    fn skipped_checks_are_not_counted_as_passed() {
        assert_eq!(summary(11, &[]), "11 passed");
        assert_eq!(summary(9, &["codegen", "advisories"]), "9 passed, 2 skipped (codegen, advisories)");
    }

    #[test]
    fn quick_checks_exist() {
        assert!(QUICK.iter().all(|name| names().contains(name)));
    }

    #[test]
    fn the_tests_close_the_run() {
        assert_eq!(names().last(), Some(&"test"));
    }
}
