//! Tests single evaluations: the identifiers that a request can contain, the reasons that the server returns, and the
//! revision that the decision is based on.

use std::time::{Duration, Instant};

use floorkey_aws::operation::Operation;
use serde_json::json;

use super::{Application, EVALUATION, question, records};
use crate::world::{World, text};

#[test]
fn a_subject_is_identified_by_id_login_or_arn() {
    let world = World::new();
    let application = Application::of(&world);
    let id = world.user("admin");
    let arn = world.arn(&format!("/agent/{id}"));
    for name in [&id, &id.to_uppercase(), "admin", "ADMIN", &arn] {
        assert_eq!(application.reason(&question(name, "Users.Edit", "instance", &world.instance)), "granted", "{name}");
    }
    let other = arn.replace("us-east-1", "eu-west-1");
    let queue = world.arn(&format!("/queue/{id}"));
    for name in ["nobody", "", &other, &queue, "arn:aws:connect", "00000000-0000-4000-8000-000000000000"] {
        let reason = application.reason(&question(name, "Users.Edit", "instance", &world.instance));
        assert_eq!(reason, "unknown_user", "{name}");
    }
    let mut service = question("admin", "Users.Edit", "instance", &world.instance);
    service["subject"]["type"] = json!("service");
    assert_eq!(application.reason(&service), "unknown_subject_type");
}

#[test]
fn a_resource_is_a_record_the_instance_or_known_by_supplied_attributes() {
    let world = World::new();
    let application = Application::of(&world);
    let (admin, profile) = (world.user("admin"), world.profile("Agent"));
    let routing = world.routing_profile();
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (action, kind, id, reason) in [
        ("Users.Edit", "instance", world.instance.as_str(), "granted"),
        ("Users.Edit", "instance", "floorkey", "granted"),
        ("Users.Edit", "instance", &world.arn(""), "granted"),
        ("Users.Edit", "instance", nobody, "unknown_target"),
        ("Users.Edit", "User", &admin, "granted"),
        ("Users.Edit", "user", "admin", "granted"),
        ("Users.Edit", "user", &world.arn(&format!("/agent/{admin}")), "granted"),
        ("Users.Edit", "user", nobody, "unknown_target"),
        ("Users.Edit", "user", "nobody", "unknown_target"),
        ("SecurityProfiles.Edit", "SecurityProfile", &profile, "granted"),
        ("SecurityProfiles.Edit", "security-profile", &world.arn(&format!("/security-profile/{profile}")), "granted"),
        ("SecurityProfiles.Edit", "security-profile", &routing, "unknown_target"),
        ("RoutingPolicies.Edit", "RoutingProfile", &routing, "granted"),
        ("RoutingPolicies.Edit", "routing-profile", &world.arn(&format!("/routing-profile/{routing}")), "granted"),
        ("RoutingPolicies.Edit", "queue", &routing, "unknown_target"),
        ("Users.Edit", "RoutingProfile", &routing, "wrong_resource_type"),
        ("Users.Edti", "instance", "floorkey", "unknown_permission"),
        ("RestrictTaskCreation.Access", "instance", "floorkey", "restriction"),
        ("write", "spaceship", "x", "namespace_not_registered"),
    ] {
        assert_eq!(application.reason(&question("admin", action, kind, id)), reason, "{action} {kind} {id}");
    }
    // For a resource that Floorkey does not know, only the attributes in the request are used.
    let mut described = question("admin", "Users.Edit", "user", "somebody elsewhere");
    described["resource"]["properties"] = json!({ "tags": { "team": "north" } });
    assert_eq!(application.reason(&described), "granted");
    described["resource"]["type"] = json!("instance");
    assert_eq!(application.reason(&described), "unknown_target");
}

