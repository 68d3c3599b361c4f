//! Tests the type settings of API tokens. These settings say which subject types represent users, and which resource
//! types represent application namespaces.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use super::{ACTIONS, Application, EVALUATIONS, RESOURCES, SUBJECTS, question, records};
use crate::client::message;
use crate::world::{World, column, text};

/// Creates a server where alice can read records, and the resources of the application `staff` are people.
fn world() -> World {
    let world = records();
    world.extension("PUT", "/applications/staff", &json!({ "Permissions": [{ "Name": "greet" }] }));
    let put = json!({ "Resources": [{ "Id": "boss", "Attributes": { "floor": "9" } }] });
    world.extension("PUT", "/applications/staff/resources", &put);
    let profile = world.new_profile("Greeters", &[]);
    let granted = json!([{ "Namespace": "staff", "ApplicationPermissions": ["greet"] }]);
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": profile, "Applications": granted }));
    world.new_user("greeter", &[&profile]);
    world
}

fn as_subject(mut question: Value, subject_type: &str) -> Value {
    question["subject"]["type"] = json!(subject_type);
    question
}

#[test]
fn only_subjects_of_the_types_of_the_token_are_users() {
    let world = world();
    let own = Application::with(&world, "own", &json!({ "SubjectTypes": ["identity", "agent"] }));
    let plain = Application::of(&world);
    let read = |subject: &str| question(subject, "read", "record", "record-1");
    for subject_type in ["identity", "agent"] {
        assert_eq!(own.reason(&as_subject(read("alice"), subject_type)), "granted");
        assert_eq!(own.reason(&as_subject(read("nobody"), subject_type)), "unknown_user");
        assert_eq!(plain.reason(&as_subject(read("alice"), subject_type)), "unknown_subject_type");
    }
    for subject_type in ["user", "Identity", "service", ""] {
        assert_eq!(own.reason(&as_subject(read("alice"), subject_type)), "unknown_subject_type", "{subject_type}");
    }
    // The results of a search have the same subject type as the request.
    let who = |subject_type: &str| {
        json!({ "subject": { "type": subject_type }, "action": { "name": "read" },
            "resource": { "type": "record", "id": "record-1" } })
    };
    let found = own.ask(SUBJECTS, &who("agent"));
    assert_eq!(found, json!({ "results": [{ "type": "agent", "id": "alice" }, { "type": "agent", "id": "bob" }] }));
    assert_eq!(own.ask(SUBJECTS, &who("user")), json!({ "results": [] }));
    let what = |subject_type: &str| {
        as_subject(
            json!({ "subject": { "id": "bob" }, "resource": { "type": "record", "id": "record-1" } }),
            subject_type,
        )
    };
    assert_eq!(own.ask(ACTIONS, &what("identity")), json!({ "results": [{ "name": "read" }] }));
    assert_eq!(own.ask(ACTIONS, &what("user")), json!({ "results": [] }));
    let mut batch = json!({ "evaluations": [as_subject(read("alice"), "identity"), read("alice")] });
    assert_eq!(own.ask(EVALUATIONS, &batch)["evaluations"], json!([{ "decision": true }, { "decision": false }]));
    batch["evaluations"] = json!([]);
}

