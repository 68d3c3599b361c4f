//! Tests the HTTP side of AuthZEN: tokens, content types, sizes and headers.

use std::time::Duration;

use floorkey_aws::operation::Operation;
use serde_json::json;

use super::{ACTIONS, Application, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS, question};
use crate::http;
use crate::sign::seconds;
use crate::world::{World, text};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn whole() -> String {
    question("admin", "Users.Edit", "instance", "floorkey").to_string()
}

#[test]
fn a_token_allows_only_its_scopes_until_it_is_revoked() {
    let world = World::new();
    let evaluator = Application::with_scopes(&world, "evaluator", &["evaluate"]);
    let searcher = Application::with_scopes(&world, "searcher", &["search"]);
    let search = json!({ "subject": { "type": "user" }, "action": { "name": "Users.Edit" },
        "resource": { "type": "instance", "id": "floorkey" } });
    let question = question("admin", "Users.Edit", "instance", "floorkey");
    assert_eq!(evaluator.try_ask(EVALUATION, &question).status, 200);
    assert_eq!(searcher.try_ask(SUBJECTS, &search).status, 200);
    for (answer, scope) in [
        (evaluator.try_ask(SUBJECTS, &search), "search"),
        (evaluator.try_ask(RESOURCES, &search), "search"),
        (evaluator.try_ask(ACTIONS, &search), "search"),
        (searcher.try_ask(EVALUATION, &question), "evaluate"),
        (searcher.try_ask(EVALUATIONS, &question), "evaluate"),
    ] {
        assert_eq!(answer.status, 403);
        assert!(text(&answer.json()).contains(&format!("`{scope}`")));
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains("insufficient_scope") && challenge.contains(scope), "{challenge}");
    }
    let list = world.extension("GET", "/api-tokens", &json!(null));
    let id = text(
        &list["ApiTokens"].as_array().unwrap().iter().find(|token| token["Label"] == "evaluator").unwrap()["ApiTokenId"],
    );
    world.extension("DELETE", &format!("/api-tokens/{id}"), &json!(null));
    let answer = evaluator.try_ask(EVALUATION, &question);
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").unwrap().contains("invalid_token"));
    assert_eq!(searcher.try_ask(SUBJECTS, &search).status, 200);
}

#[test]
fn an_expired_token_allows_nothing() {
    let world = World::new();
    // The token is valid for two to three seconds.
    let end = seconds() + 3;
    let input = json!({ "Label": "brief", "Scopes": ["evaluate"], "ExpiresTime": end });
    let token = text(&world.extension("POST", "/api-tokens", &input)["Token"]);
    let brief = Application { address: world.server.address, token };
    let question = question("admin", "Users.Edit", "instance", "floorkey");
    let answer = brief.try_ask(EVALUATION, &question);
    // On a very slow machine, the token may already have expired.
    assert!(answer.status == 200 || seconds() >= end, "{}", answer.status);
    while seconds() < end {
        std::thread::sleep(Duration::from_millis(100));
    }
    for path in [EVALUATION, EVALUATIONS, SUBJECTS] {
        let answer = brief.try_ask(path, &question);
        assert_eq!(answer.status, 401, "{path}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(text(&answer.json()).contains("expired"), "{path}");
    }
}

#[test]
fn without_a_valid_token_the_body_is_not_read() {
    let world = World::new();
    let application = Application::of(&world);
    let send = |authorization: &[&str], body: &str| {
        let headers = authorization.iter().map(|value| ("Authorization".to_owned(), (*value).to_owned()));
        let headers: Vec<_> = headers.chain([("Content-Type".to_owned(), "application/json".to_owned())]).collect();
        http::send(world.server.address, "POST", EVALUATION, &headers, body.as_bytes())
    };
    let good = format!("Bearer {}", application.token);
    assert_eq!(send(&[&good], &whole()).status, 200);
    assert_eq!(send(&[&good.replace("Bearer", "bearer")], &whole()).status, 200);
    let long = format!("Bearer {}", "x".repeat(10_000));
    for wrong in
        [&[][..], &["Bearer"], &["Bearer fk_wrong"], &[&application.token], &["Basic YTpi"], &[&good, &good], &[&long]]
    {
        let answer = send(wrong, "no JSON");
        assert_eq!(answer.status, 401, "{wrong:?}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer "), "{wrong:?}");
        assert!(answer.json().is_string() && answer.header("x-request-id").is_some());
    }
}

