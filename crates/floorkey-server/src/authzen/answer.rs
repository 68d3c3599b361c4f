//! Answers on the wire.

use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::Full;
use hyper::body::Bytes;

use crate::listener::Answer;

/// How long metadata may be kept: it changes with the server's settings only.
const METADATA_CACHE: &str = "public, max-age=3600";

/// An answer to a question. Answers to POST are kept by nobody, so that nothing need be said of that.
pub(super) fn json(body: Vec<u8>) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *answer.headers_mut() = headers;
    answer
}

/// An answer that may be kept for a while.
pub(super) fn cached_json(body: Vec<u8>) -> Answer {
    let mut answer = json(body);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(METADATA_CACHE));
    answer
}
