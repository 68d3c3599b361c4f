//! `cargo xtask dist`: the static program, a Debian package, the files of a container image, a list of components and
//! checksums, in `target/packages`. The same source gives the same bytes.

mod build;
mod check;
mod deb;
mod image;
mod sbom;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::program::{cargo, program, quiet};
use crate::workspace;

/// The only platform that packages are built for.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Builds all packages. With `check`, also tries them: builds them a second time in another folder, installs, starts,
/// upgrades and removes the Debian package, runs the image's files, and verifies the systemd unit.
///
/// # Errors
/// Returns an error if a package can't be built, or if a check fails.
pub(crate) fn run(check: bool) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(format!("packages are built on {PLATFORM} only"));
    }
    let source = Source::of_workspace()?;
    let packages = Packages::build(&source, &workspace::target())?;
    for file in packages.files() {
        let size = fs::metadata(&file).map_err(|error| failed("read", &file, &error))?.len();
        println!("{:>11} bytes  {}", size, file.display());
    }
    if check { check::run(&source, &packages) } else { Ok(()) }
}

/// The source that packages are built from.
struct Source {
    /// The folder with the workspace.
    root: PathBuf,
    /// Cargo's home folder, which contains the sources of dependencies.
    cargo_home: PathBuf,
    /// The version of Floorkey.
    version: String,
    /// The time of all files in the packages, in seconds since 1970.
    epoch: u64,
}

impl Source {
    /// Returns the source in this workspace. The time of its files is that of the last commit, or the variable
    /// `SOURCE_DATE_EPOCH`.
    fn of_workspace() -> Result<Self, String> {
        let root = workspace::root().to_owned();
        let metadata = quiet(cargo(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
        let packages = metadata.get("packages").and_then(serde_json::Value::as_array);
        let server = packages.into_iter().flatten().find(|package| package["name"] == "floorkey-server");
        let version = server.and_then(|package| package["version"].as_str()).ok_or("floorkey-server has no version")?;
        let epoch = match std::env::var("SOURCE_DATE_EPOCH") {
            Ok(text) => text,
            Err(_) => quiet(program("git", ["log", "-1", "--format=%ct"])).map_err(|problem| {
                format!(
                    "{problem}\nWithout git, set SOURCE_DATE_EPOCH to the time of the source, in seconds since 1970"
                )
            })?,
        };
        let epoch = epoch.trim();
        let epoch = epoch.parse().map_err(|_| format!("SOURCE_DATE_EPOCH `{epoch}` is not a number of seconds"))?;
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
        Ok(Self { root, cargo_home, version: version.to_owned(), epoch })
    }
}

/// The built packages.
struct Packages {
    /// The folder that contains them.
    folder: PathBuf,
    /// The static program.
    program: PathBuf,
    /// The Debian package.
    deb: PathBuf,
    /// The list of components, in CycloneDX's JSON format.
    sbom: PathBuf,
    /// The folder with the Dockerfile and the files of the image.
    image: PathBuf,
}

impl Packages {
    /// Builds all packages. Replaces those that exist in `target/packages`.
    fn build(source: &Source, target: &Path) -> Result<Self, String> {
        let (folder, version) = (target.join("packages"), &source.version);
        empty_folder(&folder)?;
        let packages = Self {
            program: folder.join(format!("floorkey-{version}-{PLATFORM}")),
            deb: folder.join(format!("floorkey_{version}_amd64.deb")),
            sbom: folder.join(format!("floorkey-{version}.cdx.json")),
            image: folder.join("image"),
            folder,
        };
        copy(&build::program(source, target)?, &packages.program, 0o755)?;
        write(&packages.sbom, &sbom::of_program(source)?, 0o644)?;
        deb::build(source, &packages.program, version, &packages.deb)?;
        image::prepare(source, &packages.program, &packages.image)?;
        let mut sums = program("sha256sum", []);
        sums.current_dir(&packages.folder);
        sums.args([&packages.program, &packages.deb, &packages.sbom].iter().filter_map(|file| file.file_name()));
        write(&packages.folder.join("SHA256SUMS"), &quiet(sums)?, 0o644)?;
        Ok(packages)
    }

    /// Returns the files that must have the same bytes in every build of one source.
    fn files(&self) -> [PathBuf; 4] {
        let sums = self.folder.join("SHA256SUMS");
        [self.program.clone(), self.deb.clone(), self.sbom.clone(), sums]
    }
}

/// Formats an error about a file.
fn failed(action: &str, path: &Path, error: &std::io::Error) -> String {
    format!("can't {action} {}: {error}", path.display())
}

/// Creates a folder and the folders above it. A folder that exists is emptied.
fn empty_folder(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| failed("remove", folder, &error))?;
    }
    fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))
}

/// Copies a file and sets its mode, which must not depend on the user's umask.
fn copy(from: &Path, to: &Path, mode: u32) -> Result<(), String> {
    fs::copy(from, to).map_err(|error| failed("copy", from, &error))?;
    set_mode(to, mode)
}

/// Writes a file and sets its mode.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), String> {
    fs::write(path, text).map_err(|error| failed("write", path, &error))?;
    set_mode(path, mode)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| failed("read", path, &error))
}

fn set_mode(path: &Path, mode: u32) -> Result<(), String> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| failed("change", path, &error))
}
