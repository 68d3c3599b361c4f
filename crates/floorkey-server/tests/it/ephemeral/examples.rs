//! Runs the examples of `docs/testing.md`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::aws_clients::tool;

/// Returns the folder of an example.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/testing").join(name).canonicalize().unwrap()
}

/// Returns a command that finds the program `floorkey` of this build, and none of this machine's settings.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if ["AWS_", "FLOORKEY_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.env("AWS_CONFIG_FILE", "/nonexistent").env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    let programs = Path::new(env!("CARGO_BIN_EXE_floorkey")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path))).unwrap();
    command.env("PATH", path).current_dir(folder);
    command
}

/// Runs a command that must succeed, and returns its output.
#[track_caller]
fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    text
}

#[test]
fn the_pytest_example_passes() {
    let Some(pytest) = tool("pytest") else { return };
    let mut command = command(&pytest, &example("pytest"));
    // Caches would be written to the source folder.
    command.args(["-q", "-p", "no:cacheprovider"]).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = run(command);
    assert!(output.contains("4 passed"), "{output}");
}

#[test]
fn the_jest_example_passes() {
    let Some(tools) = tool("python").and_then(|python| Some(python.parent()?.parent()?.parent()?.to_owned())) else {
        return;
    };
    // `cargo xtask test` installs Jest and the AWS SDK for JavaScript here, if there is a Node.
    let modules = tools.join("jest/node_modules");
    if !modules.is_dir() {
        println!("skipped: there is no {}", modules.display());
        return;
    }
    // Node looks for modules beside the source, so the example is copied beside the modules.
    let folder = tempfile::tempdir_in(tools.join("jest")).unwrap();
    let copy = folder.path().join("jest");
    std::fs::create_dir(&copy).unwrap();
    for file in ["package.json", "floorkey.js", "access.test.js"] {
        std::fs::copy(example("jest").join(file), copy.join(file)).unwrap();
    }
    std::fs::copy(example("jest").join("../seed.yaml"), folder.path().join("seed.yaml")).unwrap();
    let mut command = command(Path::new("node"), &copy);
    command.arg(modules.join("jest/bin/jest.js")).args(["--no-cache", "--colors=false"]);
    let output = run(command);
    assert!(output.contains("3 passed, 3 total"), "{output}");
}

#[test]
fn the_cargo_example_passes() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("testing-example");
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut command = command(&cargo, &example("cargo"));
    command.args(["test", "--locked", "--quiet"]).env("CARGO_TARGET_DIR", target);
    let output = run(command);
    assert!(output.contains("2 passed"), "{output}");
}
