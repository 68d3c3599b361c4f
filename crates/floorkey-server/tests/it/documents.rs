//! Tests that the documents are true to the program: their commands run as written, and their tables contain exactly
//! what the program has.

mod extract;
mod tables;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use self::extract::{Block, Kind, blocks, matches};
use crate::aws_clients::tool;

/// The documents whose commands are meant for the folder of the first server, in this order. The commands of
/// each other document are run in a folder of their own, with the variables of the shell in which these were run.
const FIRST: [&str; 3] = ["README.md", "docs/first-steps.md", "docs/commands.md"];

/// The maximum time that the commands of one document can take on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(300);

/// The line before the output of each block, followed by the number of the block's first line.
const MARK: &str = "@@@ line ";

/// Stands in for cargo: runs the programs under test instead of building them.
const CARGO: &str = r#"#!/bin/bash
[ "$1" = run ] && shift || exit 9
package=floorkey
while [ $# -gt 0 ]; do
    case "$1" in
        --release | --quiet) shift ;;
        --package) package=$2; shift 2 ;;
        --) shift; break ;;
        *) exit 9 ;;
    esac
done
exec "$package" "$@"
"#;

#[test]
fn the_commands_of_all_documents_run_as_written() {
    let Some(aws) = tool("aws") else { return };
    let reader = Reader::new(&aws);
    let mut problems = Vec::new();
    let first = reader.folder("first");
    let mut variables = reader.variables();
    for name in FIRST {
        match reader.follow(name, &first, &variables) {
            Ok(after) => variables = after,
            Err(problem) => panic!("{problem}"),
        }
    }
    for name in documents() {
        if !FIRST.contains(&name.as_str()) {
            problems.extend(reader.follow(&name, &reader.folder(&name.replace('/', "-")), &variables).err());
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the names of all documents for users and contributors.
fn documents() -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["", "docs/"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                names.push(format!("{folder}{name}"));
            }
        }
    }
    names.sort_unstable();
    names
}

/// A reader who types the commands of documents: with an empty home folder, and with the programs of this build.
struct Reader {
    own: TempDir,
}

impl Reader {
    fn new(aws: &Path) -> Self {
        let reader = Self { own: tempfile::tempdir().unwrap() };
        let programs = reader.folder("programs");
        let floorkey = PathBuf::from(env!("CARGO_BIN_EXE_floorkey"));
        let example = floorkey.with_file_name("decide-in-process");
        for (name, program) in [("floorkey", &*floorkey), ("decide-in-process", &*example), ("aws", aws)] {
            std::os::unix::fs::symlink(program, programs.join(name)).unwrap();
        }
        let cargo = programs.join("cargo");
        std::fs::write(&cargo, CARGO).unwrap();
        std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
        reader.folder("home");
        reader.folder("control");
        reader
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.own.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Returns the variables of a new shell. Servers listen on free ports, because tests run at the same time.
    fn variables(&self) -> BTreeMap<String, String> {
        let own = |name: &str| self.own.path().join(name).display().to_string();
        let path = format!("{}:{}", own("programs"), std::env::var("PATH").unwrap_or_default());
        [("HOME", own("home")), ("CONTROL", own("control")), ("PATH", path)]
            .into_iter()
            .chain([("LC_ALL", "C.UTF-8".to_owned()), ("FLOORKEY_LISTEN", "127.0.0.1:0".to_owned())])
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Runs the commands of a document. Returns the variables of the shell afterwards.
    fn follow(
        &self,
        name: &str,
        folder: &Path,
        variables: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, String> {
        let mut blocks = blocks(&text(name)).map_err(|problem| format!("{name}: {problem}"))?;
        if !self.own.path().join("programs/decide-in-process").exists() {
            let needs_it = |block: &Block| block.text.contains("--package decide-in-process");
            if blocks.iter().any(needs_it) {
                println!("skipped: {name}: the example is not built; `cargo test --workspace` builds it");
                blocks.retain(|block| !needs_it(block));
            }
        }
        let script = self.own.path().join("control/script");
        std::fs::write(&script, shell_script(&blocks)).unwrap();
        let file = |name: &str| std::fs::File::create(self.own.path().join("control").join(name)).unwrap();
        let mut shell = Command::new("bash")
            .arg(&script)
            .current_dir(folder)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(file("out"))
            .stderr(file("err"))
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let succeeded = loop {
            match shell.try_wait().unwrap() {
                Some(status) => break status.success(),
                None if begun.elapsed() > TIMEOUT => {
                    shell.kill().unwrap();
                    shell.wait().unwrap();
                    break false;
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let printed = |name: &str| std::fs::read_to_string(self.own.path().join("control").join(name)).unwrap();
        let (out, err) = (printed("out"), printed("err"));
        if !succeeded {
            let line = out.lines().rev().find_map(|line| line.strip_prefix(MARK)).unwrap_or("?");
            return Err(format!("{name}: the commands from line {line} on fail:\n{out}\n{err}"));
        }
        compare(name, &blocks, &out)?;
        Ok(printed("variables").split('\0').filter_map(|pair| pair.split_once('=')).map(owned).collect())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        for id in std::fs::read_to_string(self.own.path().join("control/servers")).unwrap_or_default().lines() {
            let _ = Command::new("kill").args(["--", &format!("-{id}")]).stderr(Stdio::null()).status();
        }
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Returns a script that runs the blocks one after the other, until one fails. It keeps the variables and functions
/// that the blocks define.
fn shell_script(blocks: &[Block]) -> String {
    let mut script = "set -a -eu -o pipefail\n".to_owned();
    for Block { line, text, kind, .. } in blocks {
        match kind {
            Kind::NotRun => continue,
            Kind::Run => script.push_str(&format!("echo '{MARK}{line}'\n{text}\n")),
            // A server runs in a process group of its own, so that the test can stop it together with the shell that
            // started it. A document that names a port is meant for a machine on which that port is free.
            Kind::Server => {
                let text = text.replace("127.0.0.1:8081", "127.0.0.1:0");
                script.push_str(&format!(
                    "echo '{MARK}{line}'\nset -m\n{{\n{text}\n}} >\"$CONTROL/server\" 2>&1 &\nset +m\n\
                    echo $! >>\"$CONTROL/servers\"\n\
                    until grep -q AWS_DEFAULT_REGION \"$CONTROL/server\"; do\n\
                    kill -0 $! || {{ cat \"$CONTROL/server\"; exit 1; }}\nsleep 0.1\ndone\n\
                    eval \"$(grep '^export ' \"$CONTROL/server\")\"\n"
                ));
            }
        }
    }
    script.push_str("env -0 >\"$CONTROL/variables\"\n");
    script
}

/// Compares the output of each block with the output in the document.
fn compare(name: &str, blocks: &[Block], out: &str) -> Result<(), String> {
    for block in blocks {
        let Some(shown) = &block.output else { continue };
        let from = out.split_once(&format!("{MARK}{}\n", block.line)).map_or("", |(_, rest)| rest);
        let printed = from.split_once(MARK).map_or(from, |(printed, _)| printed);
        if !matches(shown, printed) {
            return Err(format!("{name}: the commands in line {} print:\n{printed}\nand not:\n{shown}", block.line));
        }
    }
    Ok(())
}
