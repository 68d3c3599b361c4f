//! Tests API tokens. Tokens can be created, listed and revoked. Each token is shown only once, and never appears in
//! stored files or logs.

use std::path::Path;

use serde_json::{Value, json};

use crate::client::message;
use crate::program::Program;
use crate::world::{World, column, text};

#[test]
fn a_token_is_created_shown_once_listed_and_revoked() {
    let world = World::new();
    let input = json!({ "Label": "Order desk", "Scopes": ["search", "evaluate"], "ExpiresTime": 4_102_444_800_u64 });
    let made = world.extension("POST", "/api-tokens", &input);
    let token = text(&made["Token"]);
    let tail = token.strip_prefix("fk_").unwrap();
    assert!(tail.len() == 43 && tail.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
    world.extension("POST", "/api-tokens", &json!({ "Label": "Reports", "Scopes": ["search"] }));

    let list = world.extension("GET", "/api-tokens", &Value::Null);
    assert_eq!(column(&list["ApiTokens"], "Label"), ["Order desk", "Reports"]);
    assert_eq!(list["ApiTokens"][0]["Scopes"], json!(["evaluate", "search"]));
    assert_eq!(list["ApiTokens"][0]["ExpiresTime"], 4_102_444_800_u64);
    assert_eq!(list["ApiTokens"][1].get("ExpiresTime"), None);
    assert!(!list.to_string().contains("fk_"), "{list}");

    let path = format!("/api-tokens/{}", text(&made["ApiTokenId"]));
    world.extension("DELETE", &path, &Value::Null);
    let list = world.extension("GET", "/api-tokens", &Value::Null);
    assert_eq!(column(&list["ApiTokens"], "Label"), ["Reports"]);
    let again = world.try_extension(&world.operator, "DELETE", &path, &Value::Null);
    assert_eq!(again.header("x-amzn-errortype"), Some("ResourceNotFoundException"));
}

#[test]
fn errors_name_the_invalid_input() {
    let world = World::new();
    world.extension("POST", "/api-tokens", &json!({ "Label": "Taken", "Scopes": ["search"] }));
    for (body, error, words) in [
        (json!({}), "SerializationException", "Label"),
        (json!({ "Label": "x" }), "SerializationException", "Scopes"),
        (json!({ "Label": "x", "Scopes": [] }), "InvalidParameterException", "`evaluate`, `search` or both"),
        (json!({ "Label": "x", "Scopes": ["admin"] }), "InvalidParameterException", "evaluate and search"),
        (json!({ "Label": "", "Scopes": ["search"] }), "InvalidParameterException", "Label"),
        (json!({ "Label": "taken", "Scopes": ["search"] }), "DuplicateResourceException", "Taken"),
        (
            json!({ "Label": "x", "Scopes": ["search"], "ExpiresTime": 1 }),
            "InvalidParameterException",
            "must be in the future",
        ),
        (json!({ "Label": "x", "Scopes": ["search"], "Token": "fk_mine" }), "SerializationException", "Token"),
        (
            json!({ "Label": "x", "Scopes": ["search"], "SubjectTypes": [] }),
            "InvalidParameterException",
            "SubjectTypes",
        ),
        (
            json!({ "Label": "x", "Scopes": ["search"], "ResourceTypes": { "user": "till" } }),
            "InvalidParameterException",
            "no application is registered with this namespace",
        ),
    ] {
        let answer = world.try_extension(&world.operator, "POST", "/api-tokens", &body);
        assert_eq!(answer.header("x-amzn-errortype"), Some(error), "{body}: {}", message(&answer));
        assert!(message(&answer).contains(words), "{body}: {}", message(&answer));
    }
}

#[test]
fn settings_are_listed_changed_individually_and_audited() {
    let world = World::new();
    world.extension("PUT", "/applications/till", &json!({ "Permissions": [{ "Name": "open" }] }));
    let plain = world.extension("POST", "/api-tokens", &json!({ "Label": "Till", "Scopes": ["search"] }));
    let shown = |token: &Value| json!([token["SubjectTypes"], token["ResourceTypes"], token["Details"]]);
    assert_eq!(shown(&plain), json!([["user"], {}, false]));
    let path = format!("/api-tokens/{}", text(&plain["ApiTokenId"]));
    for (body, expected) in [
        (json!({ "SubjectTypes": ["identity", "agent"] }), json!([["agent", "identity"], {}, false])),
        (json!({ "ResourceTypes": { "user": "till" } }), json!([["agent", "identity"], { "user": "till" }, false])),
        (json!({ "Details": true }), json!([["agent", "identity"], { "user": "till" }, true])),
        (json!({ "SubjectTypes": ["user"], "ResourceTypes": {} }), json!([["user"], {}, true])),
    ] {
        let changed = world.extension("POST", &path, &body);
        assert!(changed["Revision"].is_u64(), "{changed}");
        let list = world.extension("GET", "/api-tokens", &Value::Null);
        assert_eq!(shown(&list["ApiTokens"][0]), expected);
    }
    let audit = world.extension("GET", "/audit?maxResults=1", &Value::Null);
    let event = &audit["Events"][0];
    assert_eq!((&event["Act"], &event["Targets"][0]["Kind"]), (&json!("UpdateApiToken"), &json!("ApiToken")));
    assert_eq!(column(&event["Changes"], "Field"), ["subject_types", "resource_types"], "{event}");
    for (path, body, words) in [
        (path.as_str(), json!({}), "There is nothing to change"),
        (&path, json!({ "SubjectTypes": [] }), "the default is `user`"),
        (
            &path,
            json!({ "ResourceTypes": { "a": "till", "b": "till" } }),
            "specify a different namespace for each type",
        ),
        (&path, json!({ "Label": "Other" }), "unknown field `Label`"),
        ("/api-tokens/nobody", json!({ "Details": true }), "nobody"),
    ] {
        let answer = world.try_extension(&world.operator, "POST", path, &body);
        assert!(answer.status != 200 && message(&answer).contains(words), "{body}: {}", message(&answer));
    }
    let admin = world.server.as_user(&world.instance, &world.user("admin"));
    let answer = world.try_extension(&admin, "POST", &path, &json!({ "Details": false }));
    assert!(message(&answer).contains("recent sign-in"), "{}", message(&answer));
}

#[test]
fn an_administrators_access_key_cannot_create_tokens() {
    let world = World::new();
    let admin = world.server.as_user(&world.instance, &world.user("admin"));
    let input = json!({ "Label": "x", "Scopes": ["search"] });
    let answer = world.try_extension(&admin, "POST", "/api-tokens", &input);
    assert_eq!(answer.header("x-amzn-errortype"), Some("AccessDeniedException"));
    assert!(message(&answer).contains("recent sign-in"), "{}", message(&answer));
    assert_eq!(world.extension("GET", "/api-tokens", &Value::Null), json!({ "ApiTokens": [] }));
    // An administrator can use an access key to list all tokens and to revoke tokens that other users created.
    let made = world.extension("POST", "/api-tokens", &input);
    assert_eq!(world.try_extension(&admin, "GET", "/api-tokens", &Value::Null).status, 200);
    let path = format!("/api-tokens/{}", text(&made["ApiTokenId"]));
    assert_eq!(world.try_extension(&admin, "DELETE", &path, &Value::Null).status, 200);
    // Users who are not administrators can't list API tokens.
    let editor = world.somebody("editor", &["Users.Edit", "SecurityProfiles.Edit"]);
    let answer = world.try_extension(&editor, "GET", "/api-tokens", &Value::Null);
    assert_eq!(answer.header("x-amzn-errortype"), Some("AccessDeniedException"));
}

#[test]
fn the_text_of_a_token_is_never_stored_or_logged() {
    let mut program = Program::start(&["--log", "trace"]);
    let operator = program.operator.clone();
    let input = json!({ "Label": "Order desk", "Scopes": ["search"] }).to_string();
    let made = program.extension(&operator, "POST", "/api-tokens", Some(&input));
    let token = made.text("Token").to_owned();

    let audit = program.extension(&operator, "GET", "/audit?maxResults=1", None);
    assert_eq!(audit.body["Events"][0]["Act"], "CreateApiToken");
    assert!(!audit.body.to_string().contains(&token));
    program.stop();
    assert!(!program.printed("err.txt").is_empty(), "the log tells nothing: the test tests nothing");
    let tail = token.strip_prefix("fk_").unwrap();
    for name in ["out.txt", "err.txt"] {
        assert!(!program.printed(name).contains(tail), "{name}");
    }
    let mut files = 0;
    search(&program.folder().join("data"), tail.as_bytes(), &mut files);
    assert!(files > 0);
}

/// Asserts that no file in the folder or its subfolders contains the given bytes. Adds the number of checked files to
/// `files`.
fn search(folder: &Path, bytes: &[u8], files: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, bytes, files);
            continue;
        }
        *files += 1;
        let content = std::fs::read(&path).unwrap();
        assert!(!content.windows(bytes.len()).any(|window| window == bytes), "{}", path.display());
    }
}
