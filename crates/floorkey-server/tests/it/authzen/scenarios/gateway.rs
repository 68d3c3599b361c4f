//! Tests the API gateway scenario. The users of the todo list have the type `identity`, the routes are resources, and
//! the HTTP methods are actions (`interop/authzen-api-gateways/test-harness/test/decisions.json`).

use serde_json::json;

use super::{grant, profile, register, todo};
use crate::authzen::{Application, EVALUATION};
use crate::world::World;

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// Registers the routes. Every role can use GET, `admin` and `editor` can use POST and DELETE, and `evil_genius` and
/// `editor` can use PUT.
fn gateway() -> (World, Application) {
    let world = World::new();
    register(&world, "todo-routes", &METHODS);
    for (role, methods) in [
        ("viewer", &METHODS[..1]),
        ("editor", &METHODS),
        ("admin", &["GET", "POST", "DELETE"]),
        ("evil_genius", &["GET", "PUT"]),
    ] {
        let grants: Vec<_> = methods.iter().map(|method| grant("todo-routes", method)).collect();
        profile(&world, role, &grants);
    }
    todo::hire(&world);
    let settings = json!({ "SubjectTypes": ["identity"], "ResourceTypes": { "route": "todo-routes" } });
    let application = Application::with(&world, "Gateway", &settings);
    (world, application)
}

#[test]
fn the_gateway_decides_as_expected() {
    let (_world, application) = gateway();
    let mut asked = 0;
    for ((login, email, _), may_change) in todo::USERS.into_iter().zip([true, true, true, false, false]) {
        for (method, route, expected) in [
            ("GET", "/users/{userId}", true),
            ("GET", "/todos", true),
            ("POST", "/todos", may_change),
            ("PUT", "/todos/{todoId}", may_change),
            ("DELETE", "/todos/{todoId}", may_change),
        ] {
            let mut question = json!({
                "subject": { "type": "identity", "id": login },
                "action": { "name": method },
                "resource": { "type": "route", "id": route },
            });
            let answer = application.ask(EVALUATION, &question);
            assert_eq!(answer["decision"], expected, "{email} {question}: {answer}");
            asked += 1;
            // Gateways add attributes of the HTTP request to the evaluation request.
            question["resource"]["properties"] = json!({ "uri": "https://todo.example.com/todos/1", "params": {} });
            question["context"] = json!({ "headers": { "host": "todo.example.com" } });
            assert_eq!(application.ask(EVALUATION, &question)["decision"], expected);
        }
    }
    assert_eq!(asked, 25);
}
