//! Tests response details that the AuthZEN standard does not define. The server returns most of these details only if
//! the request or the token's settings ask for them.

use serde_json::{Value, json};

use super::{ACTIONS, Application, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS, question, records};

/// Sends a request and returns the response body as a string.
fn raw(application: &Application, path: &str, body: &Value) -> String {
    let answer = application.try_ask(path, body);
    assert_eq!(answer.status, 200, "{path} {body}: {}", String::from_utf8_lossy(&answer.body));
    String::from_utf8(answer.body).unwrap()
}

fn with_context(mut body: Value, floorkey: Value) -> Value {
    body["context"] = json!({ "ip": "::1", "floorkey": floorkey });
    body
}

fn batch() -> Value {
    let mut body = question("alice", "read", "record", "record-1");
    body["evaluations"] = json!([{}, { "action": { "name": "print" } }]);
    body
}

fn who() -> Value {
    json!({ "subject": { "type": "user" }, "action": { "name": "read" }, "resource": { "type": "record", "id": "record-1" } })
}

fn on_what() -> Value {
    json!({ "subject": { "type": "user", "id": "admin" }, "action": { "name": "Users.View" }, "resource": { "type": "user" } })
}

const BARE_BATCH: &str = r#"{"evaluations":[{"decision":true},{"decision":false}]}"#;
const BARE_SUBJECTS: &str = r#"{"results":[{"type":"user","id":"alice"},{"type":"user","id":"bob"}]}"#;

#[test]
fn by_default_responses_contain_only_what_the_standard_defines() {
    let world = records();
    let application = Application::of(&world);
    assert_eq!(raw(&application, EVALUATIONS, &batch()), BARE_BATCH);
    assert_eq!(raw(&application, SUBJECTS, &who()), BARE_SUBJECTS);
    for nothing in [json!(null), json!({ "details": false })] {
        assert_eq!(raw(&application, EVALUATIONS, &with_context(batch(), nothing.clone())), BARE_BATCH);
        assert_eq!(raw(&application, SUBJECTS, &with_context(who(), nothing)), BARE_SUBJECTS);
    }
    let mut paged = who();
    paged["page"] = json!({ "limit": 9 });
    let page = r#"{"page":{"next_token":"","count":2},"#;
    assert_eq!(raw(&application, SUBJECTS, &paged), BARE_SUBJECTS.replacen('{', page, 1));
    let admin = world.user("admin");
    let people = raw(&application, RESOURCES, &on_what());
    assert!(people.contains(&format!(r#"{{"type":"user","id":"{admin}"}}"#)), "{people}");
    // The response to a single evaluation contains the reason, unless the request turns details off.
    let one = question("alice", "read", "record", "record-1");
    assert!(raw(&application, EVALUATION, &one).contains(r#""reason":"granted""#));
    assert_eq!(raw(&application, EVALUATION, &with_context(one, json!({ "details": false }))), r#"{"decision":true}"#);
}

#[test]
fn a_request_asks_for_details_in_its_context() {
    let world = records();
    let application = Application::of(&world);
    let (alice, admin) = (world.user("alice"), world.user("admin"));
    for asking in [json!({}), json!({ "details": true }), json!({ "at_least_revision": 1 })] {
        let answer = application.ask(EVALUATIONS, &with_context(batch(), asking.clone()));
        assert_eq!(answer["evaluations"][0]["context"]["reason"], "granted", "{asking}");
        assert_eq!(answer["evaluations"][1]["context"]["reason"], "unknown_permission");
        let found = application.ask(SUBJECTS, &with_context(who(), asking.clone()));
        let properties = json!({ "userId": alice, "arn": world.arn(&format!("/agent/{alice}")) });
        assert_eq!(found["results"][0], json!({ "type": "user", "id": "alice", "properties": properties }));
        let found = application.ask(RESOURCES, &with_context(on_what(), asking));
        let named = json!({ "type": "user", "id": admin, "properties": { "name": "admin" } });
        assert!(found["results"].as_array().unwrap().contains(&named), "{found}");
    }
    // An item's context replaces the default context, so each item can request or decline details.
    let mut mixed = with_context(batch(), json!({}));
    mixed["evaluations"][1]["context"] = json!({ "floorkey": { "details": false } });
    mixed["evaluations"][0]["context"] = json!({ "floorkey": { "explain": true } });
    let answer = application.ask(EVALUATIONS, &mixed);
    assert!(answer["evaluations"][0]["context"]["reason_admin"].is_object(), "{answer}");
    assert_eq!(answer["evaluations"][1], json!({ "decision": false }));
}

#[test]
fn a_token_asks_for_details_in_all_responses_and_a_request_can_decline() {
    let world = records();
    let application = Application::with(&world, "detailed", &json!({ "Details": true }));
    let answer = application.ask(EVALUATIONS, &batch());
    assert_eq!(answer["evaluations"][0]["context"]["reason"], "granted");
    assert!(application.ask(SUBJECTS, &who())["results"][0]["properties"]["userId"].is_string());
    let declined = json!({ "details": false });
    assert_eq!(raw(&application, EVALUATIONS, &with_context(batch(), declined.clone())), BARE_BATCH);
    assert_eq!(raw(&application, SUBJECTS, &with_context(who(), declined)), BARE_SUBJECTS);
}

#[test]
fn errors_of_items_are_included_by_default() {
    let world = records();
    let application = Application::of(&world);
    let mut body = batch();
    body["evaluations"] = json!([{}, { "action": 5 }]);
    let answer = application.ask(EVALUATIONS, &body);
    assert_eq!(answer["evaluations"][0], json!({ "decision": true }));
    assert_eq!(answer["evaluations"][1]["context"]["error"]["status"], 400, "{answer}");
}

#[test]
fn a_batch_can_contain_empty_defaults() {
    let world = records();
    let application = Application::of(&world);
    let body = json!({
        "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" }, "resource": {}, "context": {},
        "evaluations": [{ "resource": { "type": "record", "id": "record-1" } }, {}],
    });
    let answer = application.ask(EVALUATIONS, &body);
    assert_eq!(answer["evaluations"][0]["decision"], true);
    let message = answer["evaluations"][1]["context"]["error"]["message"].as_str().unwrap();
    assert!(message.contains("`evaluations[1].resource` is missing"), "{message}");
}

#[test]
fn searches_for_actions_return_only_names() {
    let world = records();
    let application = Application::of(&world);
    let body =
        json!({ "subject": { "type": "user", "id": "bob" }, "resource": { "type": "record", "id": "record-1" } });
    let bare = r#"{"results":[{"name":"read"}]}"#;
    assert_eq!(raw(&application, ACTIONS, &body), bare);
    assert_eq!(raw(&application, ACTIONS, &with_context(body, json!({}))), bare);
}
