//! The AuthZEN Authorization API 1.0 (OpenID Foundation, 11 January 2026): decisions for applications.
//!
//! An application shows its token, which leads to its instance, and asks one question, a batch of them, or the reverse:
//! who may, on what, what may she do. A denial is an answer (200), a request that can't be read is a 400, and what is
//! wrong with the caller is a 401 or 403. The evaluation endpoints are answered here, in front of everything else, and
//! keep the way short: no lock, no task of their own, one buffer.
//!
//! The extent of what is taken: a body of 1 MiB, objects and arrays 32 deep, 1,000 questions a batch.

mod answer;
mod arn;
mod ask;
mod bearer;
mod endpoint;
mod explain;
mod fault;
mod found;
mod json;
mod judge;
mod metadata;
mod page_token;
mod parse;
mod read;
mod render;
mod request_id;
mod search;

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderValue, header};
use hyper::body::Incoming;

use crate::app::App;
use crate::listener::Answer;
use crate::outside;
pub(crate) use ask::{Unasked, ask};
pub(crate) use endpoint::Endpoint;
use endpoint::Route;
use fault::Fault;
use judge::Judge;

/// The surface's name in metrics.
pub(crate) const SURFACE: &str = "authzen";

/// How long a question waits for the revision that it wants to be answered at.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether a path is one of this surface's.
#[inline]
pub(crate) fn is_authzen(path: &str) -> bool {
    path.starts_with("/access/v1") || path.starts_with("/.well-known/authzen-configuration")
}

/// Answers a request, and says at which endpoint; `None` for what is at none.
pub(crate) async fn answer(app: &Arc<App>, parts: &Parts, body: Incoming) -> (Option<Endpoint>, Answer) {
    let route = endpoint::route(&parts.uri);
    let result = match (&route, parts.method.as_str()) {
        (Route::Endpoint(endpoint), "POST") => handle(app, *endpoint, parts, body).await.map(answer::json),
        (Route::Endpoint(_), _) => Err(Fault::method_not_allowed("POST")),
        (Route::Metadata(of), "GET" | "HEAD") => metadata::of(app, of.as_deref()).map(answer::cached_json),
        (Route::Metadata(_), _) => Err(Fault::method_not_allowed("GET, HEAD")),
        (Route::None, _) => Err(Fault::not_found()),
    };
    let endpoint = match route {
        Route::Endpoint(endpoint) => Some(endpoint),
        Route::Metadata(_) | Route::None => None,
    };
    let id = request_id::of(&parts.headers, result.is_err());
    let mut answer = result.unwrap_or_else(|fault| {
        let status = fault.status().as_u16();
        match status {
            500 => tracing::error!(request_id = ?id, ?endpoint, status, "a question was not answered"),
            _ => tracing::debug!(request_id = ?id, ?endpoint, status, "a question was refused"),
        }
        fault.answer()
    });
    if let Some(id) = id {
        answer.headers_mut().insert(request_id::HEADER, id);
    }
    (endpoint, answer)
}

/// Answers at an endpoint.
///
/// # Errors
/// What keeps the request from being answered.
async fn handle(app: &Arc<App>, endpoint: Endpoint, parts: &Parts, body: Incoming) -> Result<Vec<u8>, Fault> {
    let engine = app.service.engine();
    let directory = bearer::admit(engine, &parts.headers, endpoint)?;
    check_headers(parts)?;
    let came = read::whole(body).await?;
    // While the body was on its way the token may have been revoked, and profiles may have changed.
    let directory = if came.at_once { directory } else { bearer::admit(engine, &parts.headers, endpoint)? };
    let text = std::str::from_utf8(&came.bytes).map_err(|error| {
        Fault::bad_request(format!("The body can't be read at byte {}: it is not UTF-8.", error.valid_up_to()))
    })?;
    let body = parse::body(text, endpoint.shape())?;
    let needed = body.at_least();
    let directory = match directory.revision() >= needed {
        true => directory,
        false => {
            let instance = directory.instance();
            let later = engine.at_least(instance, needed, PATIENCE).await;
            later.ok_or_else(|| Fault::not_there_yet(needed, engine.current(instance).map(|now| now.revision())))?;
            bearer::admit(engine, &parts.headers, endpoint)?
        }
    };
    if !matches!(endpoint, Endpoint::Evaluation | Endpoint::Evaluations) {
        return search::answer(app, endpoint, came.bytes, directory).await;
    }
    let judge = Judge { app, directory: &directory, at: outside::now() };
    match body.items.is_empty() {
        true => judge.one(&body),
        false => Ok(judge.batch(&body)),
    }
}

/// Checks how the body is said to be written.
fn check_headers(parts: &Parts) -> Result<(), Fault> {
    if parts.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Fault::bad_request("Send the JSON as it is, without Content-Encoding."));
    }
    match parts.headers.get(header::CONTENT_TYPE) {
        Some(kind) if is_json(kind) => Ok(()),
        _ => Err(Fault::bad_request("Content-Type must be application/json.")),
    }
}

fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind.as_bytes();
    let name = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    name.trim_ascii().eq_ignore_ascii_case(b"application/json")
}
