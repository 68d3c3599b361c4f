//! The static program.

use std::path::{Path, PathBuf};

use super::{PLATFORM, Source};
use crate::program::{cargo, quiet};

/// Builds the static program and returns its path.
///
/// The program contains glibc, so that it runs on any Linux and in an empty image. It contains no path of this machine:
/// the compilers replace the folders of the source, of the dependencies and of the output by fixed names.
///
/// # Errors
/// Returns an error if the program can't be built.
pub(super) fn program(source: &Source, target: &Path) -> Result<PathBuf, String> {
    // The last name that matches applies, and the target folder can be in the folder of the source.
    let names = [(source.cargo_home.as_path(), "/cargo"), (&source.root, "/floorkey"), (target, "/target")];
    let mut rust = vec!["-C".to_owned(), "target-feature=+crt-static".to_owned()];
    rust.extend(names.iter().map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display())));
    let c: Vec<_> =
        names.iter().map(|(folder, name)| format!("-ffile-prefix-map={}={name}", folder.display())).collect();
    let mut build = cargo(["build", "--profile", "dist", "--locked", "--quiet"]);
    // With an explicit target, the flags don't apply to build scripts and procedural macros, which can't be static.
    build.args(["--target", PLATFORM, "--package", "floorkey-server", "--bin", "floorkey"]);
    build.current_dir(&source.root).env("CARGO_HOME", &source.cargo_home).env("CARGO_TARGET_DIR", target);
    build.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\u{1f}")).env("CFLAGS_x86_64_unknown_linux_gnu", c.join(" "));
    build.env("SOURCE_DATE_EPOCH", source.epoch.to_string());
    quiet(build)?;
    Ok(target.join(PLATFORM).join("dist/floorkey"))
}
