//! Tests the Security Token Service (STS), which tells callers their identity. STS uses the AWS query protocol with XML
//! responses.

use std::net::SocketAddr;

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::aws_clients::{command, tool};
use crate::client::{Client, check, encode, message};
use crate::http::{self, Answer};
use crate::server::Server;
use crate::sign::{Key, Scope, Unsigned, presign, sign};
use crate::world::World;

const ASK: &str = "Action=GetCallerIdentity&Version=2011-06-15";

fn scope(region: &str) -> Scope {
    Scope { region: region.to_owned(), service: "sts".to_owned(), ..Scope::now() }
}

/// Sends a form to STS. `more` contains headers to send in addition to the signature's headers.
fn post(client: &Client, scope: &Scope, path: &str, form: &str, more: &[(&str, &str)]) -> Answer {
    let host = client.address.to_string();
    let unsigned = Unsigned { method: "POST", path, query: "", host: &host, body: form.as_bytes() };
    let mut headers = sign(&unsigned, &client.key, scope);
    headers.push(("Host".to_owned(), host));
    headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned()));
    headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    checked(http::send(client.address, "POST", path, &headers, form.as_bytes()))
}

fn ask(client: &Client) -> Answer {
    post(client, &scope("us-east-1"), "/", ASK, &[])
}

/// Checks what every STS response must have: a date, an XML body with the request ID, and a header with the same ID.
fn checked(answer: Answer) -> Answer {
    assert_eq!(answer.header("content-type"), Some("text/xml"), "{answer:?}");
    assert!(answer.header("date").is_some_and(|date| date.ends_with(" GMT")), "{answer:?}");
    assert_eq!(answer.header("x-amzn-requestid"), Some(element(&answer, "RequestId").as_str()));
    assert!((200..500).contains(&answer.status), "{answer:?}");
    answer
}

/// Returns the text of the only element with the given name.
fn element(answer: &Answer, name: &str) -> String {
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    assert_eq!((text.matches(&open).count(), text.matches(&close).count()), (1, 1), "{name} in {text}");
    text.split_once(&open).unwrap().1.split_once(&close).unwrap().0.to_owned()
}

fn identity(answer: &Answer) -> [String; 3] {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    ["Arn", "UserId", "Account"].map(|name| element(answer, name))
}

/// Asserts that the response is an error with the given status and code. Returns the error message.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) -> String {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!((answer.status, element(answer, "Code").as_str()), (status, code), "{text}");
    assert!(text.starts_with("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"), "{text}");
    assert_eq!(element(answer, "Type"), "Sender");
    let message = element(answer, "Message");
    assert!(message.len() > 10 && message.ends_with('.'), "{message}");
    message
}

fn operator() -> [String; 3] {
    ["arn:aws:iam::123456789012:root", "123456789012", "123456789012"].map(str::to_owned)
}

#[test]
fn every_access_key_can_get_its_own_identity() {
    let world = World::new();
    assert_eq!(identity(&ask(&world.operator)), operator());
    // This user has no permissions.
    let profile = world.new_profile("nothing", &[]);
    let user = world.new_user("crm\\zoë.o+1@example.com", &[&profile]);
    let client = world.server.as_user(&world.instance, &user);
    let arn = "arn:aws:iam::123456789012:user/crm\\zoë.o+1@example.com".to_owned();
    let expected = [arn, user.clone(), "123456789012".to_owned()];
    assert_eq!(identity(&ask(&client)), expected);
    // The order of the parameters and their escapes do not matter. Unknown parameters are ignored.
    let form = "Version=2011%2D06-15&x=y&Action=Get%43allerIdentity";
    assert_eq!(identity(&post(&client, &scope("us-east-1"), "/", form, &[])), expected);
    // A GET request returns the same identity.
    assert_eq!(identity(&checked(client.send_in(&scope("us-east-1"), "GET", "/", ASK, b""))), expected);
    // A disabled user's access key is invalid.
    world.extension("POST", &format!("/users/{user}/disable"), &Value::Null);
    refused(&ask(&client), 403, "InvalidClientTokenId");
}

#[test]
fn a_presigned_request_is_answered() {
    let world = World::new();
    let host = world.server.address.to_string();
    // Normally, the query of a presigned request contains both the operation and the signature. This test can only add
    // the signature to the query, so a signed form contains the operation.
    let unsigned = Unsigned { method: "POST", path: "/", query: "", host: &host, body: ASK.as_bytes() };
    let query = presign(&unsigned, &world.operator.key, &scope("us-east-1"), 60);
    let target = format!("/?{query}");
    let answer = http::send(world.server.address, "POST", &target, &[("Host".to_owned(), host)], ASK.as_bytes());
    assert_eq!(identity(&checked(answer)), operator());
}

