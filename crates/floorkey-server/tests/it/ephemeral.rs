//! Tests `floorkey serve --ephemeral`: a server for tests, which keeps its data in memory.

mod clients;
mod examples;
mod keys;
mod resets;
mod seeds;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::sign::Key;

/// The seed of the tests.
const SEED: &str = include_str!("ephemeral/contact_center.yaml");

/// A running server in memory. Dropping this value stops the server.
struct EphemeralServer {
    child: Child,
    /// The working directory, home directory and folder for temporary files of the server.
    folder: TempDir,
    /// The JSON object that the server printed.
    ready: Value,
}

impl EphemeralServer {
    /// Starts a server without a seed.
    fn new() -> Self {
        Self::start(&[])
    }

    /// Starts a server with a seed.
    fn with_seed(seed: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seed.yaml");
        std::fs::write(&file, seed).unwrap();
        Self::start(&[&["--seed", file.to_str().unwrap()][..], options].concat())
    }

    fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, ready) = started(command(folder.path(), options));
        Self { child, folder, ready }
    }

    fn text(&self, member: &str) -> String {
        self.ready[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.ready)).to_owned()
    }

    fn address(&self) -> std::net::SocketAddr {
        self.text("Url").strip_prefix("http://").unwrap().parse().unwrap()
    }

    fn instance(&self) -> String {
        self.text("InstanceId")
    }

    /// Returns a client with the given access key.
    fn client(&self, id: &str, secret: &str) -> Client {
        Client::new(self.address(), Key { id: id.to_owned(), secret: secret.to_owned() })
    }

    /// Returns a client with the operator's access key.
    fn operator(&self) -> Client {
        self.client(&self.text("AccessKeyId"), &self.text("SecretAccessKey"))
    }

    /// Calls an operation for the instance as the operator.
    fn ok(&self, operation: Operation, mut input: Value) -> Value {
        input["InstanceId"] = self.instance().into();
        self.operator().ok(operation, &input)
    }

    /// Calls an operation of the management API for the instance as the operator.
    #[track_caller]
    fn extension(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("/floorkey/v1/instances/{}{path}", self.instance());
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let answer = self.operator().send(method, &path, "", &body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Resets the server, and returns the instance's new revision.
    #[track_caller]
    fn reset(&self) -> u64 {
        let answer = self.operator().send("POST", "/floorkey/v1/reset", "", b"");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["Revision"].as_u64().unwrap()
    }

    /// Returns the ID of the record with this name in a list.
    #[track_caller]
    fn id_in(&self, list: Operation, rows: &str, name: &str) -> String {
        let listed = self.ok(list, json!({}));
        let mut found = listed[rows].as_array().unwrap().iter();
        let row = found.find(|row| row["Name"] == name || row["Username"] == name);
        row.unwrap_or_else(|| panic!("no {name} in {listed}"))["Id"].as_str().unwrap().to_owned()
    }

    fn user(&self, username: &str) -> String {
        self.id_in(ListUsers, "UserSummaryList", username)
    }

    fn profile(&self, name: &str) -> String {
        self.id_in(ListSecurityProfiles, "SecurityProfileSummaryList", name)
    }

    /// Asks the AuthZEN API with a token, and returns the response.
    fn ask(&self, token: &str, question: &Value) -> crate::http::Answer {
        let header = |name: &str, value: String| (name.to_owned(), value);
        let headers = [
            header("Host", self.address().to_string()),
            header("Authorization", format!("Bearer {token}")),
            header("Content-Type", "application/json".to_owned()),
        ];
        let body = question.to_string().into_bytes();
        crate::http::send(self.address(), "POST", crate::authzen::EVALUATION, &headers, &body)
    }

    /// Returns everything that the API shows of the instance.
    fn content(&self) -> Vec<Value> {
        let mut content = Vec::new();
        for list in [
            ListUsers,
            ListSecurityProfiles,
            ListUserHierarchyGroups,
            ListQueues,
            ListRoutingProfiles,
            ListHoursOfOperations,
            ListPrompts,
            ListQuickConnects,
            ListAgentStatuses,
            ListInstanceAttributes,
            SearchUsers,
            SearchSecurityProfiles,
            SearchQueues,
            SearchRoutingProfiles,
            SearchHoursOfOperations,
            SearchPrompts,
            SearchQuickConnects,
            SearchUserHierarchyGroups,
            DescribeUserHierarchyStructure,
            DescribeInstance,
        ] {
            content.push(self.ok(list, json!({})));
        }
        for profile in self.ok(ListSecurityProfiles, json!({}))["SecurityProfileSummaryList"].as_array().unwrap() {
            let input = json!({ "SecurityProfileId": profile["Id"] });
            content.push(self.ok(DescribeSecurityProfile, input.clone()));
            content.push(self.ok(ListSecurityProfilePermissions, input.clone()));
            content.push(self.ok(ListSecurityProfileApplications, input));
            let path = format!("/security-profiles/{}", profile["Id"].as_str().unwrap());
            content.push(self.extension("GET", &format!("{path}/conditions"), &Value::Null));
            content.push(self.extension("GET", &format!("{path}/assignable"), &Value::Null));
        }
        for user in self.ok(ListUsers, json!({}))["UserSummaryList"].as_array().unwrap() {
            let path = format!("/users/{}", user["Id"].as_str().unwrap());
            content.push(self.extension("GET", &format!("{path}/access-keys"), &Value::Null));
            content.push(self.extension("GET", &format!("{path}/status"), &Value::Null));
            content.push(self.ok(ListUserProficiencies, json!({ "UserId": user["Id"] })));
        }
        for path in ["/applications", "/api-tokens", "/guard", "/audit"] {
            content.push(self.extension("GET", path, &Value::Null));
        }
        content
    }
}

impl Drop for EphemeralServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a command that runs the server in an empty folder, without this machine's settings.
fn command(folder: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_floorkey"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FLOORKEY_") {
            command.env_remove(name);
        }
    }
    command.args(["serve", "--ephemeral"]).args(options).current_dir(folder);
    for variable in ["HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
        command.env(variable, folder);
    }
    command.stdin(Stdio::null());
    command
}

