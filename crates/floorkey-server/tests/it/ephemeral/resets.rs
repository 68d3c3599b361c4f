//! Resets of a server in memory.

use std::time::{Duration, Instant};

use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use super::{EphemeralServer, SEED};
use crate::visitor::Visitor;

/// Returns the revision on which a decision is based, and waits for the minimum revision if one is given.
fn revision(server: &EphemeralServer, minimum: Option<u64>) -> u64 {
    let mut question = crate::authzen::question("ann", "Users.Edit", "user", "ann");
    if let Some(minimum) = minimum {
        question["context"] = json!({ "floorkey": { "at_least_revision": minimum } });
    }
    let answer = server.ask("token-of-bookings", &question);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["context"]["revision"].as_u64().unwrap()
}

/// Makes a change of every kind.
fn change_everything(server: &EphemeralServer) {
    let (ann, ben) = (server.user("ann"), server.user("ben"));
    server.extension("POST", &format!("/users/{ann}/login"), &json!({ "Username": "ann.lee" }));
    server.ok(UpdateUserIdentityInfo, json!({ "UserId": ann, "IdentityInfo": { "FirstName": "A", "LastName": "B" } }));
    server.ok(DeleteUser, json!({ "UserId": ben }));
    server.ok(UpdateSecurityProfile, json!({ "SecurityProfileId": server.profile("Agent"), "Permissions": [] }));
    server.ok(CreateSecurityProfile, json!({ "SecurityProfileName": "New", "Permissions": ["Users.View"] }));
    server.ok(CreateUserHierarchyGroup, json!({ "Name": "Spain" }));
    server.ok(UpdateInstanceAttribute, json!({ "AttributeType": "EARLY_MEDIA", "Value": "true" }));
    let queue = server.id_in(ListQueues, "QueueSummaryList", "Support");
    server.ok(UpdateQueueName, json!({ "QueueId": queue, "Name": "Other" }));
    let prompt = server.id_in(ListPrompts, "PromptSummaryList", "Welcome");
    server.ok(DeletePrompt, json!({ "PromptId": prompt }));
    server.extension("DELETE", "/applications/bookings", &Value::Null);
    server.extension("PUT", "/guard", &json!({ "Mode": "warn", "Reason": "test" }));
    server.extension("POST", "/api-tokens", &json!({ "Label": "new", "Scopes": ["search"] }));
    server.extension("POST", &format!("/users/{}/invite", server.user("cleo")), &json!({}));
    let input = json!({
        "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "second", "InboundCallsEnabled": true,
        "OutboundCallsEnabled": true,
    });
    server.operator().ok(CreateInstance, &input);
}

#[test]
fn a_reset_restores_everything_and_the_revision_goes_on() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let (before, first) = (server.content(), revision(&server, None));
    for round in 0..3 {
        change_everything(&server);
        let changed = revision(&server, None);
        assert_ne!(server.content(), before, "round {round}");
        let reset = server.reset();
        assert!(first < changed && changed < reset, "{first} < {changed} < {reset}");
        assert_eq!(revision(&server, Some(reset)), reset);
        let after = server.content();
        for (after, before) in after.iter().zip(&before) {
            assert_eq!(after, before, "round {round}");
        }
        assert_eq!(server.operator().ok(ListInstances, &json!({}))["InstanceSummaryList"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_deleted_instance_returns_with_a_later_revision() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let before = revision(&server, None);
    server.operator().ok(DeleteInstance, &json!({ "InstanceId": server.instance() }));
    let reset = server.reset();
    assert!(reset > before + 1, "deleting an instance is a revision too: {before}, {reset}");
    assert_eq!(revision(&server, None), reset);
}

#[test]
fn a_reset_ends_sessions_and_forgets_failed_sign_ins_and_emails() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let administrator = || {
        let browser = Visitor::at(server.address());
        browser.sign_in("admin", "Floorkey-1");
        browser
    };
    let signed_in = administrator();
    let attempt = |password: &str| {
        let form = [("username", "ann"), ("password", password)];
        Visitor::at(server.address()).post("/connect/login", &form).status
    };
    (0..5).for_each(|_| assert_eq!(attempt("Wr0ng-password"), 401));
    assert_eq!(attempt("Passw0rd"), 401, "further attempts have to wait");
    server.extension("POST", &format!("/users/{}/invite", server.user("cleo")), &json!({}));
    let started = Instant::now();
    while !signed_in.see("/connect/outbox").contains("cleo@example.com") {
        assert!(started.elapsed() < Duration::from_secs(10), "the email was not sent");
    }
    server.reset();
    assert_eq!(signed_in.get("/connect/users").status, 303);
    let browser = administrator();
    assert!(!browser.see("/connect/outbox").contains("cleo@example.com"));
    assert_eq!(attempt("Passw0rd"), 303);
}

#[test]
fn a_signature_that_was_used_before_a_reset_can_be_used_again() {
    let server = EphemeralServer::new();
    let path = format!("/security-profiles/{}", server.instance());
    let body = br#"{"SecurityProfileName":"Night team","Permissions":["Users.View"]}"#;
    let host = server.address().to_string();
    let request = crate::sign::Unsigned { method: "PUT", path: &path, query: "", host: &host, body };
    let mut headers = crate::sign::sign(&request, &server.operator().key, &crate::sign::Scope::now());
    headers.push(("Host".to_owned(), host.clone()));
    headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    let send = || crate::http::send(server.address(), "PUT", &path, &headers, body).status;
    assert_eq!(send(), 200);
    assert_ne!(send(), 200);
    server.reset();
    assert_eq!(send(), 200);
}

#[test]
fn requests_during_resets_are_answered() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let running = || !stop.load(std::sync::atomic::Ordering::Relaxed);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut last = 0;
                    while running() {
                        let now = revision(&server, Some(last));
                        assert!(now >= last, "{last} {now}");
                        last = now;
                    }
                })
            })
            .collect();
        let writer = scope.spawn(|| {
            let mut created = 0;
            let operator = server.operator();
            while running() {
                let path = format!("/user-hierarchy-groups/{}", server.instance());
                let body = json!({ "Name": format!("Group {created}") }).to_string();
                let answer = operator.send("PUT", &path, "", body.as_bytes());
                // A change can arrive while the previous service stops.
                assert!([200, 503].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
                created += u32::from(answer.status == 200);
            }
            created
        });
        let revisions: Vec<_> = (0..20).map(|_| server.reset()).collect();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(revisions.is_sorted_by(|one, next| one < next), "{revisions:?}");
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        assert!(writer.join().unwrap() > 0);
    });
}
