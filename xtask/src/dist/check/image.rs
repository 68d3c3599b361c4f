//! The image's files: laid out as the Dockerfile says, and run as its user.

use std::fs;

use super::root::Root;
use super::server::{Server, free_address};
use crate::dist::image::{Copy, Dockerfile};
use crate::dist::{Packages, Source, failed, read};
use crate::program::{program, quiet};

/// Runs the program with the image's files, environment, user and commands.
pub(super) fn run(_: &Source, packages: &Packages) -> Result<String, String> {
    let file = Dockerfile::parse(&read(&packages.image.join("Dockerfile"))?)?;
    let root = Root::empty(&packages.folder, "image-root")?;
    for copy in &file.copies {
        lay_out(&root, packages, copy)?;
    }
    let files = file_count(&root)?;
    let mut environment = file.environment.clone();
    // The port in the Dockerfile is free in a container, but not always on this machine.
    let address = free_address()?;
    for (name, value) in &mut environment {
        if name == "FLOORKEY_LISTEN" {
            value.clone_from(&address);
        }
    }
    let command = |words: &[String]| root.command_as(&file.user, &environment, words);
    let health = || command(&file.health);
    if quiet(health()).is_ok() {
        return Err("the health check succeeds without a server".to_owned());
    }
    Server::start(command(&file.command), health)?.stop()?;
    if quiet(health()).is_ok() {
        return Err("the health check succeeds after the server has stopped".to_owned());
    }
    // The certificates are found: otherwise a client for TLS can't be created, or no authority is known.
    let words = [&file.health[..], &["--url".to_owned(), format!("https://{address}")]].concat();
    let Err(problem) = quiet(command(&words)) else { return Err("a stopped server is healthy".to_owned()) };
    if !problem.contains("refused") {
        return Err(format!("a connection over TLS fails for another reason than the stopped server: {problem}"));
    }
    Ok(format!("{files} files, user {}", file.user))
}

/// Carries out one line `COPY`.
fn lay_out(root: &Root, packages: &Packages, copy: &Copy) -> Result<(), String> {
    for name in &copy.from {
        let from = packages.image.join(name);
        let to = if copy.to.ends_with('/') { format!("{}{name}", copy.to) } else { copy.to.clone() };
        let to = root.path(&to);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
        }
        // A folder in the data of the image is empty, so that only the folder itself is created.
        let copied = if from.is_dir() { fs::create_dir(&to) } else { fs::copy(&from, &to).map(|_| ()) };
        copied.map_err(|error| failed("copy", &from, &error))?;
        for (tool, value) in [("chmod", &copy.mode), ("chown", &copy.owner)] {
            if let Some(value) = value {
                let mut change = program(tool, []);
                change.arg(value).arg(&to);
                quiet(change)?;
            }
        }
    }
    Ok(())
}

/// Returns the number of files in a root folder.
fn file_count(root: &Root) -> Result<usize, String> {
    let mut find = program("find", []);
    find.arg(root.path("/")).args(["-type", "f"]);
    Ok(quiet(find)?.lines().count())
}
