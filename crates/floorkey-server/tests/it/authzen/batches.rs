//! Tests batch requests: the three evaluation semantics, default values, and batches with one invalid item.

use serde_json::{Value, json};

use super::{Application, EVALUATION, EVALUATIONS, question, records};

fn decisions(answer: &Value) -> Vec<bool> {
    answer["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].as_bool().unwrap()).collect()
}

#[test]
fn a_batch_ends_as_its_semantic_defines() {
    let world = records();
    let application = Application::of(&world);
    let items =
        |actions: &[&str]| -> Value { actions.iter().map(|name| json!({ "action": { "name": name } })).collect() };
    let ask = |semantic: Value, actions: &[&str]| {
        let mut body = question("bob", "read", "record", "record-1");
        body["evaluations"] = items(actions);
        body["options"] = json!({ "evaluations_semantic": semantic, "another": 1 });
        decisions(&application.ask(EVALUATIONS, &body))
    };
    let mixed = ["read", "write", "read", "delete"];
    assert_eq!(ask(json!("execute_all"), &mixed), [true, false, true, false]);
    assert_eq!(ask(Value::Null, &mixed), [true, false, true, false]);
    assert_eq!(ask(json!("deny_on_first_deny"), &mixed), [true, false]);
    assert_eq!(ask(json!("permit_on_first_permit"), &mixed), [true]);
    assert_eq!(ask(json!("permit_on_first_permit"), &["write", "delete", "read", "read"]), [false, false, true]);
    assert_eq!(ask(json!("deny_on_first_deny"), &["read", "read"]), [true, true]);
    assert_eq!(ask(json!("permit_on_first_permit"), &["write", "write"]), [false, false]);
    let mut body = question("bob", "read", "record", "record-1");
    body["evaluations"] = items(&mixed);
    body["options"] = json!({ "evaluations_semantic": "any" });
    assert!(application.refused(EVALUATIONS, &body).contains("deny_on_first_deny"));
}

#[test]
fn an_item_replaces_a_default_entirely() {
    let world = records();
    let application = Application::of(&world);
    let mut body = question("bob", "write", "record", "record-2");
    body["subject"]["properties"] = json!({ "role": "clerk" });
    body["evaluations"] = json!([
        {},
        // The default subject's properties are not merged into the item's subject.
        { "subject": { "type": "user", "id": "bob" } },
        // If an item has a subject without an ID, the default subject's ID is not merged into it.
        { "subject": { "type": "user" } },
        { "subject": null },
        { "resource": { "type": "record", "id": "record-1" } },
    ]);
    let answer = application.ask(EVALUATIONS, &body);
    assert_eq!(decisions(&answer), [false, true, false, false, false]);
    let message = |at: usize| answer["evaluations"][at]["context"]["error"]["message"].as_str().unwrap();
    assert!(message(2).contains("`evaluations[2].subject.id` is missing"), "{answer}");
    assert!(message(3).contains("`evaluations[3].subject` must be an object, not null"), "{answer}");
    assert_eq!(answer["evaluations"][3]["context"]["error"]["status"], 400);
    assert_eq!(answer.get("decision"), None);
}

#[test]
fn an_invalid_item_ends_a_batch_that_stops_at_the_first_denial() {
    let world = records();
    let application = Application::of(&world);
    let mut body = question("alice", "read", "record", "record-1");
    body["evaluations"] = json!([{}, { "action": 5 }, {}]);
    body["options"] = json!({ "evaluations_semantic": "deny_on_first_deny" });
    assert_eq!(decisions(&application.ask(EVALUATIONS, &body)), [true, false]);
    // The endpoint for single evaluations ignores the batch items in a request.
    let answer = application.ask(EVALUATION, &body);
    assert_eq!(answer["decision"], true);
}

#[test]
fn a_batch_without_items_is_a_single_evaluation() {
    let world = records();
    let application = Application::of(&world);
    let whole = question("alice", "read", "record", "record-1");
    for evaluations in [json!([]), Value::Null] {
        let mut body = whole.clone();
        body["evaluations"] = evaluations;
        assert_eq!(application.ask(EVALUATIONS, &body), application.ask(EVALUATION, &whole));
    }
    assert!(application.refused(EVALUATIONS, &json!({})).contains("`subject` is missing"));
    assert!(
        application.refused(EVALUATIONS, &json!({ "subject": "alice", "evaluations": [{}] })).contains("`subject`")
    );
}
