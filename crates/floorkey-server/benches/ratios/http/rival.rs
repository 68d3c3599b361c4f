//! Bare hyper: it reads a request's body, parses it, and answers with the bytes that ours answers with.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::{ACTIONS, floorkey::pinned};

/// What tells this program to be the rival.
pub(crate) const ARGUMENT: &str = "--bare-hyper";

/// A server; it ends with this.
pub(super) struct Rival {
    child: Child,
    pub(super) address: String,
}

impl Rival {
    pub(super) fn start(batch: bool) -> Self {
        let program = std::env::current_exe().expect("this program");
        let kind = if batch { "batch" } else { "single" };
        let mut child =
            pinned(program).args([ARGUMENT, kind]).stdout(Stdio::piped()).spawn().expect("this program again");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut address).expect("where it answers");
        Self { child, address: address.trim().to_owned() }
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    subject: Entity<'a>,
    action: Action<'a>,
    resource: Entity<'a>,
}

#[derive(Deserialize)]
struct Questions<'a> {
    #[serde(borrow)]
    evaluations: Vec<Question<'a>>,
}

#[derive(Serialize)]
struct Answer {
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

#[derive(Serialize)]
struct Answers {
    evaluations: Vec<Answer>,
}

/// Serves until it is killed, on one thread, and says where.
pub(crate) fn serve(batch: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        std::io::stdout().flush().expect("somebody reads it");
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("a setting");
            let service = service_fn(move |request| respond(request, batch));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
}

async fn respond(request: Request<Incoming>, batch: bool) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let answer = match batch {
        false => {
            let question: Question<'_> = serde_json::from_slice(&body).expect("a question");
            serde_json::to_vec(&decide(&question)).expect("an answer")
        }
        true => {
            let questions: Questions<'_> = sonic_rs::from_slice(&body).expect("questions");
            let answers = Answers { evaluations: questions.evaluations.iter().map(decide).collect() };
            sonic_rs::to_vec(&answers).expect("answers")
        }
    };
    let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
    Ok(response.body(Full::new(Bytes::from(answer))).expect("a response"))
}

/// No decision: it looks at every part once, so that none is left unparsed.
fn decide(question: &Question<'_>) -> Answer {
    let there = !question.subject.id.is_empty() && question.subject.kind == "user" && question.resource.id == "this";
    let decision = there && question.resource.kind == "instance" && question.action.name == ACTIONS[0];
    let (reason, reason_user) = match decision {
        true => ("granted", None),
        false => ("not_held", Some(ReasonUser { forbidden: "You don't have the permission for this." })),
    };
    Answer { decision, context: Context { revision: 1_002, reason, reason_user } }
}
