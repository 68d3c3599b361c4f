//! Tests the counts of permission usage: which calls are counted, who can see the counts, and whether the counts
//! survive a restart.

use std::collections::BTreeMap;

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::program::{Program, ran};
use crate::sign::Key;
use crate::visitor::Visitor;
use crate::world::World;

const PRESET: &str = "a-token-that-somebody-chose-0123456789";

/// Returns a user's permissions, each with its number of uses.
fn uses(program: &Program, user: &str) -> BTreeMap<String, u64> {
    let answer = program.extension(&program.operator, "GET", &format!("/users/{user}/permission-use"), None);
    assert_eq!(answer.status, 200, "{answer:?}");
    counts(&answer.body)
}

fn counts(answer: &Value) -> BTreeMap<String, u64> {
    let row = |row: &Value| {
        let count = row["Count"].as_u64().unwrap();
        // A permission has a last-used time only if it has been used.
        assert_eq!(row.get("LastUsedTime").is_some(), count > 0, "{row}");
        let namespace = row["Namespace"].as_str().map(|namespace| format!("{namespace}: ")).unwrap_or_default();
        (format!("{namespace}{}", row["Permission"].as_str().unwrap()), count)
    };
    answer["Permissions"].as_array().unwrap().iter().map(row).collect()
}

/// Returns the permissions whose counts have increased, each with the increase.
fn more(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let grown = after.iter().map(|(name, count)| (name.clone(), count - before.get(name).unwrap_or(&0)));
    grown.filter(|(_, count)| *count > 0).collect()
}

fn ask(program: &Program, line: &[&str]) -> i32 {
    let mut command = program.command(line);
    ran(command.env("FLOORKEY_ENDPOINT", &program.endpoint).env("FLOORKEY_API_TOKEN", PRESET)).code
}

fn send(program: &Program, key: &Key, method: &str, path: &str) {
    let body = (method == "POST").then_some("{}");
    let answer = program.extension(key, method, path, body);
    assert_eq!(answer.status, 200, "{method} {path}: {answer:?}");
}

#[test]
fn allowed_evaluations_and_calls_count_and_survive_a_restart() {
    let mut program = Program::start(&["--demo", "--api-token", PRESET]);
    let (sofia, tom) = (program.user("sofia.marin"), program.user("tom.okafor"));
    let manager = program.key_of("sofia.marin");
    let before = uses(&program, &sofia);
    assert!(before.values().any(|count| *count == 0), "unused permissions are shown too: {before:?}");
    assert!(!before.contains_key("SecurityProfiles.Delete"), "what is not held is not shown");

    // Evaluations that permit the request are counted. Explanations and searches are not counted.
    for _ in 0..3 {
        assert_eq!(ask(&program, &["check", "sofia.marin", "Users.Edit"]), 0);
    }
    assert_eq!(ask(&program, &["check", "sofia.marin", "SecurityProfiles.Delete"]), 1);
    assert_eq!(ask(&program, &["explain", "sofia.marin", "Users.Edit"]), 0);
    assert_eq!(ask(&program, &["who-can", "Users.Edit"]), 0);
    // Sofia's own calls are counted as uses of the permissions that the calls require.
    send(&program, &manager, "POST", &format!("/users/{tom}/disable"));
    send(&program, &manager, "POST", &format!("/users/{tom}/enable"));
    send(&program, &manager, "GET", &format!("/users/{tom}/status"));
    let refused = program.extension(&manager, "GET", "/api-tokens", None);
    assert_eq!(refused.status, 403);
    let users = program.call(&manager, "GET", &format!("/users-summary/{}", program.instance), None);
    assert_eq!(users.status, 200);
    let after = uses(&program, &sofia);
    let expected = [("Users.Edit", 3), ("Users.EnableAndDisable", 2), ("Users.View", 2)];
    let expected: BTreeMap<String, u64> = expected.map(|(name, count)| (name.to_owned(), count)).into();
    assert_eq!(more(&before, &after), expected);

    program.stop();
    program.restart(&["--api-token", PRESET]);
    assert_eq!(uses(&program, &sofia), after);
    // After a restart, counting continues from the stored value.
    assert_eq!(ask(&program, &["check", "sofia.marin", "Users.Edit"]), 0);
    assert_eq!(more(&after, &uses(&program, &sofia)), [("Users.Edit".to_owned(), 1)].into());
}

