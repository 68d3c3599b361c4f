//! Runs other programs.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::progress::{self, Progress};
use crate::workspace;

/// Returns a `cargo` command with the given arguments. The command runs in the workspace root.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")), arguments)
}

/// Returns a command with the given arguments. The command runs in the workspace root and without input.
pub(crate) fn program<const N: usize>(name: impl AsRef<OsStr>, arguments: [&str; N]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// Runs a program and returns its standard output.
///
/// # Errors
/// Returns an error if the program can't be started or fails. If it fails, the error contains the complete output.
pub(crate) fn quiet(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("can't start {}: {error}", shown(&command)))?;
    let written = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(written);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} failed ({}):\n{}{}", shown(&command), output.status, written, complaint.trim_end()))
}

/// Runs cargo. Prints its progress, and nothing else.
///
/// # Errors
/// Returns an error if cargo can't be started or fails. If it fails, the error contains all messages.
pub(crate) fn watched(command: Command) -> Result<(), String> {
    let mut messages = Vec::new();
    let result = run(command, |_| (), |line| messages.push(line.to_owned()));
    result.map_err(|problem| format!("{problem}:\n{}", messages.join("\n").trim_end()))
}

/// Runs a program and prints its output immediately, except that the progress of cargo is summed up. Also passes each
/// line of standard output to `line_read`.
///
/// # Errors
/// Returns an error if the program can't be started or fails.
pub(crate) fn live(command: Command, mut line_read: impl FnMut(&str) + Send) -> Result<(), String> {
    let print = |line: &str| {
        progress::before_line();
        println!("{line}");
    };
    let read = |line: &str| {
        print(line);
        line_read(line);
    };
    run(command, read, print)
}

/// Runs a program. Passes each line of standard output to `output`, and each line of standard error that is not about
/// cargo's own work to `message`.
fn run(mut command: Command, mut output: impl FnMut(&str) + Send, mut message: impl FnMut(&str)) -> Result<(), String> {
    let name = shown(&command);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("can't start {name}: {error}"))?;
    let (written, errors) = (child.stdout.take(), child.stderr.take());
    let mut progress = Progress::new();
    std::thread::scope(|scope| {
        scope.spawn(|| written.into_iter().flat_map(lines).for_each(|line| output(&line)));
        for line in errors.into_iter().flat_map(lines) {
            if progress.take(&line) {
                message(&line);
            }
        }
    });
    let status = child.wait().map_err(|error| format!("can't wait for {name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status})")) }
}

/// Returns the lines of a program's output, until the program closes it.
fn lines(output: impl Read) -> impl Iterator<Item = String> {
    let lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
    lines.map(|line| String::from_utf8_lossy(&line).into_owned())
}

/// Formats a command in the way that a user would enter it in a shell.
fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_handed_over_one_by_one() {
        let mut lines = Vec::new();
        live(program("printf", ["%s\\n", "one", "two"]), |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_failure_shows_the_command_and_everything_it_wrote() {
        let problem = quiet(program("sh", ["-c", "echo out; echo err >&2; exit 3"])).unwrap_err();
        assert!(problem.starts_with("sh -c echo out"), "{problem}");
        assert!(problem.contains("exit status: 3") && problem.ends_with("out\nerr"), "{problem}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let problem = quiet(program("no-such-program-anywhere", [])).unwrap_err();
        assert!(problem.starts_with("can't start no-such-program-anywhere: "), "{problem}");
    }
}
