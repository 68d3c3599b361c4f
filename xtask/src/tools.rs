//! The tools that the checks need and that are not part of a bare machine. They are installed in `target/tools`, so
//! that later runs can use them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{cargo, program, quiet};
use crate::workspace::{AXUM_EXAMPLE, root};

/// The version of moto that Floorkey is compared with.
const MOTO: &str = "moto[server]==5.2.5";

/// Returns the folder with the Python environment. The environment has the AWS CLI (`aws`), and a `python` with boto3
/// and axe. Their versions are pinned in `xtask/requirements.txt`.
///
/// # Errors
/// Returns an error if the tools can't be installed. The message states which tool could not be installed, and how to
/// solve the problem.
pub(crate) fn python() -> Result<PathBuf, String> {
    let home = root().join("target/tools/python");
    let programs = home.join("bin");
    let wanted = root().join("xtask/requirements.txt");
    let wanted_text = fs::read_to_string(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    let stamp = home.join("installed-requirements.txt");
    if programs.join("aws").exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted_text) {
        return Ok(programs);
    }
    environment(&home)?;
    let mut install = program(
        programs.join("python"),
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"],
    );
    install.arg(&wanted);
    quiet(install)?;
    fs::write(&stamp, wanted_text).map_err(|error| format!("can't write {}: {error}", stamp.display()))?;
    Ok(programs)
}

/// Returns the path of moto's server. Its version is the one that Floorkey is compared with.
///
/// # Errors
/// Returns an error if moto can't be installed. The message explains how to solve the problem.
pub(crate) fn moto() -> Result<PathBuf, String> {
    let home = root().join("target/tools/moto");
    let server = home.join("bin/moto_server");
    let stamp = home.join("installed.txt");
    if server.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == MOTO) {
        return Ok(server);
    }
    environment(&home)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MOTO];
    quiet(program(home.join("bin/python"), pip))?;
    fs::write(&stamp, MOTO).map_err(|error| format!("can't write {}: {error}", stamp.display()))?;
    Ok(server)
}

/// Creates an empty Python environment. If there is an existing environment, it is replaced.
fn environment(home: &Path) -> Result<(), String> {
    if quiet(program("python3", ["-c", "import ensurepip, venv"])).is_err() {
        debian_packages(&["python3-venv"])?;
    }
    if home.exists() {
        fs::remove_dir_all(home).map_err(|error| format!("can't remove {}: {error}", home.display()))?;
    }
    let mut environment = program("python3", ["-m", "venv"]);
    environment.arg(home);
    quiet(environment).map(|_| ())
}

/// Installs the npm packages of the examples, in the versions of their lock files. Returns the version of Node.js, or
/// `None` if npm is not installed.
///
/// # Errors
/// Returns an error if a package can't be installed.
pub(crate) fn npm_packages() -> Result<Option<String>, String> {
    let Ok(version) = quiet(program("node", ["--version"])) else { return Ok(None) };
    if quiet(program("npm", ["--version"])).is_err() {
        return Ok(None);
    }
    for (source, home) in
        [("examples/integrations/express", "target/tools/express"), ("examples/testing/jest", "target/tools/jest")]
    {
        npm_install(&root().join(source), &root().join(home))?;
    }
    Ok(Some(version.trim().to_owned()))
}

/// Installs the packages of the lock file in `source` in the folder `home`, unless they are installed.
fn npm_install(source: &Path, home: &Path) -> Result<(), String> {
    let stamp = home.join("installed-package-lock.json");
    let lock = source.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(home).map_err(|error| format!("can't create {}: {error}", home.display()))?;
    for file in ["package.json", "package-lock.json"] {
        let copied = fs::copy(source.join(file), home.join(file));
        copied.map_err(|error| format!("can't copy {file} to {}: {error}", home.display()))?;
    }
    let mut install = program("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]);
    install.current_dir(home);
    quiet(install)?;
    fs::write(&stamp, wanted).map_err(|error| format!("can't write {}: {error}", stamp.display()))
}

/// Builds the axum application in the examples, without warnings. The tests start it.
///
/// # Errors
/// Returns an error if the application can't be built.
pub(crate) fn axum_example() -> Result<(), String> {
    let mut build = cargo(["rustc", "--locked", "--quiet", "--manifest-path", AXUM_EXAMPLE, "--target-dir"]);
    build.arg(root().join("target/tools/axum")).args(["--", "-D", "warnings"]);
    quiet(build).map(|_| ())
}

/// Returns the path of cargo-deny, if it is installed.
pub(crate) fn cargo_deny() -> Option<PathBuf> {
    let ours = root().join("target/tools/cargo-deny/bin/cargo-deny");
    [PathBuf::from("cargo-deny"), ours].into_iter().find(|known| quiet(program(known, ["--version"])).is_ok())
}

/// Ensures that Chromium and chromedriver are installed for the browser tests. Returns Chromium's version.
///
/// # Errors
/// Returns an error if Chromium can't be installed. The message explains how to solve the problem.
pub(crate) fn chromium() -> Result<String, String> {
    let versions = || {
        quiet(program("chromedriver", ["--version"]))?;
        quiet(program("chromium", ["--version"]))
    };
    if versions().is_err() {
        // The screenshots use the font Inter. If it is missing, the pages use the system's default font.
        debian_packages(&["chromium", "chromium-driver", "fonts-inter"])?;
    }
    versions().map(|version| version.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// Ensures that wrk, an HTTP load generator, is installed for the HTTP benchmarks.
///
/// # Errors
/// Returns an error if wrk can't be installed. The message says what could not be installed and how to fix it.
pub(crate) fn wrk() -> Result<(), String> {
    // wrk has no option that makes it exit successfully, so this check only tests whether wrk can be started.
    match program("wrk", ["--version"]).output() {
        Ok(_) => Ok(()),
        Err(_) => debian_packages(&["wrk"]),
    }
}

/// Ensures that the tools for trying packages are installed: mmdebstrap, systemd-analyze and readelf.
///
/// # Errors
/// Returns an error if a tool can't be installed. The message says how to fix it.
pub(crate) fn package_tools() -> Result<(), String> {
    let tools = [("mmdebstrap", "mmdebstrap"), ("systemd-analyze", "systemd"), ("readelf", "binutils")];
    let is_missing = |name: &str| quiet(program(name, ["--version"])).is_err();
    let missing: Vec<&str> = tools.iter().filter(|(name, _)| is_missing(name)).map(|(_, package)| *package).collect();
    if missing.is_empty() { Ok(()) } else { debian_packages(&missing) }
}

/// Installs Debian packages.
fn debian_packages(names: &[&str]) -> Result<(), String> {
    let all = names.join(" ");
    let by_hand = |why: String| format!("{why}\nTo install manually, as root: `apt-get install {all}`");
    let is_root = quiet(program("id", ["-u"])).is_ok_and(|id| id.trim() == "0");
    if !is_root && quiet(program("sudo", ["-n", "true"])).is_err() {
        return Err(by_hand(format!(
            "{all} must be installed, but this user is not root, and sudo requires a password"
        )));
    }
    let apt_get = |arguments: &[&str]| -> Command {
        let mut command = if is_root { program("env", []) } else { program("sudo", ["-n"]) };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
        command
    };
    // An outdated package list can contain packages that no longer exist, so the list is updated first.
    quiet(apt_get(&["update", "--quiet", "--option", "Acquire::Retries=3"])).map_err(by_hand)?;
    let install = [&["install", "--yes", "--no-install-recommends"], names].concat();
    quiet(apt_get(&install)).map(|_| ()).map_err(by_hand)
}
