//! A client of the Connect API. It checks that every response follows the rules that apply to all responses.

use std::net::SocketAddr;

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation;
use serde_json::{Map, Value};

use crate::http::{self, Answer};
use crate::sign::{Key, Scope, Unsigned, sign};

/// A client that signs calls with an access key.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) key: Key,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, key: Key) -> Self {
        Self { address, key }
    }

    /// Calls an operation that must succeed, and returns the operation's output.
    pub(crate) fn ok(&self, operation: Operation, input: &Value) -> Value {
        let answer = self.call(operation, input);
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, 200, "{} {input}: {text}", operation.name());
        answer.json()
    }

    /// Calls an operation that must fail with the given exception, and returns the error message.
    pub(crate) fn refused(&self, operation: Operation, input: &Value, kind: ExceptionKind) -> String {
        let answer = self.call(operation, input);
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.header("x-amzn-errortype"), Some(kind.name()), "{} {input}: {text}", operation.name());
        message(&answer)
    }

    /// Calls an operation and returns the response, which can have any status.
    pub(crate) fn call(&self, operation: Operation, input: &Value) -> Answer {
        let (path, query, body) = request(operation, input);
        let answer = self.send(operation.method(), &path, &query, &body);
        check(&answer, Some(operation));
        answer
    }

    /// Sends a signed request.
    pub(crate) fn send(&self, method: &str, path: &str, query: &str, body: &[u8]) -> Answer {
        self.send_in(&Scope::now(), method, path, query, body)
    }

    /// Sends a request signed for the given region, service and time.
    pub(crate) fn send_in(&self, scope: &Scope, method: &str, path: &str, query: &str, body: &[u8]) -> Answer {
        self.try_send(scope, method, path, query, body).expect("a whole answer")
    }

    /// Calls an operation. Returns `None` if the server closes the connection before sending a response.
    pub(crate) fn try_call(&self, operation: Operation, input: &Value) -> Option<Answer> {
        let (path, query, body) = request(operation, input);
        self.try_send(&Scope::now(), operation.method(), &path, &query, &body)
    }

    fn try_send(&self, scope: &Scope, method: &str, path: &str, query: &str, body: &[u8]) -> Option<Answer> {
        let host = self.address.to_string();
        let mut headers = sign(&Unsigned { method, path, query, host: &host, body }, &self.key, scope);
        headers.push(("Host".to_owned(), host));
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        http::try_send(self.address, method, &target(path, query), &headers, body)
    }
}

/// Sends a request without a signature.
pub(crate) fn unsigned(address: SocketAddr, method: &str, path: &str, query: &str, body: &[u8]) -> Answer {
    http::send(address, method, &target(path, query), &[("Host".to_owned(), address.to_string())], body)
}

/// Checks the rules for all responses. Every response must have a date and a request ID, and every error must have a
/// type. An operation can return only exceptions that the AWS service model lists for it.
pub(crate) fn check(answer: &Answer, operation: Option<Operation>) {
    let text = String::from_utf8_lossy(&answer.body);
    assert!(answer.header("date").is_some_and(|date| date.ends_with(" GMT")), "{answer:?}");
    let id = answer.header("x-amzn-requestid").unwrap_or_default();
    assert!(id.len() == 36 && uuid::Uuid::try_parse(id).is_ok(), "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    if answer.status == 200 {
        assert!(answer.json().is_object(), "{text}");
        return;
    }
    let name = answer.header("x-amzn-errortype").unwrap_or_else(|| panic!("no error type: {text}"));
    let kind = ExceptionKind::ALL.into_iter().find(|kind| kind.name() == name);
    let kind = kind.unwrap_or_else(|| panic!("{name} is no exception"));
    assert_eq!(answer.status, kind.status(), "{name}: {text}");
    assert!((400..500).contains(&answer.status), "{name}: {text}");
    let message = message(answer);
    assert!(message.len() > 10 && message.ends_with(['.', '?', '!']), "{message}");
    if let Some(operation) = operation {
        assert!(kind.is_common() || operation.declares(kind), "{} does not declare {name}: {text}", operation.name());
    }
}

/// Returns the message of an error response.
pub(crate) fn message(answer: &Answer) -> String {
    let body = answer.json();
    let message = body.get("Message").or_else(|| body.get("message"));
    message.and_then(Value::as_str).unwrap_or_else(|| panic!("no message: {body}")).to_owned()
}

/// Returns the path, query and body of a call. Path parameters are filled in from the input. The rest of the input
/// becomes the query of a GET or DELETE request, or the body of any other request.
pub(crate) fn request(operation: Operation, input: &Value) -> (String, String, Vec<u8>) {
    let mut members: Map<String, Value> = input.as_object().unwrap().clone();
    let mut path = operation.uri().to_owned();
    for (name, value) in input.as_object().unwrap() {
        let label = format!("{{{name}}}");
        if path.contains(&label) {
            path = path.replace(&label, &encode(value.as_str().unwrap()));
            members.remove(name);
        }
    }
    if !matches!(operation.method(), "GET" | "DELETE") {
        return (path, String::new(), Value::Object(members).to_string().into_bytes());
    }
    let mut pairs = Vec::new();
    for (name, value) in &members {
        match value {
            Value::Array(values) => pairs.extend(values.iter().map(|value| pair(name, value))),
            value => pairs.push(pair(name, value)),
        }
    }
    (path, pairs.join("&"), Vec::new())
}

fn pair(name: &str, value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("{}={}", encode(name), encode(&text))
}

fn target(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Percent-encodes all characters except unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
