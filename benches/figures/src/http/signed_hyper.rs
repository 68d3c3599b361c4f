//! A bare hyper server that verifies signatures with the crate `aws-sigv4`, which the AWS SDK for Rust also uses. The
//! server signs each request again and compares the signatures. It then serializes the same response that Floorkey
//! returns to the request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bare_hyper::serve_requests;

/// If this command-line argument is given, this program runs the server in this module.
pub(crate) const ARGUMENT: &str = "--signed-hyper";

/// The environment variable with the path of the file that contains the access key and the responses.
pub(super) const ANSWERS: &str = "FLOORKEY_BENCH_ANSWERS";

/// The region in the signatures.
pub(super) const REGION: &str = "us-east-1";

/// The maximum difference between the clocks of the client and the server.
const SKEW: Duration = Duration::from_secs(300);

/// An access key.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
}

/// The access key that the server accepts, and the responses that it returns.
#[derive(Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) key: Key,
    /// The responses, by the path and query of the request.
    pub(super) answers: HashMap<String, Answer>,
}

/// A response. It contains one user or a page of users.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Page(Page),
    User(Value),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Page {
    user_summary_list: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Summary {
    arn: String,
    id: String,
    last_modified_region: String,
    last_modified_time: serde_json::Number,
    username: String,
}

impl Key {
    pub(super) fn identity(&self) -> Identity {
        Credentials::new(&self.id, &self.secret, None, None, "bench").into()
    }
}

/// Returns the values of the headers `x-amz-date` and `authorization` for a request. The signature covers only the
/// headers `host` and `x-amz-date`.
pub(super) fn signed(
    identity: &Identity,
    (method, uri, body): (&str, &str, &[u8]),
    at: SystemTime,
) -> (String, String) {
    let params = SigningParams::builder()
        .identity(identity)
        .region(REGION)
        .name("connect")
        .time(at)
        .settings(SigningSettings::default())
        .build()
        .expect("all is set");
    let request = SignableRequest::new(method, uri, std::iter::empty(), SignableBody::Bytes(body)).expect("a request");
    let (instructions, _) = sign(request, &params.into()).expect("a signature").into_parts();
    let header = |wanted: &str| {
        let found = instructions.headers().find(|(name, _)| *name == wanted);
        found.expect("what is signed has it").1.to_owned()
    };
    (header("x-amz-date"), header("authorization"))
}

/// Prints the server's address and serves on one thread until the process is killed.
pub(crate) fn serve() {
    let path = std::env::var_os(ANSWERS).expect("a file with answers");
    let known = Known::read(path.as_ref());
    let server = Rc::new(Server { identity: known.key.identity(), known });
    serve_requests(move |request| server.clone().answer(request));
}

impl Known {
    fn read(path: &Path) -> Self {
        serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("what is known")
    }
}

struct Server {
    identity: Identity,
    known: Known,
}

impl Server {
    async fn answer(self: Rc<Self>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let answer = match self.is_signed(&head, target, &body) {
            true => self.known.answers.get(target),
            false => None,
        };
        let Some(answer) = answer else {
            let refused = Response::builder().status(StatusCode::FORBIDDEN);
            return Ok(refused.body(Full::default()).expect("a response"));
        };
        let text = serde_json::to_vec(answer).expect("an answer");
        let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
        Ok(response.body(Full::new(Bytes::from(text))).expect("a response"))
    }

    /// Whether a request was signed with the accepted access key at about the current time.
    fn is_signed(&self, head: &http::request::Parts, target: &str, body: &[u8]) -> bool {
        let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(host), Some(date), Some(stated)) = (text("host"), text("x-amz-date"), text("authorization")) else {
            return false;
        };
        let Some(at) = time(date) else { return false };
        let now = now();
        if at + SKEW < now || now + SKEW < at {
            return false;
        }
        let uri = format!("http://{host}{target}");
        signed(&self.identity, (head.method.as_str(), &uri, body), at).1 == stated
    }
}

/// Parses a time like `20150830T123600Z`.
fn time(text: &str) -> Option<SystemTime> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| i8::try_from(number(from, to)?).ok();
    let time = jiff::civil::DateTime::new(
        number(0, 4)?,
        small(4, 6)?,
        small(6, 8)?,
        small(9, 11)?,
        small(11, 13)?,
        small(13, 15)?,
        0,
    );
    let seconds = jiff::tz::TimeZone::UTC.to_timestamp(time.ok()?).ok()?.as_second();
    Some(UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).ok()?))
}

#[expect(clippy::disallowed_methods, reason = "signatures count by the real time")]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}