#[test]
fn resource_types_of_the_token_mean_namespaces_and_others_keep_their_meaning() {
    let world = world();
    let settings = json!({ "ResourceTypes": { "user": "staff", "file": "record" } });
    let own = Application::with(&world, "own", &settings);
    let plain = Application::of(&world);
    for (application, subject, action, kind, id, reason) in [
        (&own, "greeter", "greet", "user", "boss", "granted"),
        (&plain, "greeter", "greet", "user", "boss", "unknown_target"),
        (&own, "greeter", "greet", "staff", "boss", "granted"),
        (&own, "alice", "write", "file", "record-1", "granted_in_scope"),
        (&own, "alice", "write", "file", "record-2", "out_of_scope"),
        (&own, "alice", "write", "record", "record-1", "granted_in_scope"),
        (&plain, "alice", "write", "file", "record-1", "namespace_not_registered"),
        // For this token, the type `user` represents an application. Floorkey's own permissions do not apply to the
        // application.
        (&own, "admin", "Users.Edit", "user", "admin", "unknown_permission"),
        (&plain, "admin", "Users.Edit", "user", "admin", "granted"),
        // The type `User` is another name for Floorkey's own user type. The settings do not list `User`, so they do not
        // change what it represents.
        (&own, "admin", "Users.Edit", "User", "admin", "granted"),
        (&own, "admin", "Users.Edit", "instance", "floorkey", "granted"),
    ] {
        assert_eq!(application.reason(&question(subject, action, kind, id)), reason, "{action} {kind} {id}");
    }
    // The results of a search have the same type as the request. They are resources in the application's namespace.
    let mut what = question("alice", "read", "file", "");
    let found = own.ask(RESOURCES, &what);
    assert_eq!(found["results"][0], json!({ "type": "file", "id": "record-1" }));
    assert_eq!(column(&found["results"], "id"), ["record-1", "record-2"]);
    what["resource"]["type"] = json!("user");
    assert_eq!(own.ask(RESOURCES, &what), json!({ "results": [] }));
    let actions = own.ask(ACTIONS, &question("greeter", "", "user", "boss"));
    assert_eq!(actions, json!({ "results": [{ "name": "greet" }] }));
    let who = own.ask(SUBJECTS, &question("", "greet", "user", "boss"));
    assert_eq!(who, json!({ "results": [{ "type": "user", "id": "greeter" }] }));
}

#[test]
fn settings_do_not_extend_the_scopes_of_a_token() {
    let world = world();
    let input = json!({ "Label": "evaluator", "Scopes": ["evaluate"], "SubjectTypes": ["identity"],
        "ResourceTypes": { "user": "staff" }, "Details": true });
    let made = world.extension("POST", "/api-tokens", &input);
    let application = Application { address: world.server.address, token: text(&made["Token"]) };
    let ask = as_subject(question("greeter", "greet", "user", "boss"), "identity");
    assert_eq!(application.reason(&ask), "granted");
    for path in [SUBJECTS, RESOURCES, ACTIONS] {
        assert_eq!(application.try_ask(path, &ask).status, 403, "{path}");
    }
}

#[test]
fn requests_about_a_deleted_application_are_denied_and_find_nothing() {
    let world = world();
    let own = Application::with(&world, "own", &json!({ "ResourceTypes": { "user": "staff" } }));
    world.extension("DELETE", "/applications/staff", &Value::Null);
    // For this token, the type `user` never represents Floorkey's own users.
    assert_eq!(own.reason(&question("admin", "Users.Edit", "user", "admin")), "namespace_not_registered");
    assert_eq!(own.ask(RESOURCES, &question("admin", "Users.View", "user", "")), json!({ "results": [] }));
    // The token's other settings can still be changed.
    let id = own.id(&world);
    world.extension("POST", &format!("/api-tokens/{id}"), &json!({ "Details": true }));
    let again = json!({ "ResourceTypes": { "user": "staff" } });
    let answer = world.try_extension(&world.operator, "POST", &format!("/api-tokens/{id}"), &again);
    assert!(message(&answer).contains("no application is registered"), "{}", message(&answer));
}

#[test]
fn a_page_token_is_valid_only_for_the_settings_it_was_created_with() {
    let world = world();
    let own = Application::with(&world, "own", &json!({ "ResourceTypes": { "file": "record" } }));
    let mut search = question("alice", "read", "file", "");
    search["page"] = json!({ "limit": 1 });
    let first = own.ask(RESOURCES, &search);
    let id = own.id(&world);
    search["page"] = json!({ "token": first["page"]["next_token"] });
    assert_eq!(column(&own.ask(RESOURCES, &search)["results"], "id"), ["record-2"]);
    world.extension("POST", &format!("/api-tokens/{id}"), &json!({ "ResourceTypes": { "file": "staff" } }));
    assert!(own.refused(RESOURCES, &search).contains("`page.token` is invalid"));
}
