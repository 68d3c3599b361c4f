//! A bare hyper server. It parses the body of each request and returns about as many bytes as Floorkey.

use std::convert::Infallible;
use std::io::Write as _;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// A permission that agents have.
pub(crate) const GRANTED: &str = "BasicAgentAccess";

/// Prints the server's address and serves on one thread until the process is killed.
pub(crate) fn serve(respond: fn(&[u8]) -> Vec<u8>) {
    serve_requests(move |request| answer(request, respond));
}

/// Prints the server's address, and passes each request to `answer`, on one thread, until the process is killed.
pub(super) fn serve_requests<F, Fut>(answer: F)
where
    F: Fn(Request<Incoming>) -> Fut + Clone + 'static,
    Fut: Future<Output = Result<Response<Full<Bytes>>, Infallible>> + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        std::io::stdout().flush().expect("a reader");
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("a setting");
            let service = service_fn(answer.clone());
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::task::spawn_local(connection);
        }
    });
}

async fn answer(
    request: Request<Incoming>,
    respond: fn(&[u8]) -> Vec<u8>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
    Ok(response.body(Full::new(Bytes::from(respond(&body)))).expect("a response"))
}

#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
}

#[derive(Deserialize)]
struct Action<'a> {
    name: &'a str,
}

/// An evaluation request.
#[derive(Deserialize)]
pub(crate) struct Question<'a> {
    #[serde(borrow)]
    subject: Entity<'a>,
    action: Action<'a>,
    resource: Entity<'a>,
}

/// The response to an evaluation request.
#[derive(Serialize)]
pub(crate) struct Answer {
    decision: bool,
    context: Context,
}

#[derive(Serialize)]
struct Context {
    revision: u64,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_user: Option<ReasonUser>,
}

#[derive(Serialize)]
struct ReasonUser {
    #[serde(rename = "403")]
    forbidden: &'static str,
}

/// Returns a decision without evaluating any permissions. Reads every field of the request once, so that the parser
/// can't skip any of them.
pub(crate) fn decide(question: &Question<'_>) -> Answer {
    let there = !question.subject.id.is_empty() && question.subject.kind == "user" && question.resource.id == "this";
    let decision = there && question.resource.kind == "instance" && question.action.name == GRANTED;
    let (reason, reason_user) = match decision {
        true => ("granted", None),
        false => ("not_granted", Some(ReasonUser { forbidden: "You don't have the permission for this." })),
    };
    Answer { decision, context: Context { revision: 1_002, reason, reason_user } }
}
