//! Tests invariants of all requests: no input causes a server error, and a batch returns the same decisions as single
//! evaluations.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{ACTIONS, Application, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS, records};

const PATHS: [&str; 5] = [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS];

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

/// Generates JSON values. Some are valid parts of a request, and some are arbitrary.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "user", "record", "alice", "bob", "record-1", "read", "write", "", "instance", "User"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = prop_oneof![
        4 => prop::sample::select(vec![
            "subject", "action", "resource", "context", "type", "id", "name", "properties", "evaluations", "options",
            "evaluations_semantic", "page", "limit", "token", "floorkey", "explain", "at_least_revision", "tags", "hierarchyGroup",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(names.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Generates evaluation requests that can have arbitrary or missing parts.
fn nearly() -> impl Strategy<Value = Value> {
    let part = |good: Value| prop_oneof![8 => Just(Some(good)), 1 => value().prop_map(Some), 1 => Just(None)];
    let good = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    (part(good("user", "alice")), part(json!({ "name": "write" })), part(good("record", "record-1")), value(), value())
        .prop_map(|(subject, action, resource, extra, page)| {
            let mut question = json!({ "page": page, "context": extra.clone(), "evaluations": [extra, {}] });
            for (name, part) in [("subject", subject), ("action", action), ("resource", resource)] {
                if let Some(part) = part {
                    question[name] = part;
                }
            }
            question
        })
}

#[test]
fn no_input_causes_a_server_error() {
    let world = records();
    let application = Application::of(&world);
    let headers = [("Content-Type", "application/json")];
    let send = |path: &str, body: &[u8]| {
        let answer = application.send("POST", path, &headers, body);
        // The server responds with 503 only if the request waits for a revision that never exists.
        let sound =
            matches!(answer.status, 200 | 400) || (answer.status == 503 && answer.header("retry-after").is_some());
        prop_assert!(sound, "{path} {}: {}", String::from_utf8_lossy(body), answer.status);
        Ok(answer)
    };
    runner(150)
        .run(&(prop::sample::select(&PATHS[..]), prop::collection::vec(any::<u8>(), 0..200)), |(path, body)| {
            send(path, &body).map(|_| ())
        })
        .unwrap();
    runner(300)
        .run(&(prop::sample::select(&PATHS[..]), prop_oneof![value(), nearly()]), |(path, body)| {
            send(path, body.to_string().as_bytes()).map(|_| ())
        })
        .unwrap();
}

#[test]
fn a_batch_returns_the_same_decisions_as_single_evaluations() {
    let world = records();
    let application = Application::of(&world);
    let pick = |of: &'static [&'static str]| prop::sample::select(of);
    let properties = || {
        prop_oneof![
            Just(Value::Null),
            Just(json!({ "status": "archived" })),
            Just(json!({ "soft": true, "role": "admin" }))
        ]
    };
    let entity = |kinds, ids| {
        (pick(kinds), pick(ids), properties())
            .prop_map(|(kind, id, said)| json!({ "type": kind, "id": id, "properties": said }))
    };
    let question = (
        entity(&["user", "service"], &["alice", "bob", "admin", "nobody"]),
        (pick(&["read", "write", "delete", "Users.Edit", "print"]), properties()),
        entity(&["record", "user", "instance", "other"], &["record-1", "record-2", "record-3", "alice", "floorkey"]),
    )
        .prop_map(|(subject, (action, said), resource)| {
            json!({ "subject": subject, "action": { "name": action, "properties": said }, "resource": resource })
        });
    runner(40)
        .run(&prop::collection::vec(question, 1..12), |questions| {
            let detailed = json!({ "evaluations": questions, "context": { "floorkey": {} } });
            let batch = application.ask(EVALUATIONS, &detailed);
            let one_by_one: Vec<Value> =
                questions.iter().map(|question| application.ask(EVALUATION, question)).collect();
            prop_assert_eq!(&batch["evaluations"], &Value::from(one_by_one.clone()));
            let bare: Vec<Value> = one_by_one.iter().map(|answer| json!({ "decision": answer["decision"] })).collect();
            let batch = application.ask(EVALUATIONS, &json!({ "evaluations": questions }));
            prop_assert_eq!(&batch["evaluations"], &Value::from(bare));
            Ok(())
        })
        .unwrap();
}
