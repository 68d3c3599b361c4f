//! Tests that the server executes a signed change only once. An attacker who captures a call and sends it again can't
//! change anything.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::{Client, check, message, request};
use crate::http::{self, Answer};
use crate::sign::{Scope, Unsigned, presign, seconds, sign_as_boto3};
use crate::visitor::Visitor;
use crate::world::{World, column, text};

/// A signed call, as sent over the network. The test can send the call repeatedly.
struct Captured {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Captured {
    /// Captures a call that is signed as the AWS CLI and boto3 sign calls.
    fn new(client: &Client, method: &str, path: &str, query: &str, body: &[u8]) -> Self {
        let host = client.address.to_string();
        let unsigned = Unsigned { method, path, query, host: &host, body };
        let mut headers = sign_as_boto3(&unsigned, &client.key, &Scope::now());
        headers.push(("Host".to_owned(), host));
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        Self { method: method.to_owned(), target, headers, body: body.to_vec() }
    }

    fn operation(client: &Client, operation: Operation, input: &Value) -> Self {
        let (path, query, body) = request(operation, input);
        Self::new(client, operation.method(), &path, &query, &body)
    }

    fn extension(world: &World, client: &Client, method: &str, path: &str, body: &str) -> Self {
        let path = format!("/floorkey/v1/instances/{}{path}", world.instance);
        Self::new(client, method, &path, "", body.as_bytes())
    }

    /// Captures a call that was presigned `seconds_ago` seconds ago, with a lifetime of `expires` seconds.
    fn presigned(client: &Client, operation: Operation, input: &Value, seconds_ago: i64, expires: u32) -> Self {
        let (path, _, body) = request(operation, input);
        let (method, host) = (operation.method(), client.address.to_string());
        let unsigned = Unsigned { method, path: &path, query: "", host: &host, body: &body };
        let scope = Scope { at: seconds() - seconds_ago, ..Scope::now() };
        let query = presign(&unsigned, &client.key, &scope, expires);
        let headers = vec![("Host".to_owned(), host)];
        Self { method: method.to_owned(), target: format!("{path}?{query}"), headers, body }
    }

    #[track_caller]
    fn send(&self, address: SocketAddr) -> Answer {
        let answer = http::send(address, &self.method, &self.target, &self.headers, &self.body);
        check(&answer, None);
        answer
    }

    #[track_caller]
    fn done(&self, address: SocketAddr) -> Value {
        let answer = self.send(address);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Sends the call again. The server must reject the call because its signature has already been used.
    #[track_caller]
    fn spent(&self, address: SocketAddr) {
        let answer = self.send(address);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let kind = answer.header("x-amzn-errortype").unwrap_or_default();
        assert_eq!((answer.status, kind), (429, "ThrottlingException"), "{text}");
        assert!(message(&answer).contains("sign the request again"), "{text}");
    }

    #[track_caller]
    fn refused(&self, address: SocketAddr, status: u16, kind: &str) {
        let answer = self.send(address);
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, Some(kind)), "{text}");
    }
}

