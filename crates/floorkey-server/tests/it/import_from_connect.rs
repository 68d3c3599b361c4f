//! Runs the example that copies an instance of Amazon Connect. Another Floorkey stands for the instance.

use std::path::{Path, PathBuf};
use std::process::Command;

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::aws_clients::{command, tool};
use crate::world::{World, text};

/// Returns a command that runs the script against a server, and that finds the programs it calls.
fn script(python: &Path, world: &World, arguments: &[&str]) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/import-from-connect/import_from_connect.py")
        .canonicalize()
        .unwrap();
    let mut command = command(python, world);
    command.arg(script).args(arguments).env("PATH", programs(python)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Returns the folders with the AWS CLI, this build of Floorkey, and the programs of this machine.
fn programs(python: &Path) -> std::ffi::OsString {
    let own = [python.parent().unwrap(), Path::new(env!("CARGO_BIN_EXE_floorkey")).parent().unwrap()];
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.map(PathBuf::from).into_iter().chain(std::env::split_paths(&path))).unwrap()
}

/// Runs a command that must succeed, and returns its standard output.
#[track_caller]
fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    out
}

/// The instance to copy: Ann and Ben are in Lisbon, and Ann leads a team with a security profile of her own.
fn instance_to_copy() -> World {
    let world = World::new();
    let levels = json!({ "LevelOne": { "Name": "Country" }, "LevelTwo": { "Name": "Site" } });
    world.ok(Operation::UpdateUserHierarchyStructure, json!({ "HierarchyStructure": levels }));
    let group = |input: Value| text(&world.ok(Operation::CreateUserHierarchyGroup, input)["HierarchyGroupId"]);
    let country = group(json!({ "Name": "Portugal" }));
    let site = group(json!({ "Name": "Lisbon", "ParentGroupId": country, "Tags": { "city": "lx" } }));
    let lead = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Team lead", "Description": "Leads a team",
            "Permissions": ["Users.Edit", "Queues.View"], "HierarchyRestrictedResources": ["User"],
            "AllowedAccessControlHierarchyGroupId": site,
        }),
    );
    let agent = world.profile("Agent");
    for (login, profiles) in [("ann", vec![agent.clone(), text(&lead["SecurityProfileId"])]), ("ben", vec![agent])] {
        let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
        let mut input = world.user_input(login, &profiles);
        input["HierarchyGroupId"] = site.clone().into();
        input["Tags"] = json!({ "team": "sales" });
        world.operator.ok(Operation::CreateUser, &input);
    }
    world
}

/// Returns the names of a user's security profiles, in alphabetical order.
fn profiles_of(world: &World, login: &str) -> Vec<String> {
    let user = world.ok(Operation::DescribeUser, json!({ "UserId": world.user(login) }))["User"].clone();
    let ids = user["SecurityProfileIds"].as_array().unwrap();
    let name = |id: &Value| {
        let profile = world.ok(Operation::DescribeSecurityProfile, json!({ "SecurityProfileId": id }));
        text(&profile["SecurityProfile"]["SecurityProfileName"])
    };
    let mut names: Vec<String> = ids.iter().map(name).collect();
    names.sort();
    names
}

fn permissions(world: &World, profile: &str) -> Value {
    let input = json!({ "SecurityProfileId": world.profile(profile), "maxResults": 1000 });
    world.ok(Operation::ListSecurityProfilePermissions, input)["Permissions"].clone()
}