#[test]
fn the_account_and_region_are_those_of_the_server_and_us_east_1_is_accepted_too() {
    let server = Server::start_with(&[("FLOORKEY_REGION", "eu-central-1"), ("FLOORKEY_ACCOUNT_ID", "000000000042")]);
    let client = server.operator();
    for region in ["eu-central-1", "us-east-1"] {
        let answer = post(&client, &scope(region), "/", ASK, &[]);
        assert_eq!(identity(&answer)[0], "arn:aws:iam::000000000042:root", "{region}");
    }
    let message = refused(&post(&client, &scope("eu-west-1"), "/", ASK, &[]), 403, "SignatureDoesNotMatch");
    assert!(message.contains("set AWS_REGION=eu-central-1"), "{message}");
    // The Connect API accepts only its own region.
    let connect = Scope { region: "us-east-1".to_owned(), ..Scope::now() };
    let answer = client.send_in(&connect, "GET", "/instance", "", b"");
    assert_eq!(answer.header("x-amzn-errortype"), Some("InvalidSignatureException"));
}

#[test]
fn invalid_signatures_are_refused_with_the_codes_of_sts() {
    let world = World::new();
    let (address, sts) = (world.server.address, scope("us-east-1"));
    let wrong = Client::new(address, Key { secret: "wrong".to_owned(), ..world.operator.key.clone() });
    refused(&ask(&wrong), 403, "SignatureDoesNotMatch");
    let nobody = Client::new(address, Key { id: "AKIANOBODY0000000000".to_owned(), secret: "x".to_owned() });
    refused(&ask(&nobody), 403, "InvalidClientTokenId");
    let late = Scope { at: sts.at - 301, ..sts.clone() };
    let message = refused(&post(&world.operator, &late, "/", ASK, &[]), 403, "SignatureDoesNotMatch");
    assert!(message.starts_with("Signature expired"), "{message}");
    let token = [("X-Amz-Security-Token", "token")];
    let message = refused(&post(&world.operator, &sts, "/", ASK, &token), 403, "InvalidClientTokenId");
    assert!(message.contains("Unset AWS_SESSION_TOKEN"), "{message}");
    // In this request, the signature belongs to another form.
    let captured = |signed: &str, sent: &str| {
        let host = address.to_string();
        let unsigned = Unsigned { method: "POST", path: "/", query: "", host: &host, body: signed.as_bytes() };
        let mut headers = sign(&unsigned, &world.operator.key, &sts);
        headers.push(("Host".to_owned(), host));
        checked(http::send(address, "POST", "/", &headers, sent.as_bytes()))
    };
    refused(&captured("Action=Other&Version=2011-06-15", ASK), 403, "SignatureDoesNotMatch");
    // In this request, the signature is incomplete.
    let half = "AWS4-HMAC-SHA256 Credential=AKIAOPERATOR00000000/20260101/us-east-1/sts/aws4_request";
    let headers = [("Host".to_owned(), address.to_string()), ("Authorization".to_owned(), half.to_owned())];
    refused(&checked(http::send(address, "POST", "/", &headers, ASK.as_bytes())), 400, "IncompleteSignature");
    let credential = encode("AKIAOPERATOR00000000/20260101/us-east-1/sts/aws4_request");
    let target = format!("/?{ASK}&X-Amz-Credential={credential}");
    let host = [("Host".to_owned(), address.to_string())];
    refused(&checked(http::send(address, "GET", &target, &host, b"")), 400, "IncompleteSignature");
    // This request has no signature.
    let form = "application/x-www-form-urlencoded";
    let headers = [("Host".to_owned(), address.to_string()), ("Content-Type".to_owned(), form.to_owned())];
    let answer = checked(http::send(address, "POST", "/", &headers, ASK.as_bytes()));
    refused(&answer, 403, "MissingAuthenticationToken");
}

#[test]
fn other_operations_are_refused_by_name() {
    let world = World::new();
    let asked = |form: &str| post(&world.operator, &scope("us-east-1"), "/", form, &[]);
    let message = refused(&asked("Action=AssumeRole&Version=2011-06-15"), 400, "InvalidAction");
    assert!(message.contains("AssumeRole") && message.contains("GetCallerIdentity"), "{message}");
    refused(&asked("Action=GetCallerIdentity&Version=2010-01-01"), 400, "InvalidAction");
    let message = refused(&asked("Action=GetCallerIdentity"), 400, "InvalidAction");
    assert!(message.contains("NO_VERSION_SPECIFIED"), "{message}");
    let message = refused(&asked("Action=%3Cscript%3E%00&Version=2011-06-15"), 400, "InvalidAction");
    assert!(message.contains("operation script for"), "{message}");
    refused(&asked("Version=2011-06-15"), 400, "MissingAction");
    refused(&asked(""), 400, "MissingAction");
    refused(&asked(&format!("{ASK}&Action=GetCallerIdentity")), 400, "InvalidQueryParameter");
    refused(&asked("Action=%zz"), 400, "InvalidQueryParameter");
    refused(&asked(&format!("{ASK}&x={}", "y".repeat(16 * 1024))), 413, "RequestEntityTooLarge");
    refused(&post(&world.operator, &scope("us-east-1"), "/instance", ASK, &[]), 400, "InvalidAction");
    let sent = world.operator.send_in(&scope("us-east-1"), "DELETE", "/", ASK, b"");
    refused(&checked(sent), 400, "InvalidAction");
    let gzip = [("Content-Encoding", "gzip")];
    let answer = post(&world.operator, &scope("us-east-1"), "/", ASK, &gzip);
    refused(&answer, 415, "UnsupportedMediaType");
}