/// Waits for the start of the next second, so that the following calls happen within one second.
fn begin_a_second() {
    let now = seconds();
    while seconds() == now {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn profiles_of(world: &World, user: &str) -> Vec<String> {
    let described = world.ok(Operation::DescribeUser, json!({ "UserId": user }));
    let ids = described["User"]["SecurityProfileIds"].as_array().unwrap();
    ids.iter().map(text).collect()
}

fn events(world: &World) -> Vec<Value> {
    world.extension("GET", "/audit", &Value::Null)["Events"].as_array().unwrap().clone()
}

#[test]
fn a_captured_grant_does_nothing_after_it_was_reverted() {
    let mut world = World::new();
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    let tom = world.new_user("tom", &[&agent]);
    let grant = world.in_instance(json!({ "UserId": tom, "SecurityProfileIds": [admin] }));
    let grant = Captured::operation(&world.operator, Operation::UpdateUserSecurityProfiles, &grant);
    grant.done(world.server.address);
    assert_eq!(profiles_of(&world, &tom), [admin.as_str()]);
    // While tom still has the profile, repeating the call succeeds without changing anything.
    let before = events(&world).len();
    grant.done(world.server.address);
    assert_eq!(events(&world).len(), before);

    let take = json!({ "UserId": tom, "SecurityProfileIds": [agent] });
    world.ok(Operation::UpdateUserSecurityProfiles, take);
    grant.spent(world.server.address);
    assert_eq!(profiles_of(&world, &tom), [agent.as_str()]);
    let last = &events(&world)[0];
    assert_eq!(last["Outcome"]["Code"].as_str(), Some("signature-used"), "{last}");

    // Repeating the call has no effect even after a crash. The captured call that deletes tom is executed here for the
    // first time.
    let away = world.in_instance(json!({ "UserId": tom }));
    let away = Captured::operation(&world.operator, Operation::DeleteUser, &away);
    world.server.restart();
    world.operator = world.server.operator();
    grant.spent(world.server.address);
    assert_eq!(profiles_of(&world, &tom), [agent.as_str()]);
    away.done(world.server.address);
    away.refused(world.server.address, 404, "ResourceNotFoundException");
    grant.refused(world.server.address, 404, "ResourceNotFoundException");
}

#[test]
fn a_captured_call_of_the_management_api_works_once_and_its_response_is_not_repeated() {
    let mut world = World::new();
    let tom = world.new_user("tom", &[&world.profile("Agent")]);
    let reset = format!("/users/{tom}/password");
    let reset = Captured::extension(&world, &world.operator, "POST", &reset, "{}");
    let first = reset.done(world.server.address);
    assert!(first["OneTimePassword"].is_string(), "{first}");
    reset.spent(world.server.address);

    let keys = format!("/users/{tom}/access-keys");
    let make = Captured::extension(&world, &world.operator, "POST", &keys, r#"{"Label":"ci"}"#);
    let made = make.done(world.server.address);
    make.spent(world.server.address);
    let id = text(&made["AccessKeyId"]);
    let revoke = Captured::extension(&world, &world.operator, "DELETE", &format!("/access-keys/{id}"), "");
    revoke.done(world.server.address);
    revoke.refused(world.server.address, 404, "ResourceNotFoundException");
    world.server.restart();
    world.operator = world.server.operator();
    make.spent(world.server.address);
    reset.spent(world.server.address);
    assert_eq!(world.extension("GET", &keys, &Value::Null)["AccessKeys"], json!([]));
}

#[test]
fn a_captured_unlock_and_a_captured_invitation_work_once() {
    let world = World::new();
    let tom = world.new_user("tom", &[&world.profile("Agent")]);
    let email =
        json!({ "UserId": tom, "IdentityInfo": { "FirstName": "T", "LastName": "O", "Email": "tom@example.com" } });
    world.ok(Operation::UpdateUserIdentityInfo, email);
    let invite = format!("/users/{tom}/invite");
    let invite = Captured::extension(&world, &world.operator, "POST", &invite, "{}");
    let invitations = || {
        let letters = std::fs::read_dir(world.server.data().join("outbox")).unwrap();
        let letters = letters.map(|letter| letter.unwrap().path());
        let letters = letters.filter(|letter| letter.extension().is_some_and(|kind| kind == "eml"));
        let texts = letters.map(|letter| std::fs::read_to_string(letter).unwrap());
        texts.filter(|text| text.contains("Choose your password within")).count()
    };
    invite.done(world.server.address);
    for _ in 0..5 {
        invite.spent(world.server.address);
    }
    assert_eq!(invitations(), 1);
    // The repeated calls did not count toward the limit on invitations.
    assert_eq!(world.try_extension(&world.operator, "POST", &format!("/users/{tom}/invite"), &json!({})).status, 200);

    // Repeating a captured call to unlock a user does not allow more guesses.
    let unlock = Captured::extension(&world, &world.operator, "POST", &format!("/users/{tom}/unlock"), "{}");
    unlock.done(world.server.address);
    unlock.spent(world.server.address);
}

#[test]
fn a_presigned_change_is_valid_for_300_seconds_and_once() {
    const WEEK: u32 = 604_800;
    let world = World::new();
    let profile =
        |name: &str| json!({ "InstanceId": world.instance, "SecurityProfileId": world.new_profile(name, &[]) });
    let (old, new) = (profile("Old"), profile("New"));
    let delete = Operation::DeleteSecurityProfile;
    let stale = Captured::presigned(&world.operator, delete, &old, 301, WEEK);
    stale.refused(world.server.address, 403, "InvalidSignatureException");
    let names = || column(&world.ok(Operation::ListSecurityProfiles, json!({}))["SecurityProfileSummaryList"], "Name");
    assert!(names().contains(&"Old".to_owned()));
    let fresh = Captured::presigned(&world.operator, delete, &new, 200, WEEK);
    fresh.done(world.server.address);
    fresh.refused(world.server.address, 404, "ResourceNotFoundException");
    // A presigned read request stays valid until it expires, and can be repeated.
    let describe = Operation::DescribeSecurityProfile;
    let read = Captured::presigned(&world.operator, describe, &old, 86_400, WEEK);
    read.done(world.server.address);
    read.done(world.server.address);
}

#[test]
fn equal_calls_within_one_second_are_answered_as_if_sent_one_after_the_other() {
    let world = World::new();
    let address = world.server.address;
    let agent = world.profile("Agent");
    begin_a_second();
    // A repeated call succeeds if there is nothing left to change.
    let tom = world.new_user("tom", &[&agent]);
    let arn = text(&world.ok(Operation::DescribeUser, json!({ "UserId": tom }))["User"]["Arn"]);
    let tag = Captured::operation(
        &world.operator,
        Operation::TagResource,
        &json!({ "resourceArn": arn, "tags": { "site": "x" } }),
    );
    tag.done(address);
    tag.done(address);
    // A repeated call that would be refused in any case gets the same refusal.
    let create = Captured::operation(&world.operator, Operation::CreateUser, &world.user_input("ann", &[&agent]));
    let ann = text(&create.done(address)["UserId"]);
    create.refused(address, 409, "DuplicateResourceException");
    let delete = world.in_instance(json!({ "UserId": ann }));
    let delete = Captured::operation(&world.operator, Operation::DeleteUser, &delete);
    delete.done(address);
    delete.refused(address, 404, "ResourceNotFoundException");
    // A refused call does not use up its signature. The same call is executed if it is permitted later.
    create.spent(address);
    let missing = world.in_instance(json!({ "SecurityProfileName": "Later", "Permissions": ["Users.View"] }));
    let later = Captured::operation(&world.operator, Operation::CreateSecurityProfile, &missing);
    let taken = world.new_profile("Later", &[]);
    later.refused(address, 409, "DuplicateResourceException");
    world.ok(Operation::DeleteSecurityProfile, json!({ "SecurityProfileId": taken }));
    later.done(address);
    later.refused(address, 409, "DuplicateResourceException");
}

#[test]
fn a_used_signature_is_rejected_when_its_second_is_over() {
    let world = World::new();
    let address = world.server.address;
    let tom = world.new_user("tom", &[&world.profile("Agent")]);
    let keys = format!("/users/{tom}/access-keys");
    let call = || Captured::extension(&world, &world.operator, "POST", &keys, r#"{"Label":"ci"}"#);
    begin_a_second();
    let (one, other) = (call(), call());
    assert_eq!(one.headers, other.headers, "two calls of one second are signed alike");
    one.done(address);
    let asked = Instant::now();
    other.spent(address);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    // If the next second has already begun, the response is not delayed.
    let asked = Instant::now();
    one.spent(address);
    assert!(asked.elapsed() < Duration::from_millis(900), "{:?}", asked.elapsed());
    // An SDK retries immediately with a new signature.
    let again = call();
    assert_ne!(again.headers, one.headers, "the second is over");
    again.done(address);
}

#[test]
fn only_the_event_of_a_signed_change_contains_the_hash_of_its_signature() {
    let world = World::new();
    let tom = world.new_user("tom", &[&world.profile("Agent")]);
    let input = world.in_instance(json!({ "UserId": tom }));
    let ann = world.somebody("ann", &["BasicAgentAccess"]);
    let denied = Captured::operation(&ann, Operation::DeleteUser, &input);
    denied.refused(world.server.address, 403, "AccessDeniedException");
    let change = Captured::operation(&world.operator, Operation::DeleteUser, &input);
    change.done(world.server.address);
    change.refused(world.server.address, 404, "ResourceNotFoundException");
    let admin = Visitor::administrator(&world.server);
    admin.see("/connect/users");
    let authorization = change.headers.iter().find(|(name, _)| name == "Authorization").unwrap();
    let signature = authorization.1.rsplit_once('=').unwrap().1.to_owned();
    let mut server = world.server;
    server.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stored = runtime.block_on(async {
        let settings = floorkey_store::StoreSettings { folder: server.data() };
        let store = floorkey_store::Store::open(&settings).unwrap();
        store.audit_events(floorkey::InstanceId::parse(&world.instance).unwrap(), None, 100).await.unwrap()
    });
    let of = |action: &str, refused: bool| {
        let is_it = |event: &&floorkey_store::StoredEvent| {
            event.event_type == action
                && matches!(event.outcome, floorkey_store::StoredOutcome::Refused { .. }) == refused
        };
        stored.iter().find(is_it).unwrap().signature.clone()
    };
    let hash = {
        use sha2::Digest as _;
        let pairs = signature.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        let hash: [u8; 32] = sha2::Sha256::digest(bytes).into();
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(of("DeleteUser", false), Some(hash));
    assert_eq!(of("DeleteUser", true), None);
    assert_eq!(of("SignIn", false), None);
    assert!(stored.iter().all(|event| !event.body.contains(&signature)), "the signature itself is nowhere");
}
