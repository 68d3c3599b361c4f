//! HTTP responses of the Connect API.

use floorkey_aws::exception::Exception;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

use floorkey_http::FullResponse;

/// Renders the response to a call: a JSON object, or an exception formatted by `refusal`. Hyper adds a `Date` header to
/// every response. SDKs use it to correct their clocks.
pub(super) fn render(
    result: Result<Vec<u8>, Exception>,
    refusal: fn(&Exception) -> (u16, &'static str, Vec<u8>),
    request_id: &str,
) -> FullResponse {
    let retry_after = result.as_ref().err().and_then(Exception::seconds_to_wait);
    let (status, error_type, body) = match result {
        Ok(body) => (200, None, body),
        Err(exception) => {
            let (status, error_type, body) = refusal(&exception);
            (status, Some(error_type), body)
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", request_id);
    }
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(error_type) = error_type {
        headers.insert("x-amzn-errortype", HeaderValue::from_static(error_type));
    }
    response
}

#[cfg(test)]
mod tests {
    use floorkey_aws::operation::Operation;

    use super::*;
    use crate::refusal::exception;
    use floorkey_service::failure::Failure;

    #[test]
    fn a_busy_response_has_a_retry_after_header() {
        let response = |failure| {
            let response = render(Err(exception(failure, Operation::CreateUser)), Exception::render, "an id");
            let seconds = response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            (response.status().as_u16(), seconds)
        };
        assert_eq!(response(Failure::Busy), (429, Some("5".to_owned())));
        assert_eq!(response(Failure::Stopping).1, None);
    }
}
