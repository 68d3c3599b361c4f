//! The Debian package. `dpkg-deb` packs a folder that is laid out here.

use std::fs;
use std::path::Path;

use super::{Source, copy, empty_folder, failed, read, set_mode, write};
use crate::program::{program, quiet};

/// The settings file, which administrators edit.
const CONFIG: &str = "etc/floorkey/floorkey.toml";

/// Builds the package of the program in a given version.
///
/// # Errors
/// Returns an error if a file is missing, or if `dpkg-deb` fails.
pub(super) fn build(source: &Source, program_file: &Path, version: &str, deb: &Path) -> Result<(), String> {
    let tree = deb.with_extension("tree");
    empty_folder(&tree)?;
    let packaging = source.root.join("packaging");
    let files = [
        (program_file.to_owned(), "usr/bin/floorkey", 0o755),
        (packaging.join("floorkey.service"), "usr/lib/systemd/system/floorkey.service", 0o644),
        (packaging.join("floorkey.toml"), CONFIG, 0o644),
        (packaging.join("debian/copyright"), "usr/share/doc/floorkey/copyright", 0o644),
        (source.root.join("NOTICE"), "usr/share/doc/floorkey/NOTICE", 0o644),
        (source.root.join("CHANGELOG.md"), "usr/share/doc/floorkey/changelog", 0o644),
    ];
    for (from, name, mode) in &files {
        let to = tree.join(name);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
        }
        copy(from, &to, *mode)?;
    }
    let mut compress = program("gzip", ["-9", "--no-name"]);
    compress.arg(tree.join("usr/share/doc/floorkey/changelog"));
    quiet(compress)?;
    write_control(&packaging.join("debian"), &tree, version)?;
    set_folder_modes(&tree)?;
    // One thread, because the number of threads decides on the blocks of the compressed files.
    let mut pack = program("dpkg-deb", ["--root-owner-group", "--threads-max=1", "-Zxz", "--build"]);
    pack.arg(&tree).arg(deb).env("SOURCE_DATE_EPOCH", source.epoch.to_string());
    quiet(pack)?;
    fs::remove_dir_all(&tree).map_err(|error| failed("remove", &tree, &error))
}

/// Writes the folder `DEBIAN`: the package's description, scripts, checksums, and the list of its settings files.
fn write_control(debian: &Path, tree: &Path, version: &str) -> Result<(), String> {
    let control = tree.join("DEBIAN");
    fs::create_dir_all(&control).map_err(|error| failed("create", &control, &error))?;
    for script in ["postinst", "prerm", "postrm"] {
        copy(&debian.join(script), &control.join(script), 0o755)?;
    }
    let mut find = program("find", ["usr", "etc", "-type", "f", "-printf", "%s %p\\n"]);
    find.current_dir(tree);
    let listed = quiet(find)?;
    let mut files: Vec<(&str, u64)> = listed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(size, name)| Some((name, size.parse().ok()?)))
        .collect();
    files.sort_unstable();
    let kibibytes: u64 = files.iter().map(|(_, size)| size.div_ceil(1024)).sum();
    let text = read(&debian.join("control"))?;
    let text = text.replace("@VERSION@", version).replace("@SIZE@", &kibibytes.to_string());
    write(&control.join("control"), &text, 0o644)?;
    write(&control.join("conffiles"), &format!("/{CONFIG}\n"), 0o644)?;
    let mut sums = program("md5sum", []);
    sums.current_dir(tree).args(files.iter().map(|(name, _)| name).filter(|name| **name != CONFIG));
    write(&control.join("md5sums"), &quiet(sums)?, 0o644)
}

/// Makes all folders readable for everyone, whatever the user's umask is.
fn set_folder_modes(folder: &Path) -> Result<(), String> {
    set_mode(folder, 0o755)?;
    for entry in fs::read_dir(folder).map_err(|error| failed("read", folder, &error))? {
        let path = entry.map_err(|error| failed("read", folder, &error))?.path();
        if path.is_dir() {
            set_folder_modes(&path)?;
        }
    }
    Ok(())
}
