//! Tests what refusals reveal over HTTP. A refusal contains no names that the caller can't see. IDs that exist and IDs
//! that don't exist get the same refusal. Administrators can use the reference code to find the omitted details.

use floorkey_api::MANAGEMENT_ROUTES;
use floorkey_aws::exception::ExceptionKind::{AccessDenied, ResourceInUse};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::{Client, message};
use crate::html_page::Page;
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Returns the reference code in an error message.
fn reference(message: &str) -> String {
    let (_, rest) = message.split_once("give the reference ").unwrap_or_else(|| panic!("no reference: {message}"));
    rest.trim_end_matches('.').chars().take(7).collect()
}

/// Uses the message's reference code as an administrator. Returns the event from the API, and the history page that
/// shows the event.
fn details(world: &World, message: &str) -> (Value, Page) {
    let reference = reference(message);
    let found = world.extension("GET", &format!("/audit?reference={reference}"), &Value::Null);
    let events = found["Events"].as_array().unwrap().clone();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["Outcome"]["Reference"], json!(reference));
    let page = Visitor::administrator(&world.server).see(&format!("/connect/history?reference={reference}"));
    (events[0].clone(), page)
}

/// Creates a user whose permissions are limited to users with the tag `site: lyon`.
fn scoped(world: &World, username: &str, permissions: &[&str]) -> String {
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": format!("scoped {username}"), "Permissions": permissions,
            "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": ["User"],
        }),
    );
    world.new_user(username, &[&text(&made["SecurityProfileId"])])
}

fn enforce(world: &World) {
    world.extension("PUT", "/guard", &json!({ "Mode": "enforce" }));
}

#[test]
fn l1_a_refused_undo_reveals_nothing_about_the_change() {
    let world = World::new();
    let secret = world.new_user("secretly-here", &[&world.profile("Agent")]);
    let revision =
        world.extension("GET", "/audit?maxResults=1", &Value::Null)["Events"][0]["Outcome"]["Revision"].clone();
    let revision = revision.as_u64().unwrap();
    let ann = world.somebody("ann", &["BasicAgentAccess"]);
    let undo = |client: &Client, revision: u64| {
        let answer = world.try_extension(client, "POST", "/undo", &json!({ "Revision": revision }));
        (answer.status, message(&answer))
    };
    let (status, told) = undo(&ann, revision);
    assert_eq!(status, 403);
    assert!(!told.contains("secretly-here") && !told.contains(&secret), "{told}");
    // The message is the same for every revision, even for a revision that does not exist.
    let plain = |text: &str, revision: u64| {
        text.replace(&reference(text), "").replace(&format!("revision {revision}"), "revision N")
    };
    for other in [1, 2, 999_999] {
        let (status, also) = undo(&ann, other);
        assert_eq!((status, plain(&also, other)), (403, plain(&told, revision)));
    }
    let (event, history) = details(&world, &told);
    assert!(event["Outcome"]["Message"].as_str().unwrap().contains("the user `secretly-here`"), "{event}");
    history.assert_shows("secretly-here");

    // The console's undo button reveals no more than the API.
    let visitor = world.visitor("vera", &["BasicAgentAccess"]);
    let shown = visitor.submit("/connect/undo", &[("revision", &revision.to_string()), ("back", "/connect/access")]);
    shown.assert_flash("Not undone.");
    shown.assert_lacks("secretly-here");
}

#[test]
fn l2_a_profile_in_use_does_not_reveal_its_users() {
    let world = World::new();
    let profile = world.new_profile("Night shift", &["BasicAgentAccess"]);
    world.new_user("secretly-here", &[&profile]);
    let dora = world.somebody("dora", &["SecurityProfiles.Delete"]);
    let input = world.in_instance(json!({ "SecurityProfileId": profile }));
    let told = dora.refused(Operation::DeleteSecurityProfile, &input, ResourceInUse);
    assert!(told.contains("users outside your scope have `Night shift`") && !told.contains("secretly-here"), "{told}");
    let (event, history) = details(&world, &told);
    assert!(event["Outcome"]["Message"].as_str().unwrap().contains("secretly-here"), "{event}");
    history.assert_shows("secretly-here");
    // A caller who can see the user gets a message that contains the user's name.
    let open = world.operator.refused(Operation::DeleteSecurityProfile, &input, ResourceInUse);
    assert!(open.contains("(secretly-here)") && !open.contains("reference"), "{open}");
}

