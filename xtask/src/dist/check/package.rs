//! The Debian package in a small Debian: installed in a lower version, started, upgraded, removed and purged.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::root::Root;
use super::server::{Server, free_address};
use super::unit::Unit;
use crate::dist::{Packages, Source, deb, failed, read};
use crate::program::quiet;

/// The settings file of the package.
const CONFIG: &str = "/etc/floorkey/floorkey.toml";

/// The data folder of the package.
const DATA: &str = "/var/lib/floorkey";

/// The file with the output of the server, such as the first administrator's password.
const STARTUP: &str = "/var/log/floorkey/startup.txt";

/// A version that is lower than every version of Floorkey. Its package has the same files.
const LOWER_VERSION: &str = "0.0.0";

/// A user who is created before the upgrade.
const USER: &str = "before.upgrade";

/// Tries the package.
pub(super) fn run(source: &Source, packages: &Packages) -> Result<String, String> {
    let root = Root::debian(&packages.folder)?;
    let lower = root.path("/tmp/lower.deb");
    deb::build(source, &packages.program, LOWER_VERSION, &lower)?;
    root.add(&packages.deb, "/tmp/floorkey.deb")?;

    dpkg(&root, &["--install", "/tmp/lower.deb"])?;
    installed(&root, LOWER_VERSION)?;
    let (unit, address) = (Unit::read(&root)?, free_address()?);
    edit_settings(&root, &address)?;
    serve(&root, &unit)?;
    if !read(&root.path(STARTUP))?.contains(&address) {
        return Err(format!("{STARTUP} does not have the server's address"));
    }
    mode_is(&root, STARTUP, 0o600)?;
    quiet(unit.tool(&root, &["admin", "restore", "--user", USER])?)?;

    dpkg(&root, &["--install", "/tmp/floorkey.deb"])?;
    installed(&root, &source.version)?;
    if !read(&root.path(CONFIG))?.contains(&address) {
        return Err(format!("the upgrade lost the administrator's edit of {CONFIG}"));
    }
    serve(&root, &Unit::read(&root)?)?;
    quiet(unit.tool(&root, &["admin", "restore", "--user", USER, "--json"])?).and_then(|answer| {
        let is_kept = answer.contains("\"UserMade\": false");
        if is_kept { Ok(()) } else { Err(format!("the upgrade lost the user {USER}: {answer}")) }
    })?;

    dpkg(&root, &["--remove", "floorkey"])?;
    remains(&root, &[("/usr/bin/floorkey", false), (CONFIG, true), (DATA, true)])?;
    dpkg(&root, &["--purge", "floorkey"])?;
    remains(
        &root,
        &[
            ("/etc/floorkey", false),
            ("/var/log/floorkey", false),
            (DATA, true),
            ("/usr/lib/systemd/system/floorkey.service", false),
        ],
    )?;
    Ok(format!("{LOWER_VERSION}, then {}", source.version))
}

fn dpkg(root: &Root, arguments: &[&str]) -> Result<String, String> {
    quiet(root.command(&[&["dpkg"], arguments].concat()))
}

/// Checks what an installation leaves: the version, unchanged files, the account, and who can read what.
fn installed(root: &Root, version: &str) -> Result<(), String> {
    let status =
        quiet(root.command(&["dpkg-query", "--show", "--showformat=${Version} ${db:Status-Status}", "floorkey"]))?;
    if status != format!("{version} installed") {
        return Err(format!("dpkg says `{status}`, not `{version} installed`"));
    }
    // The settings file can be changed by the administrator, and is marked with `c`.
    let changed = dpkg(root, &["--verify", "floorkey"])?;
    if let Some(line) = changed.lines().find(|line| !line.contains(" c ")) {
        return Err(format!("a file differs from the package: {line}"));
    }
    let account = quiet(root.command(&["getent", "passwd", "floorkey"]))?;
    if !account.trim().ends_with("/nologin") {
        return Err(format!("the account can sign in: {account}"));
    }
    mode_is(root, DATA, 0o700)?;
    mode_is(root, "/var/log/floorkey", 0o700)?;
    mode_is(root, CONFIG, 0o640)?;
    let owner = |path: &str| {
        let path = root.path(path);
        let facts = fs::metadata(&path).map_err(|error| failed("read", &path, &error))?;
        Ok::<_, String>((facts.uid(), facts.gid()))
    };
    let ((user, group), (settings_user, settings_group)) = (owner(DATA)?, owner(CONFIG)?);
    if user == 0 || settings_user != 0 || settings_group != group {
        return Err(format!("wrong owners: {DATA} {user}:{group}, {CONFIG} {settings_user}:{settings_group}"));
    }
    Ok(())
}

fn mode_is(root: &Root, path: &str, expected: u32) -> Result<(), String> {
    let path = root.path(path);
    let mode = fs::metadata(&path).map_err(|error| failed("read", &path, &error))?.permissions().mode() & 0o7777;
    if mode == expected { Ok(()) } else { Err(format!("{} has mode {mode:o}, not {expected:o}", path.display())) }
}

/// Changes the address in the settings, as an administrator does. The default port can be in use on this machine.
fn edit_settings(root: &Root, address: &str) -> Result<(), String> {
    let path = root.path(CONFIG);
    let text = read(&path)?;
    let edited = text.replace("127.0.0.1:8080", address);
    if edited == text {
        return Err(format!("{CONFIG} has no listen address"));
    }
    fs::write(&path, edited).map_err(|error| failed("write", &path, &error))
}

/// Starts the server as the unit does, waits until it is ready, and stops it.
fn serve(root: &Root, unit: &Unit) -> Result<(), String> {
    let health = unit.tool(root, &["health"])?;
    let again = || {
        let mut command = std::process::Command::new(health.get_program());
        command.args(health.get_args()).env_clear();
        command.envs(health.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    };
    Server::start(unit.command(root)?, again)?.stop()
}

/// Checks which files exist.
fn remains(root: &Root, expected: &[(&str, bool)]) -> Result<(), String> {
    for (path, exists) in expected {
        if root.path(path).exists() != *exists {
            return Err(format!("{path} {}", if *exists { "was removed" } else { "was left" }));
        }
    }
    Ok(())
}
