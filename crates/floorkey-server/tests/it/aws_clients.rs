//! Tests with the real AWS CLI and boto3. Only the endpoint is changed.
//!
//! The tests look for the tools in the folder FLOORKEY_TEST_TOOLS. If this variable is not set, they look in the
//! workspace's target/tools/python/bin, where `cargo xtask test` installs the tools. If the tools are missing, the
//! tests print a line and pass.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::server::{OPERATOR_ID, OPERATOR_SECRET};
use crate::world::{World, column, text};

/// Returns a tool's path. If the tool is not installed, prints a line and returns `None`.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("FLOORKEY_TEST_TOOLS").map(PathBuf::from);
    let tool = folder.unwrap_or_else(|| workspace.join("target/tools/python/bin")).join(name);
    if tool.is_file() {
        return Some(tool);
    }
    println!("skipped: there is no {}", tool.display());
    None
}

/// Returns a command with the environment variables that the server prints when it starts. The command does not use
/// this machine's AWS settings.
pub(crate) fn command(tool: &Path, world: &World) -> Command {
    let mut command = Command::new(tool);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_ENDPOINT_URL_CONNECT", format!("http://{}", world.server.address))
        .env("AWS_ACCESS_KEY_ID", OPERATOR_ID)
        .env("AWS_SECRET_ACCESS_KEY", OPERATOR_SECRET)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_PAGER", "");
    command
}

/// Runs `aws connect …`. Returns its output as JSON, or its standard error if the command fails.
fn aws(tool: &Path, world: &World, arguments: &[&str]) -> Result<Value, String> {
    let output = command(tool, world).args(["connect", "--output", "json"]).args(arguments).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(err.into_owned());
    }
    if out.trim().is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&out).unwrap()) }
}

#[test]
fn the_aws_cli_creates_a_profile_assigns_it_and_lists_its_permissions() {
    let Some(tool) = tool("aws") else { return };
    let world = World::new();
    let instance = world.instance.clone();
    let run = |arguments: &[&str]| {
        let (operation, rest) = arguments.split_first().unwrap();
        let arguments = [&[*operation, "--instance-id", &instance][..], rest].concat();
        aws(&tool, &world, &arguments).unwrap_or_else(|error| panic!("{operation}: {error}"))
    };
    let instances = aws(&tool, &world, &["list-instances"]).unwrap();
    assert_eq!(column(&instances["InstanceSummaryList"], "Id"), [instance.as_str()]);

    let made = run(&["create-security-profile", "--security-profile-name", "Leads", "--permissions", "Users.Edit"]);
    let profile = text(&made["SecurityProfileId"]);
    let described = run(&["describe-security-profile", "--security-profile-id", &profile]);
    assert_eq!(described["SecurityProfile"]["SecurityProfileName"], "Leads");
    let permissions =
        run(&["list-security-profile-permissions", "--security-profile-id", &profile, "--page-size", "1"]);
    assert_eq!(permissions["Permissions"], serde_json::json!(["Users.View", "Users.Edit"]));

    let routing = world.routing_profile();
    let made = run(&[
        "create-user",
        "--username",
        "ann",
        "--password",
        "Passw0rd",
        "--identity-info",
        "FirstName=Ann,LastName=Other",
        "--security-profile-ids",
        &world.profile("Agent"),
        "--routing-profile-id",
        &routing,
    ]);
    let user = text(&made["UserId"]);
    run(&["update-user-security-profiles", "--user-id", &user, "--security-profile-ids", &profile]);
    let described = run(&["describe-user", "--user-id", &user]);
    assert_eq!(described["User"]["SecurityProfileIds"], serde_json::json!([profile]));
    let criteria = "StringCondition={FieldName=Username,Value=an,ComparisonType=STARTS_WITH}";
    assert_eq!(column(&run(&["search-users", "--search-criteria", criteria])["Users"], "Username"), ["ann"]);
    let all = run(&["list-users", "--page-size", "1"]);
    assert_eq!(column(&all["UserSummaryList"], "Username"), ["admin", "ann"]);
    let some = run(&["list-security-profiles", "--max-items", "2"]);
    let token = text(&some["NextToken"]);
    let rest = run(&["list-security-profiles", "--starting-token", &token]);
    assert_eq!(rest["SecurityProfileSummaryList"].as_array().unwrap().len(), 3);

    let arn = text(&described["User"]["Arn"]);
    aws(&tool, &world, &["tag-resource", "--resource-arn", &arn, "--tags", "site=lyon"]).unwrap();
    let tags = aws(&tool, &world, &["list-tags-for-resource", "--resource-arn", &arn]).unwrap();
    assert_eq!(tags, serde_json::json!({ "tags": { "site": "lyon" } }));
    let delete = ["delete-security-profile", "--instance-id", &instance, "--security-profile-id", &profile];
    let error = aws(&tool, &world, &delete).unwrap_err();
    assert!(error.contains("(ResourceInUseException)") && error.contains("1 user has `Leads` (ann)"), "{error}");
    run(&["delete-user", "--user-id", &user]);
    run(&["delete-security-profile", "--security-profile-id", &profile]);
}

#[test]
fn boto3_creates_lists_and_deletes_with_its_paginators() {
    let Some(python) = tool("python") else { return };
    let world = World::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/boto3_walk.py");
    let output = command(&python, &world).arg(script).arg(&world.instance).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(out.trim_end().ends_with("done"), "{out}{err}");
}