#[test]
fn scopes_use_stored_and_supplied_attributes() {
    let world = World::new();
    let application = Application::of(&world);
    let input = json!({
        "SecurityProfileName": "North", "Permissions": ["Users.Edit", "Users.View"],
        "TagRestrictedResources": ["User"], "AllowedAccessControlTags": { "team": "north" },
    });
    let profile = text(&world.ok(Operation::CreateSecurityProfile, input)["SecurityProfileId"]);
    world.new_user("lead", &[&profile]);
    let mut agent = world.user_input("agent", &[&world.profile("Agent")]);
    agent["Tags"] = json!({ "team": "north" });
    world.operator.ok(Operation::CreateUser, &agent);
    let reason = |id: &str, properties: serde_json::Value| {
        let mut question = question("lead", "Users.Edit", "user", id);
        question["resource"]["properties"] = properties;
        application.reason(&question)
    };
    assert_eq!(reason("agent", json!(null)), "granted_in_scope");
    assert_eq!(reason("admin", json!(null)), "out_of_scope");
    assert_eq!(reason("admin", json!({ "tags": { "team": "north" } })), "granted_in_scope");
    assert_eq!(reason("agent", json!({ "team": "south" })), "out_of_scope");
    assert_eq!(reason("someone new", json!({ "tags": { "team": "north" } })), "granted_in_scope");
    assert_eq!(reason("someone new", json!({})), "out_of_scope");
}

#[test]
fn explanations_are_included_on_request() {
    let world = records();
    let application = Application::of(&world);
    let explain = |subject: &str, action: &str, resource: &str| {
        let mut question = question(subject, action, "record", resource);
        question["context"] = json!({ "floorkey": { "explain": true } });
        application.ask(EVALUATION, &question)["context"]["reason_admin"].clone()
    };
    let yes = explain("alice", "write", "record-1");
    assert_eq!(yes["grants"][0]["profile"]["name"], "Record editors");
    assert_eq!(yes["grants"][0]["origin"], "chosen");
    assert_eq!(yes["grants"][0]["only_if"], json!(["its “status” is “active”"]));
    assert_eq!((&yes["grants"][0]["reaches"], yes.get("would_allow")), (&json!(true), None));
    let no = explain("bob", "delete", "record-1");
    assert!(no["403"].is_string() && no["grants"] == json!([]), "{no}");
    assert_eq!(no.get("would_allow"), None, "nobody said that it is soft: {no}");
    let no = explain("bob", "write", "record-1");
    assert_eq!(no["would_allow"][0]["name"], "Record editors");
    assert_eq!(no["grants"][0]["reaches"], false);
    let quiet = application.ask(EVALUATION, &question("bob", "write", "record", "record-1"));
    assert_eq!(quiet["context"].get("reason_admin"), None);
    // Keys in the context that Floorkey does not define have no effect.
    let mut noisy = question("bob", "write", "record", "record-1");
    noisy["context"] = json!({ "time": "2026-01-01", "floorkey": { "mode": "x" }, "decision": true });
    assert_eq!(application.ask(EVALUATION, &noisy), quiet);
}

#[test]
fn a_request_waits_for_its_revision_but_not_for_long() {
    let world = World::new();
    let application = Application::of(&world);
    let ask = |at_least: u64| {
        let mut question = question("admin", "Users.Edit", "instance", "floorkey");
        question["context"] = json!({ "floorkey": { "at_least_revision": at_least } });
        application.try_ask(EVALUATION, &question)
    };
    let now = ask(0).json()["context"]["revision"].as_u64().unwrap();
    assert_eq!(ask(now).status, 200);
    let begun = Instant::now();
    let never = ask(now + 1000);
    assert_eq!((never.status, never.header("retry-after")), (503, Some("1")));
    assert!(never.json().as_str().unwrap().contains(&(now + 1000).to_string()));
    assert!(begun.elapsed() >= Duration::from_millis(500) && begun.elapsed() < Duration::from_secs(20));
    let answer = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(now + 1));
        std::thread::sleep(Duration::from_millis(100));
        world.new_profile("Another", &[]);
        waiting.join().unwrap()
    });
    assert_eq!(answer.status, 200);
    assert!(answer.json()["context"]["revision"].as_u64().unwrap() > now);
}
