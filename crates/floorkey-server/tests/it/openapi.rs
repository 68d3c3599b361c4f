//! Tests that the OpenAPI document contains every route, and that requests generated from the document cause no server
//! error.

use std::collections::BTreeSet;
use std::path::Path;

use floorkey_api::MANAGEMENT_ROUTES;
use serde_json::Value;

use crate::authzen::Application;
use crate::aws_clients::{command, tool};
use crate::http;
use crate::world::World;

const DOCUMENT: &str = include_str!("../../data/openapi.json");

/// The documentation page with the tables of the management API. The tables' paths are relative to [`INSTANCE`].
const MANAGEMENT_API: &str = include_str!("../../../../docs/management-api.md");
const INSTANCE: &str = "/floorkey/v1/instances/{InstanceId}";

#[test]
fn the_document_contains_exactly_the_operations_of_the_management_api() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut named = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for word in ["operationId", "summary"] {
                assert!(operation[word].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} has no {word}");
            }
            if path.starts_with("/floorkey/") {
                named.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    let routes: BTreeSet<_> =
        MANAGEMENT_ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(named.symmetric_difference(&routes).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}

#[test]
fn the_page_on_the_management_api_contains_exactly_the_operations_of_the_management_api() {
    let named: BTreeSet<(String, String)> = MANAGEMENT_API
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`')?.0.split_once(" /"))
        .map(|(method, path)| {
            let whole = path.starts_with("floorkey/");
            (method.to_owned(), if whole { format!("/{path}") } else { format!("{INSTANCE}/{path}") })
        })
        .collect();
    let routes: BTreeSet<_> =
        MANAGEMENT_ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(named.symmetric_difference(&routes).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}

#[test]
fn the_document_is_served_unchanged() {
    let world = World::new();
    let answer = http::send(world.server.address, "GET", "/openapi.json", &[], b"");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.body, DOCUMENT.as_bytes());
}

#[test]
fn requests_generated_from_the_document_never_cause_a_server_error() {
    let Some(schemathesis) = tool("schemathesis") else { return };
    let world = World::new();
    let application = Application::of(&world);
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/openapi_requests.py");
    let address = format!("http://{}", world.server.address);
    let output = command(&schemathesis, &world)
        .args(["run", &format!("{address}/openapi.json"), "--url", &address])
        .args(["--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing", "--max-examples", "30"])
        .args(["--mode", "all", "--seed", "1", "--no-color", "--generation-database", "none"])
        .env("SCHEMATHESIS_HOOKS", &hooks)
        .env("FLOORKEY_API_TOKEN", &application.token)
        .env("FLOORKEY_INSTANCE", &world.instance)
        .env("PYTHONPATH", hooks.parent().unwrap())
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    // The generated requests need not include operations on the server itself. They must include all operations of the
    // management API and the decision API.
    let tested = out.lines().find_map(|line| line.trim().strip_prefix("Tested: ")?.trim().parse::<usize>().ok());
    assert!(tested.is_some_and(|tested| tested >= MANAGEMENT_ROUTES.len() + 5), "{out}{err}");
}
