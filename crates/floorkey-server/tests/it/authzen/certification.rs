//! Tests the certification cases of the AuthZEN standard: evaluations, batches and searches, for both the Core and the
//! Properties parts.

use std::path::Path;

use serde_json::{Value, json};

use super::{Application, records};

const CASES: &str = "authzen/certification-1.0-cases.json";

#[test]
fn every_certification_case_passes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(CASES);
    let Ok(cases) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return;
    };
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let world = records();
    let application = Application::of(&world);
    let mut answers: Vec<(String, Value)> = Vec::new();
    let mut failures = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let mut case = case.clone();
        if id == "c-4-5-2" {
            let first = &answers.iter().find(|(id, _)| id == "c-4-5-1").unwrap().1;
            case["body"]["page"]["token"] = first["page"]["next_token"].clone();
        }
        match run(&application, &case, &answers) {
            Ok(answer) => answers.push((id.to_owned(), answer)),
            Err(problem) => failures.push(format!("{id}: {problem}")),
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    assert_eq!(answers.len(), 56);
}

fn run(application: &Application, case: &Value, before: &[(String, Value)]) -> Result<Value, String> {
    let headers: Vec<(&str, &str)> = case["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let body = case["raw_body"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
    let path = case["path"].as_str().unwrap();
    let answer = application.send(case["method"].as_str().unwrap(), path, &headers, body.as_bytes());
    let expect = &case["expect"];
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let check = |sound: bool| if sound { Ok(()) } else { Err(format!("{} {text}, not {expect}", answer.status)) };
    check(expect["status"] == json!(answer.status))?;
    for (name, value) in &headers {
        if name.eq_ignore_ascii_case("x-request-id") {
            check(answer.header(name) == Some(value))?;
        }
    }
    check(answer.header("content-type") == Some("application/json"))?;
    if answer.status != 200 {
        check(answer.json().is_string())?;
        return Ok(Value::Null);
    }
    let answer = answer.json();
    for (member, wanted) in expect.as_object().unwrap() {
        check(match member.as_str() {
            "decision" => answer["decision"] == *wanted,
            "decisions" => {
                let decisions: Vec<_> =
                    answer["evaluations"].as_array().unwrap().iter().map(|one| &one["decision"]).collect();
                let wanted = wanted.as_array().unwrap();
                let same =
                    |(found, wanted): (&&Value, &Value)| found.is_boolean() && (wanted.is_null() || *found == wanted);
                decisions.len() == wanted.len() && decisions.iter().zip(wanted).all(same)
            }
            "results_include" => {
                let has = |wanted: &Value| {
                    let agrees =
                        |found: &Value| wanted.as_object().unwrap().iter().all(|(name, value)| found[name] == *value);
                    answer["results"].as_array().unwrap().iter().any(agrees)
                };
                wanted.as_array().unwrap().iter().all(has)
            }
            "results_equal" => answer["results"] == *wanted,
            "same_results_as" => before.iter().any(|(id, other)| wanted == id && other["results"] == answer["results"]),
            "page_required" | "next_token_string" => answer["page"]["next_token"].is_string(),
            _ => true,
        })?;
    }
    Ok(answer)
}

#[test]
fn the_fixture_is_decided_as_expected() {
    let world = records();
    let application = Application::of(&world);
    let ask = |subject: &str, action: Value, resource: &str| {
        let mut question = super::question(subject, "", "record", resource);
        question["action"] = action;
        application.reason(&question)
    };
    let named = |name: &str| json!({ "name": name });
    let delete = |soft: bool| json!({ "name": "delete", "properties": { "soft": soft } });
    for (subject, action, resource, reason) in [
        ("alice", named("read"), "record-1", "granted"),
        ("alice", named("write"), "record-1", "granted_in_scope"),
        ("bob", named("read"), "record-1", "granted"),
        ("bob", named("write"), "record-1", "out_of_scope"),
        ("alice", named("write"), "record-2", "out_of_scope"),
        ("bob", named("write"), "record-2", "granted_in_scope"),
        ("alice", delete(true), "record-1", "granted_in_scope"),
        ("alice", delete(false), "record-1", "out_of_scope"),
        ("alice", named("delete"), "record-1", "out_of_scope"),
        ("bob", delete(true), "record-1", "not_granted"),
        // This record is not registered, so only the attributes in the request are used.
        ("alice", named("read"), "record-3", "granted"),
        ("alice", named("write"), "record-3", "out_of_scope"),
        ("alice", named("print"), "record-1", "unknown_permission"),
    ] {
        assert_eq!(ask(subject, action.clone(), resource), reason, "{subject} {action} {resource}");
    }
}

#[test]
fn supplied_attributes_take_precedence_over_stored_ones() {
    let world = records();
    let application = Application::of(&world);
    let said = |subject: &str, of_subject: Value, resource: &str, of_resource: Value| {
        let mut question = super::question(subject, "write", "record", resource);
        question["subject"]["properties"] = of_subject;
        question["resource"]["properties"] = of_resource;
        application.reason(&question)
    };
    let nothing = || json!({});
    for (subject, of_subject, resource, of_resource, reason) in [
        ("alice", nothing(), "record-1", json!({ "status": "archived" }), "out_of_scope"),
        ("alice", nothing(), "record-2", json!({ "status": "active" }), "granted_in_scope"),
        ("alice", nothing(), "record-9", json!({ "tags": { "status": "active" } }), "granted_in_scope"),
        ("alice", nothing(), "record-1", json!({ "owner": "bob" }), "granted_in_scope"),
        ("alice", nothing(), "record-1", json!({ "status": ["active"] }), "out_of_scope"),
        ("alice", nothing(), "record-1", json!({ "status": null }), "granted_in_scope"),
        ("bob", json!({ "role": "clerk" }), "record-2", nothing(), "out_of_scope"),
        ("bob", json!({ "role": ["admin"] }), "record-2", nothing(), "out_of_scope"),
        ("bob", json!({ "team": "x" }), "record-2", nothing(), "granted_in_scope"),
        ("bob", nothing(), "record-2", nothing(), "granted_in_scope"),
    ] {
        let found = said(subject, of_subject.clone(), resource, of_resource.clone());
        assert_eq!(found, reason, "{subject} {of_subject} {resource} {of_resource}");
    }
}
