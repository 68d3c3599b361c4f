//! Tests `floorkey demo guard`: the README shows its output, and its commands give these answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::aws_clients::tool;
use crate::program::{Program, program, ran};

/// The line of the README after which the output is shown.
const MARKER: &str = "<!-- floorkey demo guard -->";

/// Returns the output of the demonstration.
fn output() -> String {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let ran = ran(program(folder.path()).args(["demo", "guard"]).env("TMPDIR", &temporary));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let left: Vec<_> = std::fs::read_dir(&temporary).unwrap().collect();
    assert!(left.is_empty(), "the temporary folder was not removed: {left:?}");
    ran.out
}

#[test]
fn the_readme_shows_the_output() {
    let output = output();
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let block = readme.split_once(MARKER).unwrap_or_else(|| panic!("README.md has no {MARKER}")).1.trim_start();
    let shown = block.split("```").nth(1).unwrap().split_once('\n').unwrap().1;
    assert_eq!(shown, format!("$ floorkey demo guard\n{output}"));
    assert!((12..=16).contains(&output.lines().count()), "{output}");
    assert!(output.lines().all(|line| line.chars().count() <= 100), "{output}");
}

#[test]
fn it_shows_why_its_server_cannot_start() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let ran = ran(program(folder.path()).args(["demo", "guard"]).env("TMPDIR", &missing));
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("floorkey: can't start a temporary server: "), "{ran:?}");
}

/// Returns the processes that a process has started and that have not ended.
fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name of the program is in parentheses. The state and the parent follow it.
        let parent_of = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
        parent_of == Some(parent.to_string().as_str())
    };
    ids.filter(is_child).collect()
}

#[test]
fn a_signal_to_stop_ends_its_server_and_removes_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let mut demo = program(folder.path());
    demo.args(["demo", "guard"]).env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut demo = demo.spawn().unwrap();
    let begun = Instant::now();
    let server = loop {
        if let Some(server) = children(demo.id()).first() {
            break *server;
        }
        assert!(demo.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(60), "no server");
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(Command::new("kill").arg(demo.id().to_string()).status().unwrap().success());
    let output = demo.wait_with_output().unwrap();
    // The code also says that the demonstration had not ended before the signal.
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "floorkey: stopped by a signal\n");
    assert!(!Path::new(&format!("/proc/{server}")).exists(), "the server is still running");
    let left: Vec<_> = std::fs::read_dir(&temporary).unwrap().collect();
    assert!(left.is_empty(), "the temporary folder was not removed: {left:?}");
}

/// A command in the output, and the answer below it.
struct Shown {
    who: String,
    command: String,
    answer: String,
}

/// Parses the output. Lines of a command end in a backslash, except for the last one.
fn parse(output: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let mut continues = false;
    for line in output.lines().filter(|line| !line.starts_with('#')) {
        let prompt = line.split_once("$ ").filter(|(who, _)| who.chars().all(char::is_alphabetic));
        if continues {
            let last = all.last_mut().unwrap();
            last.command = format!("{}{}", last.command.trim_end_matches('\\'), line.trim_start());
        } else if let Some((who, command)) = prompt {
            all.push(Shown { who: who.to_owned(), command: command.to_owned(), answer: String::new() });
        } else {
            let last = all.last_mut().unwrap();
            last.answer = format!("{} {line}", last.answer);
        }
        continues = line.ends_with('\\');
    }
    all
}

/// Runs the printed commands in a shell with the real AWS CLI, against a server with the same users.
#[test]
fn the_aws_cli_gives_the_same_answers_to_the_printed_commands() {
    let Some(aws) = tool("aws") else { return };
    let shown = parse(&output());
    assert_eq!(shown.len(), 4);

    let server = Program::start(&[]);
    let instance = server.instance.clone();
    let call = |method: &str, path: &str, body: Option<String>| {
        let answer = server.call(&server.operator, method, path, body.as_deref());
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    };
    let named = |list: &str, member: &str, name: &str| {
        let rows = call("GET", &format!("/{list}/{instance}"), None);
        let row = rows[member].as_array().unwrap().iter().find(|row| row["Name"] == name).unwrap().clone();
        row["Id"].as_str().unwrap().to_owned()
    };
    let admin = named("security-profiles-summary", "SecurityProfileSummaryList", "Admin");
    let routing = named("routing-profiles-summary", "RoutingProfileSummaryList", "Basic Routing Profile");
    let permissions = ["Users.Edit", "SecurityProfiles.View"];
    let new = json!({ "SecurityProfileName": "Leads", "Permissions": permissions }).to_string();
    let profile = call("PUT", &format!("/security-profiles/{instance}"), Some(new));
    let mut variables = BTreeMap::from([("I".to_owned(), instance.clone()), ("ADMIN".to_owned(), admin)]);
    let mut keys = BTreeMap::from([("operator".to_owned(), server.operator.clone())]);
    for login in ["ann", "ben"] {
        let new = json!({
            "Username": login,
            "Password": "Passw0rd",
            "IdentityInfo": { "FirstName": "A", "LastName": "B" },
            "PhoneConfig": { "PhoneType": "SOFT_PHONE" },
            "RoutingProfileId": routing,
            "SecurityProfileIds": [profile["SecurityProfileId"]],
        });
        let user = call("PUT", &format!("/users/{instance}"), Some(new.to_string()));
        variables.insert(login.to_uppercase(), user["UserId"].as_str().unwrap().to_owned());
        keys.insert(login.to_owned(), server.key_of(login));
    }
    let floorkey = Path::new(env!("CARGO_BIN_EXE_floorkey"));
    let folders = [aws.parent().unwrap(), floorkey.parent().unwrap(), Path::new("/usr/bin"), Path::new("/bin")];
    for Shown { who, command, answer } in shown {
        let key = &keys[&who];
        let output = Command::new("sh")
            .args(["-c", &command])
            .env_clear()
            .envs(&variables)
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("HOME", server.folder())
            .env("AWS_ENDPOINT_URL_CONNECT", &server.endpoint)
            .env("AWS_ACCESS_KEY_ID", &key.id)
            .env("AWS_SECRET_ACCESS_KEY", &key.secret)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&String::from_utf8(printed).unwrap()), words(&answer), "{who}$ {command}");
    }
}
