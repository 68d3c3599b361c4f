//! `cargo xtask dist --check`: tries the packages as users do.

mod image;
mod package;
mod repeat;
mod root;
mod server;
mod unit;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use super::{Packages, Source, failed};
use crate::program::{program, quiet};
use crate::tools;

/// A check of the packages. On success, returns a remark.
type Check = fn(&Source, &Packages) -> Result<String, String>;

/// All checks. The second build takes by far the longest, so it comes last.
const CHECKS: [(&str, Check); 5] = [
    ("the program is static, stripped, and free of this machine's paths", program_is_static),
    ("the systemd unit is valid", unit::run),
    ("the Debian package is installed, started, upgraded, removed and purged", package::run),
    ("the image's files run as an unprivileged user", image::run),
    ("a second build in another folder has the same bytes", repeat::run),
];

/// Runs all checks. A failed check does not stop the remaining checks.
///
/// # Errors
/// Returns an error with the output of the failed checks.
pub(super) fn run(source: &Source, packages: &Packages) -> Result<(), String> {
    if quiet(program("id", ["-u"])).is_ok_and(|id| id.trim() != "0") {
        return Err("`cargo xtask dist --check` changes the root folder of the programs that it tries: run it as root"
            .to_owned());
    }
    tools::package_tools()?;
    let mut problems = Vec::new();
    for (name, check) in CHECKS {
        match check(source, packages) {
            Ok(remark) => println!("ok      {name}: {remark}"),
            Err(problem) => {
                println!("FAILED  {name}");
                problems.push(format!("{name}: {problem}"));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// Reads the program's headers, and looks for paths of this machine.
fn program_is_static(source: &Source, packages: &Packages) -> Result<String, String> {
    let mut headers = program("readelf", ["--wide", "--program-headers", "--section-headers", "--dynamic"]);
    headers.arg(&packages.program);
    let headers = quiet(headers)?;
    for (text, meaning) in [
        ("INTERP", "needs a dynamic linker"),
        ("(NEEDED)", "needs a shared library"),
        (".symtab", "has symbols"),
        (".debug_", "has debug information"),
    ] {
        if headers.contains(text) {
            return Err(format!("the program {meaning}"));
        }
    }
    let bytes = fs::read(&packages.program).map_err(|error| failed("read", &packages.program, &error))?;
    for folder in [&source.root, &source.cargo_home] {
        let folder = folder.as_os_str().as_bytes();
        if bytes.windows(folder.len()).any(|part| part == folder) {
            return Err(format!("the program contains the path {}", String::from_utf8_lossy(folder)));
        }
    }
    let mut version = program(&packages.program, ["--version"]);
    version.env_clear();
    Ok(quiet(version)?.trim().to_owned())
}