#[test]
fn a_token_gives_access_to_its_own_instance_only() {
    let world = World::new();
    let first = Application::of(&world);
    let input = json!({ "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "second",
        "InboundCallsEnabled": true, "OutboundCallsEnabled": true });
    let second = World { instance: text(&world.operator.ok(Operation::CreateInstance, &input)["Id"]), ..world };
    let application = Application::with_scopes(&second, "second", &["evaluate"]);
    assert_eq!(first.reason(&question("admin", "Users.Edit", "instance", "floorkey")), "granted");
    assert_eq!(application.reason(&question("admin", "Users.Edit", "instance", "second")), "unknown_user");
    assert_eq!(first.reason(&question("admin", "Users.Edit", "instance", "second")), "unknown_target");
}

#[test]
fn only_json_of_limited_size_and_depth_is_accepted() {
    let world = World::new();
    let application = Application::of(&world);
    let status = |headers: &[(&str, &str)], body: &[u8]| application.send("POST", EVALUATION, headers, body).status;
    let good = whole();
    for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON;x=y", " application/json "] {
        assert_eq!(status(&[("Content-Type", kind)], good.as_bytes()), 200, "{kind}");
    }
    for kind in ["text/plain", "application/jsonp", "application/x-www-form-urlencoded", "application/problem+json", ""]
    {
        assert_eq!(status(&[("Content-Type", kind)], good.as_bytes()), 400, "{kind}");
    }
    assert_eq!(status(&[], good.as_bytes()), 400);
    assert_eq!(status(&[JSON, ("Content-Encoding", "gzip")], good.as_bytes()), 400);

    let nested = |depth: usize| good.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(depth), "]".repeat(depth)), 1);
    let padded = |bytes: usize| format!("{good}{}", " ".repeat(bytes - good.len()));
    let twice = good.replacen('{', "{\"action\":{\"name\":\"x\"},", 1);
    let inside = good.replace("\"type\":\"user\"", "\"type\":\"user\",\"properties\":{\"a\":1,\"a\":2}");
    for (body, wanted) in [
        (nested(31), 200),
        (nested(32), 400),
        (nested(100_000), 400),
        (padded(1024 * 1024), 200),
        (padded(1024 * 1024 + 1), 413),
        (padded(5 * 1024 * 1024), 413),
        (twice, 400),
        (inside, 400),
        (format!("{good}{good}"), 400),
        (format!("\u{feff}{good}"), 400),
        (String::new(), 400),
    ] {
        let answer = application.send("POST", EVALUATION, &[JSON], body.as_bytes());
        let start: String = body.chars().take(80).collect();
        assert_eq!(answer.status, wanted, "{start} {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.json().is_string(), wanted != 200);
    }
    assert_eq!(status(&[JSON], &[b'"', 0xff, b'"']), 400);
    let batch = |items: usize| json!({ "evaluations": vec![json!({}); items] });
    assert_eq!(application.try_ask(EVALUATIONS, &batch(1000)).json()["evaluations"].as_array().unwrap().len(), 1000);
    assert!(application.refused(EVALUATIONS, &batch(1001)).contains("1000"));
}

#[test]
fn a_body_can_arrive_in_pieces() {
    use std::io::{Read as _, Write as _};
    let world = World::new();
    let application = Application::of(&world);
    let body = whole();
    for chunked in [false, true] {
        let mut stream = std::net::TcpStream::connect(world.server.address).unwrap();
        let length =
            if chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {}", body.len()) };
        let head = format!(
            "POST {EVALUATION} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n{length}\r\n\r\n",
            application.token
        );
        stream.write_all(head.as_bytes()).unwrap();
        for piece in body.as_bytes().chunks(20) {
            std::thread::sleep(Duration::from_millis(5));
            if chunked {
                stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).unwrap();
            }
            stream.write_all(piece).unwrap();
            if chunked {
                stream.write_all(b"\r\n").unwrap();
            }
        }
        if chunked {
            stream.write_all(b"0\r\n\r\n").unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"decision\":true"), "{answer}");
    }
}