#[test]
fn an_instance_is_copied_and_changes_go_back_as_commands() {
    let Some(python) = tool("python") else { return };
    let (there, here) = (instance_to_copy(), World::new());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("center.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, run(script(&python, &there, &["read"]))).unwrap();
    let written = run(script(&python, &here, &["write", path]));
    assert!(written.starts_with("Copied: 5 security profiles, 2 users, 2 hierarchy groups.\n"), "{written}");
    // Both instances have an administrator, and Floorkey keeps its own.
    assert!(written.contains("user admin: exists"), "{written}");
    assert_eq!(written.lines().count(), 3, "{written}");

    assert_eq!(profiles_of(&here, "ann"), ["Agent", "Team lead"]);
    assert_eq!(permissions(&here, "Team lead"), permissions(&there, "Team lead"));
    let lead = json!({ "SecurityProfileId": here.profile("Team lead") });
    let lead = here.ok(Operation::DescribeSecurityProfile, lead)["SecurityProfile"].clone();
    let site = here.id_in(Operation::ListUserHierarchyGroups, "UserHierarchyGroupSummaryList", "Name", "Lisbon");
    assert_eq!(lead["AllowedAccessControlHierarchyGroupId"], json!(site));
    let ben = here.ok(Operation::DescribeUser, json!({ "UserId": here.user("ben") }))["User"].clone();
    assert_eq!((&ben["HierarchyGroupId"], &ben["Tags"]["team"]), (&json!(site), &json!("sales")));
    assert_eq!(run(script(&python, &here, &["changes", path])), "# Nothing has changed.\n");

    // What is changed in Floorkey becomes commands of the AWS CLI.
    let lead = here.profile("Team lead");
    let fewer = json!({ "SecurityProfileId": lead, "Permissions": ["Users.View", "Queues.View", "Prompts.View"] });
    here.ok(Operation::UpdateSecurityProfile, fewer);
    let editor = here.new_profile("User editor", &["Users.Edit"]);
    let assigned = json!({ "UserId": here.user("ben"), "SecurityProfileIds": [here.profile("Agent"), editor] });
    here.ok(Operation::UpdateUserSecurityProfiles, assigned);
    here.ok(Operation::DeleteSecurityProfile, json!({ "SecurityProfileId": here.profile("QualityAnalyst") }));
    let commands = run(script(&python, &here, &["changes", path]));
    assert_eq!(permissions(&there, "Team lead").as_array().unwrap().len(), 3, "nothing is run by the script");

    let mut shell = command(Path::new("sh"), &there);
    shell.args(["-e", "-c", &commands]).env("PATH", programs(&python));
    run(shell);
    assert_eq!(permissions(&there, "Team lead"), permissions(&here, "Team lead"));
    assert_eq!(permissions(&there, "User editor"), permissions(&here, "User editor"));
    assert_eq!(profiles_of(&there, "ben"), ["Agent", "User editor"]);
    let profiles = there.ok(Operation::ListSecurityProfiles, json!({})).to_string();
    assert!(!profiles.contains("QualityAnalyst"), "{profiles}");
}

#[test]
fn an_admin_profile_with_less_than_full_access_is_copied_under_another_name() {
    let Some(python) = tool("python") else { return };
    let (there, here) = (World::new(), World::new());
    let full = json!({ "SecurityProfileName": "Full", "Permissions": permissions(&there, "Admin") });
    let full = text(&there.ok(Operation::CreateSecurityProfile, full)["SecurityProfileId"]);
    let assigned = json!({ "UserId": there.user("admin"), "SecurityProfileIds": [full] });
    there.ok(Operation::UpdateUserSecurityProfiles, assigned);
    let admin = there.profile("Admin");
    let fewer = json!({ "SecurityProfileId": admin, "Permissions": ["Users.Edit"] });
    there.ok(Operation::UpdateSecurityProfile, fewer);
    there.new_user("zoe", &[&admin]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("center.json");
    std::fs::write(&file, run(script(&python, &there, &["read"]))).unwrap();
    let written = run(script(&python, &here, &["write", file.to_str().unwrap()]));
    assert!(written.contains("copied as Admin - Connect instead"), "{written}");
    assert_eq!(profiles_of(&here, "zoe"), ["Admin - Connect"]);
    assert_eq!(profiles_of(&here, "admin"), ["Admin"]);
}

#[test]
fn nothing_is_written_to_aws() {
    let Some(python) = tool("python") else { return };
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("center.json");
    std::fs::write(&file, "{}").unwrap();
    for endpoint in ["", "https://connect.us-east-1.amazonaws.com"] {
        let mut script = script(&python, &world, &["write", file.to_str().unwrap()]);
        let output = script.env("AWS_ENDPOINT_URL_CONNECT", endpoint).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains("not the address of a Floorkey"), "{endpoint}: {error}");
    }
}
