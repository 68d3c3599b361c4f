//! A second build of the same source, in another folder and with another home folder of cargo.

use std::fs;

use crate::dist::{Packages, Source, empty_folder, failed};
use crate::program::{program, quiet};
use crate::workspace;

/// Builds the packages again and compares the files.
pub(super) fn run(source: &Source, packages: &Packages) -> Result<String, String> {
    let other = workspace::target().join("second-build/in-another-folder");
    empty_folder(&other)?;
    let (root, cargo_home, target) = (other.join("source"), other.join("home"), other.join("output"));
    for folder in [&root, &cargo_home] {
        fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
    }
    let mut pack = program(
        "sh",
        [
            "-c",
            "cd \"$1\" && tar --create --exclude=./target --exclude=./.git . | tar --extract --directory \"$2\"",
            "sh",
        ],
    );
    pack.arg(&source.root).arg(&root);
    quiet(pack)?;
    let entries = fs::read_dir(&source.cargo_home).map_err(|error| failed("read", &source.cargo_home, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| failed("read", &source.cargo_home, &error))?;
        let link = cargo_home.join(entry.file_name());
        std::os::unix::fs::symlink(entry.path(), &link).map_err(|error| failed("create", &link, &error))?;
    }
    let again = Source { root, cargo_home, version: source.version.clone(), epoch: source.epoch };
    let second = Packages::build(&again, &target)?;
    for (one, two) in packages.files().iter().zip(second.files()) {
        let bytes = |path| fs::read(path).map_err(|error| failed("read", path, &error));
        if bytes(one)? != bytes(&two)? {
            // The second build stays, so that the two files can be compared.
            return Err(format!("{} and {} differ", one.display(), two.display()));
        }
    }
    fs::remove_dir_all(&other).map_err(|error| failed("remove", &other, &error))?;
    Ok(format!("{} files", packages.files().len()))
}