#[test]
fn permissions_of_applications_count_under_their_own_names() {
    let program = Program::start(&["--demo", "--api-token", PRESET]);
    let orders = json!({ "Permissions": [{ "Name": "refund" }, { "Name": "view" }] }).to_string();
    program.extension(&program.operator, "PUT", "/applications/orders", Some(&orders));
    let profiles =
        program.call(&program.operator, "GET", &format!("/security-profiles-summary/{}", program.instance), None);
    let rows = profiles.body["SecurityProfileSummaryList"].as_array().unwrap();
    let agent = rows.iter().find(|row| row["Name"] == "Agent").unwrap()["Id"].as_str().unwrap();
    let body = json!({ "Applications": [{ "Namespace": "orders", "ApplicationPermissions": ["refund", "view"] }] });
    let path = format!("/security-profiles/{}/{agent}", program.instance);
    assert_eq!(program.call(&program.operator, "POST", &path, Some(&body.to_string())).status, 200);
    assert_eq!(ask(&program, &["check", "tom.okafor", "refund", "orders:o-1"]), 0);
    let uses = uses(&program, &program.user("tom.okafor"));
    assert_eq!((uses["orders: refund"], uses["orders: view"]), (1, 0));
}

#[test]
fn users_see_their_own_use_and_need_to_view_profiles_to_see_that_of_others() {
    let world = World::new();
    let ann = world.new_user("ann", &[&world.profile("Agent")]);
    let client = world.server.as_user(&world.instance, &ann);
    let path = format!("/users/{ann}/permission-use");
    assert_eq!(world.try_extension(&client, "GET", &path, &Value::Null).status, 200);
    for (name, permissions, status) in [
        ("both", &["Users.View", "SecurityProfiles.View"][..], 200),
        ("users", &["Users.View"], 403),
        ("profiles", &["SecurityProfiles.View"], 403),
    ] {
        let somebody = world.somebody(name, permissions);
        assert_eq!(world.try_extension(&somebody, "GET", &path, &Value::Null).status, status, "{name}");
    }
}

#[test]
fn a_change_counts_once_and_a_refused_one_not_at_all() {
    let world = World::new();
    let mia = world.somebody("mia", &["Users.Edit", "SecurityProfiles.Delete"]);
    let (id, ann) = (world.user("mia"), world.new_user("ann", &[&world.profile("Agent")]));
    let uses = || counts(&world.extension("GET", &format!("/users/{id}/permission-use"), &Value::Null));
    let before = uses();
    let name = json!({ "UserId": ann, "IdentityInfo": { "FirstName": "Ann", "LastName": "Else" } });
    mia.ok(Operation::UpdateUserIdentityInfo, &world.in_instance(name));
    assert_eq!(more(&before, &uses()), [("Users.Edit".to_owned(), 1)].into());
    // Mia has the permission to delete profiles. This profile is in use, so it is not deleted, and the permission use
    // is not counted.
    let before = uses();
    let agent = world.in_instance(json!({ "SecurityProfileId": world.profile("Agent") }));
    mia.refused(Operation::DeleteSecurityProfile, &agent, ExceptionKind::ResourceInUse);
    assert_eq!(more(&before, &uses()), BTreeMap::new());
    // Changes through the management API are also counted.
    let before = uses();
    let rename = json!({ "Username": "anna" });
    assert_eq!(world.try_extension(&mia, "POST", &format!("/users/{ann}/login"), &rename).status, 200);
    assert_eq!(more(&before, &uses()), [("Users.Edit".to_owned(), 1)].into());
}

#[test]
fn viewing_a_list_in_the_console_counts_and_showing_its_buttons_does_not() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.user("admin");
    let path = format!("/users/{id}/permission-use");
    let before = counts(&world.extension("GET", &path, &Value::Null));
    admin.see("/connect/users");
    let grown = more(&before, &counts(&world.extension("GET", &path, &Value::Null)));
    assert_eq!(grown.keys().collect::<Vec<_>>(), ["Users.View"], "{grown:?}");
}
