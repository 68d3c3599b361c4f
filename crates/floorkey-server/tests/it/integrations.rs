//! Tests the applications in `examples/integrations` with a real server.
//!
//! `cargo xtask test` installs what they need in `target/tools`. If something is missing, the test prints a line and
//! passes.

mod application;
mod false_server;

use serde_json::{Value, json};

use crate::authzen::{Application, EVALUATION};
use crate::http;
use crate::world::World;
use application::{Example, Framework};
use false_server::FalseServer;

/// Starts a server with the application `orders`. Ann can view orders of her site, and Bea can view and refund all
/// orders.
fn orders() -> World {
    use floorkey_aws::operation::Operation;
    let world = World::new();
    let permissions = json!([{ "Name": "view" }, { "Name": "refund", "Requires": ["view"] }]);
    world.extension("PUT", "/applications/orders", &json!({ "Permissions": permissions }));
    for (user, profile, permission) in [("ann", "Order clerks", "view"), ("bea", "Order managers", "refund")] {
        let id = world.new_profile(profile, &[]);
        let granted = json!([{ "Namespace": "orders", "ApplicationPermissions": [permission] }]);
        world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": id, "Applications": granted }));
        if user == "ann" {
            let same_site = json!([{ "Kind": "Same", "Attribute": "site", "OfSubject": "site" }]);
            let condition = json!({ "Namespace": "orders", "Permission": "view", "All": same_site });
            let path = format!("/security-profiles/{id}/conditions");
            world.extension("PUT", &path, &json!({ "Conditions": [condition] }));
        }
        let mut input = world.user_input(user, &[&id]);
        input["Tags"] = json!({ "site": "lyon" });
        world.operator.ok(Operation::CreateUser, &input);
    }
    world
}

/// Returns the number of requests that the server has answered at an endpoint.
fn answered(world: &World, operation: &str) -> u64 {
    let text = String::from_utf8(http::send(world.server.address, "GET", "/metrics", &[], b"").body).unwrap();
    let labels = format!("floorkey_calls_total{{surface=\"authzen\",operation=\"{operation}\",status=\"200\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&labels)).map_or(0, |count| count.parse().unwrap())
}

/// The reason that Floorkey gives a user for a denial.
fn reason(asked: &Application, user: &str, action: &str, order: &Value) -> String {
    let resource = json!({ "type": "orders", "id": order["id"], "properties": { "site": order["site"] } });
    let subject = json!({ "type": "user", "id": user });
    let question = json!({ "subject": subject, "action": { "name": action }, "resource": resource });
    asked.ask(EVALUATION, &question)["context"]["reason_user"]["403"].as_str().unwrap().to_owned()
}

/// Tests what users can do, the reasons that they see, and that the application denies access when it has no decision.
fn check(framework: &Framework) {
    let world = orders();
    let asked = Application::of(&world);
    let example = Example::start(framework, &format!("http://{}", world.server.address), &asked.token);
    check_decisions(&world, &asked, &example);

    let mut world = world;
    world.server.kill();
    for path in ["/orders", "/orders/o-1"] {
        let (status, body) = example.call("GET", path, Some("bea"));
        assert_eq!(status, 503, "{path}: {body}");
        assert!(body.contains("Access could not be checked"), "{path}: {body}");
    }
    drop(example);
    check_false_answers(framework);
}

fn check_decisions(world: &World, asked: &Application, example: &Example) {
    assert_eq!(example.call("GET", "/orders/o-1", None).0, 401);
    let expected = |id: &str, site: &str, total: u32| json!({ "id": id, "site": site, "total": total });
    let (lyon, oslo) = (expected("o-1", "lyon", 120), expected("o-3", "oslo", 75));

    let (status, body) = example.call("GET", "/orders/o-1", Some("ann"));
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()), (200, lyon.clone()));
    for (method, path, action, order) in
        [("GET", "/orders/o-3", "view", &oslo), ("POST", "/orders/o-1/refund", "refund", &lyon)]
    {
        let (status, body) = example.call(method, path, Some("ann"));
        assert_eq!(status, 403, "{method} {path}: {body}");
        let reason = reason(asked, "ann", action, order);
        assert!(body.contains(&reason), "{method} {path}: {body} without {reason}");
    }
    assert_eq!(example.call("GET", "/orders/o-9", Some("ann")).0, 403, "unknown orders are not disclosed");
    assert_eq!(example.call("GET", "/orders/o-9", Some("bea")).0, 404);
    assert_eq!(example.call("POST", "/orders/o-3/refund", Some("bea")).0, 200);

    let before = (answered(world, "evaluations"), answered(world, "evaluation"));
    let (status, body) = example.call("GET", "/orders", Some("ann"));
    let listed: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, listed), (200, json!([lyon, expected("o-2", "lyon", 40)])));
    let after = (answered(world, "evaluations"), answered(world, "evaluation"));
    assert_eq!(after, (before.0 + 1, before.1), "a list takes one request");
}

