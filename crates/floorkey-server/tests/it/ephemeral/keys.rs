//! Which access keys a server in memory accepts.

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use super::{EphemeralServer, SEED};
use crate::server::Server;

#[test]
fn unknown_keys_act_as_the_operator_unless_keys_are_strict() {
    let (server, strict) = (EphemeralServer::new(), EphemeralServer::start(&["--strict-keys"]));
    assert_eq!(server.ready["UnknownKeysActAsOperator"], true);
    assert_eq!(strict.ready["UnknownKeysActAsOperator"], false);
    for id in ["AKIAIOSFODNN7EXAMPLE", "x", "any-key", "ASIAIOSFODNN7EXAMPLE"] {
        server.client(id, "any secret").ok(ListInstances, &json!({}));
        server.client(id, "any secret").ok(ListUsers, &json!({ "InstanceId": server.instance() }));
        strict.client(id, "any secret").refused(ListInstances, &json!({}), ExceptionKind::UnrecognizedClient);
    }
    // A signature of an unknown key is valid at any time and in any region.
    let mut scope = crate::sign::Scope::now();
    scope.at -= 90 * 24 * 60 * 60;
    scope.region = "eu-west-1".to_owned();
    let answer = server.client("AKIAIOSFODNN7EXAMPLE", "x").send_in(&scope, "GET", "/instance", "", b"");
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    for each in [&server, &strict] {
        each.operator().ok(ListInstances, &json!({}));
        each.client("test", "wrong").refused(ListInstances, &json!({}), ExceptionKind::InvalidSignature);
    }
}

#[test]
fn the_keys_of_the_seed_are_verified_and_act_for_their_users() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let keys = server.ready["AccessKeys"].as_array().unwrap().clone();
    let labels: Vec<_> = keys.iter().map(|key| key["Label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["ci", "laptop"]);
    assert_eq!((&keys[1]["AccessKeyId"], &keys[1]["SecretAccessKey"]), (&json!("test_ann"), &json!("secret-of-ann")));
    for key in &keys {
        assert_eq!((&key["Username"], &key["UserId"]), (&json!("ann"), &json!(server.user("ann"))));
        let (id, secret) = (key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap());
        let input = json!({ "InstanceId": server.instance(), "SecurityProfileId": server.profile("Supervisor") });
        server.client(id, secret).refused(DeleteSecurityProfile, &input, ExceptionKind::AccessDenied);
        server.client(id, "wrong").refused(ListInstances, &json!({}), ExceptionKind::InvalidSignature);
    }
    let reset = server.client("test_ann", "secret-of-ann").send("POST", "/floorkey/v1/reset", "", b"");
    assert_eq!(reset.header("x-amzn-errortype"), Some(ExceptionKind::AccessDenied.name()));
}

#[test]
fn a_key_that_the_server_knew_before_is_not_unknown() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let path = format!("/users/{}/access-keys", server.user("admin"));
    let issued = server.extension("POST", &path, &json!({ "Label": "x" }));
    let (id, secret) = (issued["AccessKeyId"].as_str().unwrap(), issued["SecretAccessKey"].as_str().unwrap());
    let (issued, ann) = (server.client(id, secret), server.client("test_ann", "secret-of-ann"));
    issued.ok(ListInstances, &json!({}));
    server.extension("DELETE", &format!("/access-keys/{id}"), &Value::Null);
    server.ok(DeleteUser, json!({ "UserId": server.user("ann") }));
    for client in [&issued, &ann] {
        client.refused(ListInstances, &json!({}), ExceptionKind::UnrecognizedClient);
    }
    server.reset();
    issued.refused(ListInstances, &json!({}), ExceptionKind::UnrecognizedClient);
    ann.ok(ListInstances, &json!({}));
}

#[test]
fn a_server_that_keeps_its_data_refuses_to_be_reset() {
    let server = Server::start_with(&[]);
    let answer = server.operator().send("POST", "/floorkey/v1/reset", "", b"");
    assert_eq!(answer.header("x-amzn-errortype"), Some(ExceptionKind::InvalidRequest.name()));
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("keeps its data") && message.contains("--ephemeral"), "{message}");
}