#[test]
fn the_request_id_is_returned_in_every_response() {
    let world = World::new();
    let application = Application::of(&world);
    let id_of = |path: &str, id: &str, body: &str| {
        let answer = application.send("POST", path, &[JSON, ("X-Request-ID", id)], body.as_bytes());
        (answer.status, answer.header("x-request-id").unwrap_or_default().to_owned())
    };
    let id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
    assert_eq!(id_of(EVALUATION, id, &whole()), (200, id.to_owned()));
    assert_eq!(id_of(EVALUATION, id, "{"), (400, id.to_owned()));
    assert_eq!(id_of("/access/v1/nothing", id, "{"), (404, id.to_owned()));
    assert_eq!(id_of(&format!("{EVALUATION}?a=b"), "!\"#${jndi:ldap://x}", &whole()).1, "!\"#${jndi:ldap://x}");
    for unfit in ["x".repeat(129), "two words".to_owned(), "é".to_owned(), "\u{1b}[31m".to_owned()] {
        let (status, found) = id_of(EVALUATION, &unfit, &whole());
        assert!(status == 200 || status == 400, "{status}");
        assert!(found != unfit && (status == 400 || uuid::Uuid::try_parse(&found).is_ok()), "{found}");
    }
    let answer = application.send("POST", EVALUATION, &[JSON], b"{");
    assert!(uuid::Uuid::try_parse(answer.header("x-request-id").unwrap()).is_ok());
}

#[test]
fn only_the_methods_and_paths_of_the_standard_are_accepted() {
    let world = World::new();
    let application = Application::of(&world);
    for path in [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS] {
        for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
            let answer = application.send(method, path, &[], b"");
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method} {path}");
        }
    }
    for path in ["/access/v1", "/access/v1/", "/access/v1/evaluation/", "/access/v1/search", "/access/v1/search/user"] {
        assert_eq!(application.send("POST", path, &[JSON], b"{}").status, 404, "{path}");
    }
    // The server handles a request with a SigV4 signature as a Connect API call, regardless of the path.
    let signed = world.operator.send("POST", EVALUATION, "", whole().as_bytes());
    assert_eq!(signed.header("x-amzn-errortype"), Some("UnknownOperationException"));
}

#[test]
fn metadata_contains_the_endpoints_whatever_host_is_requested() {
    // Only the server's listen address is configured.
    let world = World::new();
    let public = format!("http://{}", world.server.address);
    let get = |path: &str| {
        http::send(world.server.address, "GET", path, &[("Host".to_owned(), "evil.example".to_owned())], b"")
    };
    let root = "/.well-known/authzen-configuration";
    let answer = get(root);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert!(answer.header("cache-control").unwrap().contains("max-age"));
    let metadata = answer.json();
    assert_eq!(metadata["policy_decision_point"], public);
    for (key, path) in [
        ("access_evaluation_endpoint", EVALUATION),
        ("access_evaluations_endpoint", EVALUATIONS),
        ("search_subject_endpoint", SUBJECTS),
        ("search_resource_endpoint", RESOURCES),
        ("search_action_endpoint", ACTIONS),
    ] {
        assert_eq!(metadata[key], format!("{public}{path}"));
    }
    // An unknown alias gets the same response, so the response does not reveal whether the instance exists.
    for name in ["floorkey", world.instance.as_str(), "nobody"] {
        let of = get(&format!("{root}/{name}")).json();
        assert_eq!(of["policy_decision_point"], format!("{public}/{name}"));
        assert_eq!(of["access_evaluation_endpoint"], metadata["access_evaluation_endpoint"]);
    }
    let post = http::send(world.server.address, "POST", root, &[], b"");
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn requests_are_counted_by_endpoint_and_status() {
    let world = World::new();
    let application = Application::of(&world);
    application.ask(EVALUATION, &question("admin", "Users.Edit", "instance", "floorkey"));
    application.refused(EVALUATION, &json!({}));
    let metrics = http::send(world.server.address, "GET", "/metrics", &[], b"");
    let metrics = String::from_utf8(metrics.body).unwrap();
    for line in [
        "floorkey_calls_total{surface=\"authzen\",operation=\"evaluation\",status=\"200\"} 1",
        "floorkey_calls_total{surface=\"authzen\",operation=\"evaluation\",status=\"400\"} 1",
        "floorkey_call_duration_seconds_bucket{le=\"+Inf\"}",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