#[test]
fn a_signature_for_one_service_is_invalid_for_the_other() {
    let world = World::new();
    // A request that is signed for STS is sent to a Connect operation. STS refuses the request, and nothing changes.
    let input = json!({ "InstanceId": world.instance, "SecurityProfileName": "x" });
    let (path, query, body) = crate::client::request(Operation::CreateSecurityProfile, &input);
    let answer = world.operator.send_in(&scope("us-east-1"), "PUT", &path, &query, &body);
    refused(&checked(answer), 400, "InvalidAction");
    let profiles = world.ok(Operation::ListSecurityProfiles, json!({}));
    assert_eq!(profiles["SecurityProfileSummaryList"].as_array().unwrap().len(), 4);
    let extension = format!("/floorkey/v1/instances/{}/guard", world.instance);
    refused(&checked(world.operator.send_in(&scope("us-east-1"), "GET", &extension, "", b"")), 400, "InvalidAction");
    // A request that is signed for Connect is sent to the path of STS. The server looks for a Connect operation and
    // finds none.
    let answer = world.operator.send("POST", "/", "", ASK.as_bytes());
    check(&answer, None);
    assert_eq!(answer.header("x-amzn-errortype"), Some("UnknownOperationException"));
}

#[test]
fn session_tokens_are_refused_with_a_hint() {
    let world = World::new();
    let token = |address: SocketAddr, path: &str| {
        let host = address.to_string();
        let unsigned = Unsigned { method: "GET", path, query: "", host: &host, body: b"" };
        let mut headers = sign(&unsigned, &world.operator.key, &Scope::now());
        headers.push(("Host".to_owned(), host));
        headers.push(("X-Amz-Security-Token".to_owned(), "token".to_owned()));
        let answer = http::send(address, "GET", path, &headers, b"");
        check(&answer, None);
        assert_eq!(answer.header("x-amzn-errortype"), Some(ExceptionKind::UnrecognizedClient.name()));
        message(&answer)
    };
    for path in ["/instance", "/floorkey/v1/permissions"] {
        let message = token(world.server.address, path);
        assert!(message.contains("session token") && message.contains("Unset AWS_SESSION_TOKEN"), "{message}");
    }
}

#[test]
fn the_aws_cli_gets_its_identity_with_only_the_endpoint_set() {
    let Some(tool) = tool("aws") else { return };
    let world = World::new();
    let run = |arguments: &[&str], more: &[(&str, &str)]| {
        let mut command = command(&tool, &world);
        command.env_remove("AWS_ENDPOINT_URL_CONNECT").args(arguments).args(["--output", "json"]);
        command.envs(more.iter().copied());
        let output = command.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(serde_json::from_str::<Value>(&out).unwrap()) } else { Err(err.into_owned()) }
    };
    let url = format!("http://{}", world.server.address);
    let expected = json!({
        "UserId": "123456789012", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:root",
    });
    let everything = [("AWS_ENDPOINT_URL", url.as_str())];
    assert_eq!(run(&["sts", "get-caller-identity"], &everything).unwrap(), expected);
    assert_eq!(run(&["sts", "get-caller-identity", "--endpoint-url", &url], &[]).unwrap(), expected);
    let instances = run(&["connect", "list-instances"], &everything).unwrap();
    assert_eq!(instances["InstanceSummaryList"][0]["Id"], world.instance);
    let error = run(&["sts", "get-session-token"], &everything).unwrap_err();
    assert!(error.contains("(InvalidAction)") && error.contains("GetSessionToken"), "{error}");
    let wrong = [everything[0], ("AWS_SECRET_ACCESS_KEY", "wrong")];
    let error = run(&["sts", "get-caller-identity"], &wrong).unwrap_err();
    assert!(error.contains("(SignatureDoesNotMatch)"), "{error}");
    for service in [["sts", "get-caller-identity"], ["connect", "list-instances"]] {
        let error = run(&service, &[everything[0], ("AWS_SESSION_TOKEN", "token")]).unwrap_err();
        assert!(error.contains("Unset AWS_SESSION_TOKEN"), "{error}");
    }
}

#[test]
fn boto3_gets_its_identity() {
    let Some(python) = tool("python") else { return };
    let world = World::new();
    let script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    let mut command = command(&python, &world);
    command.env("AWS_ENDPOINT_URL", format!("http://{}", world.server.address)).args(["-c", script]);
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(out.trim(), "arn:aws:iam::123456789012:root", "{err}");
}
