//! A root folder in which programs are tried.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist::{empty_folder, failed};
use crate::program::{program, quiet};
use crate::workspace;

/// The release of Debian in which the package is tried.
const RELEASE: &str = "bookworm";

/// The program `chroot`. Its path is complete, because the commands have other environments than this process.
const CHROOT: &str = "/usr/sbin/chroot";

/// A folder with the files of a system. Dropping this value removes the folder.
pub(super) struct Root {
    folder: PathBuf,
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Root {
    /// Creates an empty root folder in `target/packages`.
    pub(super) fn empty(packages: &Path, name: &str) -> Result<Self, String> {
        let folder = packages.join(name);
        empty_folder(&folder)?;
        Ok(Self { folder })
    }

    /// Creates a root folder with a small Debian that has what the package depends on. The first run downloads it.
    pub(super) fn debian(packages: &Path) -> Result<Self, String> {
        let archive = workspace::target().join("tools").join(format!("debian-{RELEASE}.tar"));
        if !archive.exists() {
            let unfinished = archive.with_extension("part.tar");
            if let Some(tools) = archive.parent() {
                fs::create_dir_all(tools).map_err(|error| failed("create", tools, &error))?;
            }
            let mut bootstrap =
                program("mmdebstrap", ["--quiet", "--variant=minbase", "--include=adduser,init-system-helpers"]);
            bootstrap.arg(RELEASE).arg(&unfinished);
            quiet(bootstrap)?;
            fs::rename(&unfinished, &archive).map_err(|error| failed("rename", &unfinished, &error))?;
        }
        let root = Self::empty(packages, "debian")?;
        let mut unpack = program("tar", ["--extract", "--numeric-owner", "--file"]);
        unpack.arg(&archive).arg("--directory").arg(&root.folder);
        quiet(unpack)?;
        Ok(root)
    }

    /// Returns the path of a file in the root folder. `path` begins with a slash.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path.trim_start_matches('/'))
    }

    /// Copies a file into the root folder.
    pub(super) fn add(&self, file: &Path, path: &str) -> Result<(), String> {
        fs::copy(file, self.path(path)).map(|_| ()).map_err(|error| failed("copy", file, &error))
    }

    /// Returns a command that runs in the root folder as root.
    pub(super) fn command(&self, words: &[impl AsRef<OsStr>]) -> Command {
        let mut command = program(CHROOT, []);
        command.arg(&self.folder).args(words).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
        command
    }

    /// Returns a command that runs in the root folder as another user, with no other environment variables than these.
    pub(super) fn command_as(&self, user: &str, environment: &[(String, String)], words: &[String]) -> Command {
        let mut command = program(CHROOT, []);
        command.arg(format!("--userspec={user}")).arg(&self.folder).args(words);
        command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
        command
    }
}