/// Tests that no answer other than a complete `true` allows access.
fn check_false_answers(framework: &Framework) {
    let server = FalseServer::start();
    let example = Example::start(framework, &server.endpoint(), "any-token");
    let allowed = r#"{"decision":true}"#;
    server.answer_with(200, allowed);
    assert_eq!(example.call("GET", "/orders/o-1", Some("bea")).0, 200, "the server is asked");

    let refuses = |path: &str, status: u16, expected: &[u16]| {
        let (answered, body) = example.call("GET", path, Some("bea"));
        assert!(expected.contains(&answered), "{path} with status {status}: {answered} {body}");
    };
    for body in [r#"{"decision":"true"}"#, r#"{"decision":1}"#, r#"{"decision":false}"#, "{}"] {
        server.answer_with(200, body);
        refuses("/orders/o-1", 200, &[403]);
    }
    for body in ["", "true", "[true]", "null", r#"{"decision":true"#, "no JSON"] {
        server.answer_with(200, body);
        refuses("/orders/o-1", 200, &[403, 503]);
    }
    for status in [400, 401, 403, 404, 429, 500, 503] {
        server.answer_with(status, allowed);
        refuses("/orders/o-1", status, &[503]);
    }
    for body in [
        "{}",
        r#"{"evaluations":[]}"#,
        r#"{"evaluations":[{"decision":true},{"decision":true}]}"#,
        // As long as the list of orders.
        r#"{"evaluations":"yes"}"#,
        allowed,
    ] {
        server.answer_with(200, body);
        refuses("/orders", 200, &[503]);
    }
    let item = |decision: &str| format!(r#"{{"evaluations":[{{"decision":true}},{{"decision":{decision}}},{{}}]}}"#);
    server.answer_with(200, &item("\"true\""));
    let (status, body) = example.call("GET", "/orders", Some("bea"));
    let listed: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, listed.as_array().unwrap().len()), (200, 1), "{body}");

    server.never_answer();
    let begun = std::time::Instant::now();
    refuses("/orders/o-1", 0, &[503]);
    let waited = begun.elapsed();
    assert!(waited < std::time::Duration::from_secs(10), "the application waited {waited:?}");
    assert!(waited > std::time::Duration::from_millis(500), "the server was asked: {waited:?}");
}

#[test]
fn the_page_shows_the_code_of_the_applications() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let page = read("docs/integrations.md");
    let shown: Vec<_> = page.split("<!-- from ").skip(1).collect();
    assert!(shown.len() >= 8);
    for rest in shown {
        let (file, rest) = rest.split_once(" -->").unwrap();
        let (_, code) = rest.split_once("```").unwrap().1.split_once('\n').unwrap();
        let (code, _) = code.split_once("```").unwrap();
        assert!(read(file).contains(code), "{file} does not contain this part of the page:\n{code}");
    }
}

#[test]
fn axum() {
    if let Some(framework) = Framework::axum() {
        check(&framework);
    }
}

#[test]
fn express() {
    if let Some(framework) = Framework::express() {
        check(&framework);
    }
}

#[test]
fn fastapi() {
    if let Some(framework) = Framework::fastapi() {
        check(&framework);
    }
}