/// Starts a server, and waits until it is ready. Returns the JSON object that it printed.
fn started(mut command: Command) -> (Child, Value) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    std::thread::spawn(move || for _ in output.lines() {});
    (child, ready)
}

/// Runs a command that must fail, and returns its standard error.
fn refused(options: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path(), options).envs(variables.iter().copied()).output().unwrap();
    assert!(!output.status.success(), "{options:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_first_line_has_everything_that_a_client_needs_and_nothing_is_on_disk() {
    let server = EphemeralServer::new();
    assert!(server.address().ip().is_loopback());
    assert_eq!((server.text("AccessKeyId"), server.text("SecretAccessKey")), ("test".to_owned(), "test".to_owned()));
    let instances = server.operator().ok(ListInstances, &json!({}));
    assert_eq!(instances["InstanceSummaryList"][0]["Id"], server.instance());
    assert_eq!(instances["InstanceSummaryList"][0]["Arn"], server.text("InstanceArn"));
    let question = crate::authzen::question("admin", "Users.Edit", "user", "admin");
    let answer = server.ask("test", &question);
    assert_eq!((answer.status, &answer.json()["decision"]), (200, &json!(true)));

    let browser = crate::visitor::Visitor::at(server.address());
    let administrator = &server.ready["Administrator"];
    browser.sign_in(administrator["Username"].as_str().unwrap(), administrator["Password"].as_str().unwrap());
    browser.see("/connect/users");
    let security_profile = json!({ "SecurityProfileName": "Night team", "Permissions": ["Users.View"] });
    server.ok(CreateSecurityProfile, security_profile);
    server.extension("GET", "/audit", &Value::Null);
    server.reset();
    let files: Vec<_> = std::fs::read_dir(server.folder.path()).unwrap().collect();
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn settings_that_would_write_to_the_disk_are_refused() {
    let no_variables: &[(&str, &str)] = &[];
    for (options, variables, named) in [
        (&["--data", "here"][..], no_variables, "--data / FLOORKEY_DATA"),
        (&[], &[("FLOORKEY_KEY_FILE", "key")], "--key-file / FLOORKEY_KEY_FILE"),
        (&[], &[("FLOORKEY_SMTP_URL", "smtp://localhost")], "--smtp-url / FLOORKEY_SMTP_URL"),
        (&["--demo"], no_variables, "cannot be used with"),
    ] {
        let error = refused(options, variables);
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn the_environment_of_one_server_does_not_affect_another() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let folder = tempfile::tempdir().unwrap();
    let mut other = command(folder.path(), &[]);
    for (name, value) in server.ready["Environment"].as_object().unwrap() {
        other.env(name, value.as_str().unwrap());
    }
    let (child, ready) = started(other);
    let other = EphemeralServer { child, folder, ready };
    assert_ne!(other.address(), server.address());
    assert_eq!(other.ready["ApiTokens"], json!([{ "Label": "test", "Token": "test" }]));
}

#[test]
fn a_settings_file_in_the_working_directory_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("floorkey.toml"), "data = \"elsewhere\"\nno-such-key = 1\n").unwrap();
    let (child, ready) = started(command(folder.path(), &[]));
    drop(EphemeralServer { child, folder, ready });
}