#[test]
fn l3_the_guard_does_not_reveal_the_access_of_a_user() {
    let world = World::new();
    enforce(&world);
    let admin = world.user("admin");
    let mia = world.somebody("mia", &["Users.Edit"]);
    let reset = |client: &Client| {
        let answer = world.try_extension(client, "POST", &format!("/users/{admin}/password"), &json!({}));
        assert_eq!(answer.status, 403);
        message(&answer)
    };
    let told = reset(&mia);
    assert!(told.starts_with("You can't do this: this user has more access than you."), "{told}");
    assert!(!told.contains("Users.") && !told.contains("more:"), "{told}");
    let (event, history) = details(&world, &told);
    let read = event["Outcome"]["Message"].as_str().unwrap();
    assert!(read.contains("the user `admin` has more access than the actor: ") && read.contains(" more"), "{read}");
    history.assert_shows("has more access than the actor");
    assert_eq!(event["Targets"][0]["Id"], json!(admin));
    // A caller who can view profiles gets a message that lists the permissions beyond the caller's own access.
    let vera = world.somebody("vera", &["Users.Edit", "SecurityProfiles.View"]);
    let open = reset(&vera);
    assert!(open.contains("this user has more access than you: ") && !open.contains("reference"), "{open}");

    // The console shows the same message as the API, including a reference code.
    let visitor = world.visitor("mona", &["Users.Edit"]);
    let modified = hidden(&visitor.see(&format!("/connect/users/{admin}/details")), "modified");
    let shown = page(&visitor.post(&format!("/connect/users/{admin}/reset"), &[("modified", &modified)]));
    shown.assert_shows("this user has more access than you. Ask an administrator");
    details(&world, &shown);
}

#[test]
fn l10_existing_and_unknown_ids_get_the_same_responses() {
    let world = World::new();
    let (user, profile) = (world.new_user("somebody", &[&world.profile("Agent")]), world.profile("Admin"));
    let ann = world.somebody("ann", &["BasicAgentAccess"]);
    let scoped = world.server.as_user(
        &world.instance,
        &scoped(
            &world,
            "scoped",
            &["Users.Edit", "Users.Delete", "Users.Create", "Users.EnableAndDisable", "Users.View"],
        ),
    );
    let body = |path: &str| match path.rsplit('/').next().unwrap() {
        "login" => json!({ "Username": "other" }),
        "name" => json!({ "Name": "Other" }),
        "assignable" => json!({ "SecurityProfileIds": [] }),
        "replace" => json!({ "ReplacementId": world.profile("Agent") }),
        "conditions" => json!({ "Conditions": [] }),
        "access-keys" => json!({ "Label": "x" }),
        _ => json!({}),
    };
    let mut tried = 0;
    for (method, template) in MANAGEMENT_ROUTES {
        let Some(path) = template.strip_prefix("/floorkey/v1/instances/{InstanceId}") else { continue };
        let (label, exists) = match path {
            path if path.contains("{UserId}") => ("{UserId}", user.as_str()),
            path if path.contains("{SecurityProfileId}") => ("{SecurityProfileId}", profile.as_str()),
            _ => continue,
        };
        let body = if matches!(*method, "GET" | "DELETE") { Value::Null } else { body(path) };
        for (who, client) in [("ann", &ann), ("scoped", &scoped)] {
            // Users who can edit users can list the names of all security profiles, which they need for assigning
            // profiles.
            if who == "scoped" && path.ends_with("/replace") {
                continue;
            }
            let ask = |id: &str| {
                let answer = world.try_extension(client, method, &path.replace(label, id), &body);
                (answer.status, message(&answer).replace(id, "ID"))
            };
            let (here, missing) = (ask(exists), ask(NOBODY));
            assert_eq!(here, missing, "{who}: {method} {path}");
            assert_eq!(here.0, 403, "{who}: {method} {path}: {}", here.1);
            tried += 1;
        }
    }
    assert!(tried >= 36, "{tried}");
    for client in [&ann, &scoped] {
        let edit = |id: &str| {
            let body = json!({ "UserIds": [id], "AutoAccept": true });
            let answer = world.try_extension(client, "POST", "/users/edit", &body);
            (answer.status, message(&answer).replace(id, "ID"))
        };
        assert_eq!(edit(&user), edit(NOBODY));
        let restore = |id: &str| {
            let answer = world.try_extension(client, "POST", "/users/restore", &json!({ "UserIds": [id] }));
            (answer.status, message(&answer).replace(id, "ID"))
        };
        let gone = world.new_user("goes", &[&world.profile("Agent")]);
        world.ok(Operation::DeleteUser, json!({ "UserId": gone }));
        assert_eq!(restore(&gone), restore(NOBODY));
        // The test calls operations of the Connect API.
        for operation in [Operation::DescribeUser, Operation::DeleteUser, Operation::ListUserProficiencies] {
            let of = |id: &str| {
                let told = client.refused(operation, &world.in_instance(json!({ "UserId": id })), AccessDenied);
                told.replace(id, "ID")
            };
            assert_eq!(of(&user), of(NOBODY));
        }
    }
    // The test also requests pages of the console.
    let visitor = world.visitor("vera", &["BasicAgentAccess"]);
    // The first page after the user has chosen a password shows a message about the password, so the test opens this
    // page first.
    visitor.see("/connect/access");
    for path in ["/connect/users/{}", "/connect/users/{}/details", "/connect/security-profiles/{}"] {
        let see = |id: &str| {
            let answer = visitor.get(&path.replace("{}", id));
            (answer.status, page(&answer).replace(id, "ID"))
        };
        assert_eq!(see(&user), see(NOBODY), "{path}");
        assert_eq!(see(&profile), see(NOBODY), "{path}");
    }
}

