//! The static program.

use std::path::{Path, PathBuf};

use super::{PLATFORM, Source};
use crate::program::{cargo, program as run, quiet};

/// Builds the static program and returns its path.
///
/// The program contains glibc, so that it runs on any Linux and in an empty image. It contains no path of this machine:
/// the compilers replace the folders of the source, of the dependencies and of the output by fixed names.
///
/// # Errors
/// Returns an error if the program can't be built.
pub(super) fn program(source: &Source, target: &Path) -> Result<PathBuf, String> {
    let (sysroot, commit) = compiler(source)?;
    let library = sysroot.join("lib/rustlib/src/rust");
    // The last name that matches applies, and the target folder can be in the folder of the source. The compiler uses
    // the last name itself, unless the source of the standard library is installed.
    let names = [
        (source.cargo_home.as_path(), "/cargo".to_owned()),
        (&source.root, "/floorkey".to_owned()),
        (target, "/target".to_owned()),
        (&library, format!("/rustc/{commit}")),
    ];
    let mut rust = Vec::from(["-C", "target-feature=+crt-static"].map(str::to_owned));
    // Packed relocations, which save 0.9 MB in a program that can be loaded at any address.
    rust.extend(["-C", "link-arg=-Wl,-z,pack-relative-relocs"].map(str::to_owned));
    // Random numbers come from the system call. By default, a static program reads a device, which an empty root folder
    // does not have.
    rust.extend(["--cfg", "getrandom_backend=\"linux_getrandom\""].map(str::to_owned));
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
    let built = target.join(PLATFORM).join("dist/floorkey");
    // A glibc before 2.36 does not read packed relocations, and the program would crash at its start.
    quiet(run(&built, ["--version"]))?;
    Ok(built)
}

/// Returns the folder of the compiler, and the commit that the compiler was built from.
fn compiler(source: &Source) -> Result<(PathBuf, String), String> {
    let rustc = |argument: &[&str]| {
        let mut command = run("rustc", []);
        command.args(argument).current_dir(&source.root);
        quiet(command)
    };
    let version = rustc(&["-vV"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    Ok((PathBuf::from(rustc(&["--print", "sysroot"])?.trim()), commit.to_owned()))
}
