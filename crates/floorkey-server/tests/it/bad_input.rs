//! Tests that invalid input always causes a 4xx response and changes nothing. The response says which input is invalid
//! and what input would be valid.

use floorkey_aws::exception::ExceptionKind::{self, *};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::{Client, check, message, request, unsigned};
use crate::http::{self, Answer};
use crate::sign::{Scope, Unsigned, seconds, sign};
use crate::world::World;

fn kind(answer: &Answer) -> &str {
    answer.header("x-amzn-errortype").unwrap_or("none")
}

fn refused(answer: &Answer, expected: ExceptionKind, part: &str) {
    check(answer, None);
    assert_eq!(kind(answer), expected.name(), "{part}: {}", String::from_utf8_lossy(&answer.body));
    assert!(message(answer).contains(part), "{part}: {}", message(answer));
}

/// Returns the instance's state as shown by its API lists. Tests compare two states to check that nothing has changed.
fn state(world: &World) -> Vec<Value> {
    [Operation::SearchUsers, Operation::ListUsers, Operation::ListSecurityProfiles, Operation::ListQueues]
        .map(|operation| world.ok(operation, json!({})))
        .into()
}

#[test]
fn malformed_bodies_are_rejected() {
    let world = World::new();
    let before = state(&world);
    let (path, ..) = request(Operation::CreateSecurityProfile, &world.in_instance(json!({})));
    let put = |body: &[u8]| world.operator.send("PUT", &path, "", body);
    let deep = [r#"{"SecurityProfileName":"#, &"[".repeat(100_000), &"]".repeat(100_000)].concat();
    for (body, part) in [
        (&b"{"[..], "not valid JSON"),
        (b"[]", "must be a JSON object; it is a list"),
        (b"\"x\"", "must be a JSON object"),
        (b"null", "it is null"),
        (b"{\"SecurityProfileName\":\"a\"} x", "trailing"),
        (b"\xff\xfe", "not valid JSON"),
        (b"{\"SecurityProfileName\":\"\xff\"}", "not valid JSON"),
        (b"{\"SecurityProfileName\":\"a\",\"SecurityProfileName\":\"b\"}", "occurs twice"),
        (b"{\"SecurityProfileName\":\"a\",\"Tags\":{\"k\":\"1\",\"k\":\"2\"}}", "occurs twice"),
        (deep.as_bytes(), "nested more than 32 deep"),
        (b"{\"SecurityProfileName\":7}", "SecurityProfileName"),
        (b"{\"SecurityProfileName\":\"a\",\"Permissions\":\"Users.View\"}", "Permissions"),
        (b"{\"SecurityProfileName\":\"a\",\"Permissions\":[1]}", "Permissions[0]"),
        (b"{\"SecurityProfileName\":\"a\",\"Tags\":[]}", "Tags"),
        (b"{\"SecurityProfileName\":\"a\",\"Applications\":[{\"Namespace\":{}}]}", "Applications[0].Namespace"),
    ] {
        refused(&put(body), Serialization, part);
    }
    for (body, part) in [
        (&b""[..], "SecurityProfileName is missing"),
        (b"{}", "SecurityProfileName is missing"),
        (b"{\"SecurityProfileName\":null}", "SecurityProfileName is missing"),
        (b"{\"SecurityProfileName\":\"\"}", "SecurityProfileName"),
        (b"{\"SecurityProfileName\":\"a\",\"Permissions\":[\"Users.Veiw\"]}", "`Users.Veiw` is not a permission"),
        (b"{\"SecurityProfileName\":\"a\",\"Permissions\":[\"Contactflow.View\"]}", "Contactflow.View"),
    ] {
        refused(&put(body), InvalidParameter, part);
    }
    // The server ignores keys that the AWS service model does not define.
    let extra = json!({ "SecurityProfileName": "extra", "IsAdmin": true, "InstanceId": "elsewhere", "Id": "mine" });
    assert_eq!(put(extra.to_string().as_bytes()).status, 200);
    assert_eq!(state(&world).len(), before.len());
    assert_eq!(world.ok(Operation::ListUsers, json!({})), before[1]);
}

#[test]
fn bodies_over_the_size_limit_are_rejected() {
    let world = World::new();
    let (path, ..) = request(Operation::CreateSecurityProfile, &world.in_instance(json!({})));
    let most = 2 * 1024 * 1024;
    let whole = |bytes: usize| {
        let head = br#"{"SecurityProfileName":"large","Ignored":""#.to_vec();
        let mut body = head;
        body.resize(bytes - 2, b'x');
        body.extend_from_slice(b"\"}");
        body
    };
    refused(&world.operator.send("PUT", &path, "", &whole(most + 1)), RequestEntityTooLarge, "2097152");
    assert_eq!(world.operator.send("PUT", &path, "", &whole(most)).status, 200);
    // The server does not read the body of an unsigned request.
    let answer = unsigned(world.server.address, "PUT", &path, "", &whole(most + 1));
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}

#[test]
fn encoded_bodies_and_conflicting_headers_are_rejected() {
    let world = World::new();
    let host = world.server.address.to_string();
    let (path, ..) = request(Operation::CreateSecurityProfile, &world.in_instance(json!({})));
    let body = b"{\"SecurityProfileName\":\"zip\"}";
    let unsigned = Unsigned { method: "PUT", path: &path, query: "", host: &host, body };
    let mut headers = sign(&unsigned, &world.operator.key, &Scope::now());
    headers.push(("Host".to_owned(), host.clone()));
    let with = |name: &str, value: &str| {
        let mut headers = headers.clone();
        headers.push((name.to_owned(), value.to_owned()));
        http::send(world.server.address, "PUT", &path, &headers, body)
    };
    refused(&with("Content-Encoding", "gzip"), UnsupportedMediaType, "Content-Encoding");
    for (name, value) in [
        ("X-Amz-Target", "unsigned"),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e"),
        ("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
    ] {
        let answer = with(name, value);
        check(&answer, None);
        assert!((400..500).contains(&answer.status), "{name}");
    }
    // Headers that override the method are ignored, so the request is still a PUT.
    assert_eq!(with("X-HTTP-Method-Override", "DELETE").status, 200);
}

#[test]
fn paths_are_not_normalized() {
    let world = World::new();
    let before = state(&world);
    let (instance, user) = (world.instance.clone(), world.user("admin"));
    for path in [
        format!("/users//{instance}/{user}"),
        format!("//users/{instance}/{user}"),
        format!("/users/{instance}/{user}/"),
        format!("/users/./{instance}/{user}"),
        format!("/x/../users/{instance}/{user}"),
        format!("/users/{instance}/x/../{user}"),
        format!("/users/{instance}/%2e%2e/{user}"),
        format!("/users/{instance}/%2E"),
        format!("/%75sers/{instance}/{user}"),
        format!("/users;x/{instance}/{user}"),
        format!("/USERS/{instance}/{user}"),
        format!("/users/{instance}%2F{user}"),
        format!("/users/{instance}/{user}%00"),
        format!("/users/{instance}/%ff"),
        format!("/users/{instance}/%zz"),
        "/".to_owned(),
        "/floorkey/v1/".to_owned(),
        "/floorkey/v1/../../users".to_owned(),
    ] {
        for method in ["GET", "DELETE"] {
            let answer = world.operator.send(method, &path, "", b"");
            check(&answer, None);
            let known = [UnknownOperation, IncompleteSignature, InvalidSignature].map(ExceptionKind::name);
            assert!(known.contains(&kind(&answer)), "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        }
    }
    // These paths look unusual but are valid. The server treats the last segment as an ID that no user has.
    for id in [format!("{user};x"), format!("{user}%20"), "%2e%2e%2e".to_owned(), "x".repeat(2000)] {
        let answer = world.operator.send("GET", &format!("/users/{instance}/{id}"), "", b"");
        refused(&answer, ResourceNotFound, "There is no user");
    }
    for method in ["PATCH", "OPTIONS", "TRACE", "BREW"] {
        let path = format!("/users/{instance}/{user}");
        let answer = world.operator.send(method, &path, "", b"");
        assert_eq!(answer.status, 404, "{method}");
        assert_eq!(kind(&answer), "UnknownOperationException");
    }
    assert_eq!(state(&world), before);
}

#[test]
fn operations_of_connect_that_are_not_served_are_named() {
    let world = World::new();
    let answer = world.operator.send("GET", &format!("/contact-flows-summary/{}", world.instance), "", b"");
    refused(
        &answer,
        UnknownOperation,
        "ListContactFlows is an operation of Amazon Connect that Floorkey does not serve",
    );
}

#[test]
fn wrong_times_and_credential_scopes_are_rejected() {
    let world = World::new();
    let get = |scope: &Scope| world.operator.send_in(scope, "GET", "/instance", "", b"");
    let now = Scope::now();
    assert_eq!(get(&Scope { at: seconds() - 290, ..now.clone() }).status, 200);
    assert_eq!(get(&Scope { at: seconds() + 290, ..now.clone() }).status, 200);
    refused(&get(&Scope { at: seconds() - 310, ..now.clone() }), InvalidSignature, "Signature expired");
    refused(&get(&Scope { at: seconds() + 320, ..now.clone() }), InvalidSignature, "Signature not yet current");
    refused(&get(&Scope { region: "eu-west-2".to_owned(), ..now.clone() }), InvalidSignature, "us-east-1");
    refused(&get(&Scope { service: "s3".to_owned(), ..now }), InvalidSignature, "connect");
}

#[test]
fn malformed_queries_are_rejected() {
    let world = World::new();
    let path = format!("/users-summary/{}", world.instance);
    let get = |client: &Client, query: &str| client.send("GET", &path, query, b"");
    for (query, expected, part) in [
        ("maxResults=x", Serialization, "maxResults"),
        ("maxResults=1.5", Serialization, "maxResults"),
        ("maxResults=99999999999999999999", Serialization, "maxResults"),
        ("maxResults=1&maxResults=2", Serialization, "more than once"),
        ("maxResults=0", InvalidParameter, "between 1 and 1000"),
        ("nextToken=%25", InvalidParameter, "NextToken"),
        ("nextToken=", InvalidParameter, "NextToken"),
    ] {
        refused(&get(&world.operator, query), expected, part);
    }
    // Query parameters that the operation does not define are ignored.
    assert_eq!(get(&world.operator, "Colour=red").status, 200);
}

#[test]
fn junk_in_any_member_never_causes_a_server_error() {
    let world = World::new();
    let before = state(&world);
    let junk = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("x"),
        json!("\u{202e}\u{0}💥"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({ "": {} }),
    ];
    for operation in Operation::ALL {
        let uri = operation.uri();
        for value in &junk {
            let mut input = json!({});
            for name in MEMBERS {
                let in_path = uri.contains(&format!("{{{name}}}"));
                if !in_path && operation.method() != "GET" && operation.method() != "DELETE" {
                    input[*name] = value.clone();
                }
            }
            for label in uri.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let text = value.as_str().filter(|text| !text.is_empty() && !text.contains('\0') && text.len() < 5000);
                let here = label == "InstanceId" && operation != Operation::DeleteInstance;
                input[label] = json!(if here { &world.instance } else { text.unwrap_or("x") });
            }
            // `call` checks that the response is complete and that the service model lists the exception for this
            // operation.
            let answer = world.operator.call(operation, &input);
            assert!(answer.status < 500, "{} {input}", operation.name());
        }
    }
    assert_eq!(state(&world)[1], before[1]);
}

/// The keys in the inputs of all operations.
const MEMBERS: &[&str] = &[
    "InstanceId",
    "SecurityProfileName",
    "Description",
    "Permissions",
    "Tags",
    "AllowedAccessControlTags",
    "TagRestrictedResources",
    "Applications",
    "HierarchyRestrictedResources",
    "AllowedAccessControlHierarchyGroupId",
    "AllowedFlowModules",
    "AllowedAIAgents",
    "GranularAccessControlConfiguration",
    "SecurityProfiles",
    "EntityType",
    "EntityArn",
    "Username",
    "Password",
    "IdentityInfo",
    "PhoneConfig",
    "DirectoryUserId",
    "SecurityProfileIds",
    "RoutingProfileId",
    "HierarchyGroupId",
    "AutoAcceptConfigs",
    "AfterContactWorkConfigs",
    "PhoneNumberConfigs",
    "PersistentConnectionConfigs",
    "VoiceEnhancementConfigs",
    "UserProficiencies",
    "SearchFilter",
    "SearchCriteria",
    "MaxResults",
    "NextToken",
    "HierarchyStructure",
    "Name",
    "ParentGroupId",
    "TimeZone",
    "Config",
    "ParentHoursOfOperationConfigs",
    "HoursOfOperationId",
    "MaxContacts",
    "OutboundCallerConfig",
    "QuickConnectIds",
    "OutboundEmailConfig",
    "EmailAddressesConfig",
    "DefaultOutboundQueueId",
    "QueueConfigs",
    "MediaConcurrencies",
    "ManualAssignmentQueueConfigs",
    "AgentAvailabilityTimer",
    "IdentityManagementType",
    "InstanceAlias",
    "DirectoryId",
    "InboundCallsEnabled",
    "OutboundCallsEnabled",
    "ClientToken",
    "Value",
    "Status",
    "tags",
    "tagKeys",
];