#[test]
fn x1_attempts_on_a_user_are_found_in_the_audit_log() {
    let world = World::new();
    let admin = world.user("admin");
    let ann_user = world.new_user("ann", &[&world.profile("Agent")]);
    let ann = world.server.as_user(&world.instance, &ann_user);
    let of_admin = world.in_instance(json!({ "UserId": admin }));
    ann.refused(Operation::DeleteUser, &of_admin, AccessDenied);
    ann.refused(Operation::DescribeUser, &of_admin, AccessDenied);
    for (method, path, body) in [
        ("POST", format!("/users/{admin}/password"), json!({})),
        ("POST", format!("/users/{admin}/unlock"), json!({})),
        ("GET", format!("/users/{admin}/status"), Value::Null),
        ("POST", "/users/edit".to_owned(), json!({ "UserIds": [admin], "AutoAccept": true })),
        ("POST", "/undo".to_owned(), json!({ "Revision": 1 })),
        ("GET", "/bundle".to_owned(), Value::Null),
    ] {
        assert_eq!(world.try_extension(&ann, method, &path, &body).status, 403, "{method} {path}");
    }
    let events = world.extension("GET", "/audit?maxResults=1000", &Value::Null)["Events"].clone();
    let events = events.as_array().unwrap();
    for event in events {
        assert!(!event["Targets"].as_array().unwrap().is_empty(), "{event}");
    }
    let on_admin = |event: &&Value| {
        let targets = event["Targets"].as_array().unwrap();
        event["By"]["UserId"] == json!(ann_user) && targets.iter().any(|target| target["Id"] == json!(admin))
    };
    let tried: Vec<_> = events.iter().filter(on_admin).map(|event| event["Act"].as_str().unwrap()).collect();
    let expected =
        ["Undo", "EditUsers", "DescribeUser", "UnlockUser", "ResetUserPassword", "DescribeUser", "DeleteUser"];
    assert_eq!(tried, expected);
    // The history page also shows an event for each attempt.
    let visitor = Visitor::administrator(&world.server);
    let page = visitor.see("/connect/history?user=admin&actor=ann&outcome=refused");
    assert_eq!(page.texts("table.events .badge.bad"), vec!["Refused"; expected.len()], "{page}");
}
