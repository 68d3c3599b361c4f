//! The systemd unit: its validity, its hardening, and how it runs the program.

use std::path::Path;
use std::process::Command;

use super::root::Root;
use crate::dist::{Packages, Source, failed, read, write};
use crate::program::{program, quiet};

/// The highest exposure that `systemd-analyze security` can report for the unit, in tenths: 20 is 2.0 of 10.
const EXPOSURE_MAX: &str = "20";

/// Verifies the unit with systemd's own tools.
pub(super) fn run(source: &Source, packages: &Packages) -> Result<String, String> {
    let unit = source.root.join("packaging/floorkey.service");
    // The program in the unit must exist where the unit is verified, so the copy runs the built one.
    let copied = packages.folder.join("floorkey.service");
    write(&copied, &read(&unit)?.replace("/usr/bin/floorkey", &packages.program.display().to_string()), 0o644)?;
    let verified = quiet_with_errors("systemd-analyze", &["verify", "--man=no"], &copied);
    std::fs::remove_file(&copied).map_err(|error| failed("remove", &copied, &error))?;
    let complaints = verified?;
    if !complaints.trim().is_empty() {
        return Err(complaints);
    }
    let threshold = format!("--threshold={EXPOSURE_MAX}");
    let security =
        quiet_with_errors("systemd-analyze", &["security", "--offline=true", "--no-pager", &threshold], &unit)?;
    let exposure = security.lines().find_map(|line| line.split_once("exposure level for floorkey.service: "));
    let exposure =
        exposure.and_then(|(_, level)| level.split_whitespace().next()).ok_or("there is no exposure level")?;
    Ok(format!("exposure {exposure} of 10"))
}

/// Runs a program with a file, and returns what it writes to both outputs.
fn quiet_with_errors(name: &str, arguments: &[&str], file: &Path) -> Result<String, String> {
    // The shell joins the two outputs in the order in which they are written.
    let mut command = program("sh", ["-c", "exec \"$@\" 2>&1", "sh", name]);
    command.args(arguments).arg(file);
    quiet(command)
}

/// What the unit says about the program's process.
pub(super) struct Unit {
    text: String,
}

impl Unit {
    /// Reads the unit that a package installed.
    pub(super) fn read(root: &Root) -> Result<Self, String> {
        Ok(Self { text: read(&root.path("/usr/lib/systemd/system/floorkey.service"))? })
    }

    /// Returns the value of a setting.
    pub(super) fn value(&self, name: &str) -> Result<&str, String> {
        let value = self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.ok_or_else(|| format!("the unit has no {name}"))
    }

    /// Returns a command that runs the program as systemd does: with its user, working directory, umask, output file
    /// and without privileges. The other restrictions need systemd.
    pub(super) fn command(&self, root: &Root) -> Result<Command, String> {
        let output = self.value("StandardOutput")?.strip_prefix("append:").ok_or("the output is not a file")?;
        let (folder, umask) = (self.value("WorkingDirectory")?, self.value("UMask")?);
        let (user, group) = (self.value("User")?, self.value("Group")?);
        // systemd opens the output as root too.
        let script = format!(
            "cd {folder} && umask {umask} && exec setpriv --reuid={user} --regid={group} --init-groups --no-new-privs \
            --bounding-set=-all --inh-caps=-all {} >>{output}",
            self.value("ExecStart")?
        );
        Ok(root.command(&["sh", "-c", &script]))
    }

    /// Returns a command of the program that runs as the unit's user.
    pub(super) fn tool(&self, root: &Root, arguments: &[&str]) -> Result<Command, String> {
        let owner = format!("{}:{}", self.value("User")?, self.value("Group")?);
        let words = [&["/usr/bin/floorkey"], arguments].concat();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        Ok(root.command_as(&owner, &[("FLOORKEY_CONFIG".to_owned(), "/etc/floorkey/floorkey.toml".to_owned())], &words))
    }
}
