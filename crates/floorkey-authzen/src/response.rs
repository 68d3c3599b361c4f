//! HTTP responses.

use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::Full;
use hyper::body::Bytes;

use floorkey_http::FullResponse;

/// The `Cache-Control` header of the metadata. The metadata changes only if the server's settings change.
const METADATA_CACHE: &str = "public, max-age=3600";

/// Returns a response to a POST request. The response needs no header to prevent caching, because responses to POST
/// requests are not cached by default.
pub(super) fn json(body: Vec<u8>) -> FullResponse {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *answer.headers_mut() = headers;
    answer
}

/// Returns a response that clients may cache for an hour.
pub(super) fn cached_json(body: Vec<u8>) -> FullResponse {
    let mut answer = json(body);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(METADATA_CACHE));
    answer
}
