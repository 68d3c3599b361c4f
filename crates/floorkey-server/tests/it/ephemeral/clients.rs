//! AWS clients with a server in memory. They get nothing but the environment that the server printed.

use std::path::Path;
use std::process::Command;

use super::{EphemeralServer, SEED};
use crate::aws_clients::tool;

/// Returns a command with the environment that the server printed, and none of this machine's AWS settings.
fn command(tool: &Path, server: &EphemeralServer) -> Command {
    let mut command = Command::new(tool);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    let environment = server.ready["Environment"].as_object().unwrap();
    command.envs(environment.iter().map(|(name, value)| (name, value.as_str().unwrap())));
    command.env("AWS_CONFIG_FILE", "/nonexistent").env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_PAGER", "");
    command
}

#[test]
fn the_aws_cli_uses_the_printed_environment() {
    let Some(aws) = tool("aws") else { return };
    let server = EphemeralServer::with_seed(SEED, &[]);
    let run = |arguments: &[&str]| {
        let output = command(&aws, &server).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let instance = server.instance();
    assert!(run(&["sts", "get-caller-identity"]).contains(":root"));
    let users = run(&["connect", "list-users", "--instance-id", &instance, "--query", "UserSummaryList[].Username"]);
    assert_eq!(serde_json::from_str::<Vec<String>>(&users).unwrap(), ["admin", "ann", "ben", "cleo"]);
}

#[test]
fn boto3_runs_against_a_server_in_memory() {
    let Some(python) = tool("python") else { return };
    let server = EphemeralServer::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/boto3_walk.py");
    let output = command(&python, &server).arg(script).arg(server.instance()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(out.trim_end().ends_with("done"), "{out}{err}");
}
