//! HTTP responses.

use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::Full;
use hyper::body::Bytes;

use floorkey_http::FullResponse;

/// How long clients may cache the metadata, which changes with the server's settings only.
const METADATA_CACHE: &str = "public, max-age=3600";

/// A response to a POST request. These are not cached by default, so no header has to say so.
pub(super) fn json(body: Vec<u8>) -> FullResponse {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *answer.headers_mut() = headers;
    answer
}

/// A response that clients may cache for a while.
pub(super) fn cached_json(body: Vec<u8>) -> FullResponse {
    let mut answer = json(body);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(METADATA_CACHE));
    answer
}
