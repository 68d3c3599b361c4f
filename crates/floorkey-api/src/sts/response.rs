//! STS responses, in the XML formats that STS clients parse.

use askama::Template;
use floorkey_aws::exception::{Exception, ExceptionKind};
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

use super::BODY_MAX;
use floorkey_http::FullResponse;

/// The caller's identity in AWS terms.
#[derive(Debug)]
pub(super) struct Identity {
    /// `arn:aws:iam::ACCOUNT:root` or `arn:aws:iam::ACCOUNT:user/LOGIN`.
    pub(super) arn: String,
    /// The user ID. For the operator, this is the account ID, like the ID of the AWS root user.
    pub(super) user_id: String,
    /// The account ID of this server.
    pub(super) account: String,
}

/// An STS error response.
#[derive(Debug)]
pub(super) struct StsError {
    /// The HTTP status.
    pub(super) status: u16,
    /// The error code, one of the common error codes of the AWS query protocol.
    code: &'static str,
    /// The error message, which is a full sentence.
    message: String,
    /// The number of seconds after which the client should try again.
    retry_after: Option<u32>,
}

impl StsError {
    /// Returns the error for a request to an unsupported operation.
    pub(super) fn invalid_action(message: &str) -> Self {
        Self { status: 400, code: "InvalidAction", message: message.to_owned(), retry_after: None }
    }

    /// Returns the error for a request that specifies no operation.
    pub(super) fn missing_action() -> Self {
        let message = "The parameter Action is missing. It must be the operation, such as GetCallerIdentity.";
        Self { status: 400, code: "MissingAction", message: message.to_owned(), retry_after: None }
    }

    /// Returns the error for parameters that can't be parsed.
    pub(super) fn malformed(message: &str) -> Self {
        Self { status: 400, code: "InvalidQueryParameter", message: message.to_owned(), retry_after: None }
    }
}

/// Converts a Connect exception to the corresponding STS error.
impl From<Exception> for StsError {
    fn from(exception: Exception) -> Self {
        let (status, code) = match exception.kind() {
            ExceptionKind::MissingAuthenticationToken => (403, "MissingAuthenticationToken"),
            ExceptionKind::IncompleteSignature => (400, "IncompleteSignature"),
            ExceptionKind::InvalidSignature => (403, "SignatureDoesNotMatch"),
            ExceptionKind::UnrecognizedClient => (403, "InvalidClientTokenId"),
            ExceptionKind::ExpiredToken => (403, "ExpiredToken"),
            ExceptionKind::AccessDenied => (403, "AccessDenied"),
            ExceptionKind::LimitExceeded | ExceptionKind::Throttling => (429, "Throttling"),
            ExceptionKind::RequestEntityTooLarge => (413, "RequestEntityTooLarge"),
            ExceptionKind::UnsupportedMediaType => (415, "UnsupportedMediaType"),
            ExceptionKind::ServiceUnavailable => (503, "ServiceUnavailable"),
            ExceptionKind::InternalService => (500, "InternalFailure"),
            ExceptionKind::UnknownOperation => (400, "InvalidAction"),
            ExceptionKind::ConditionalOperationFailed
            | ExceptionKind::DuplicateResource
            | ExceptionKind::InvalidParameter
            | ExceptionKind::InvalidRequest
            | ExceptionKind::ResourceConflict
            | ExceptionKind::ResourceInUse
            | ExceptionKind::ResourceNotFound
            | ExceptionKind::Serialization
            | ExceptionKind::ServiceQuotaExceeded => (400, "ValidationError"),
        };
        let message = match exception.kind() {
            ExceptionKind::RequestEntityTooLarge => format!("The form is larger than {BODY_MAX} bytes."),
            _ => exception.message().to_owned(),
        };
        Self { status, code, message, retry_after: exception.seconds_to_wait() }
    }
}

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>{{ arn }}</Arn>
    <UserId>{{ user_id }}</UserId>
    <Account>{{ account }}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>{{ request_id }}</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
"#
)]
struct IdentityXml<'a> {
    arn: &'a str,
    user_id: &'a str,
    account: &'a str,
    request_id: &'a str,
}

#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>{{ fault }}</Type>
    <Code>{{ code }}</Code>
    <Message>{{ message }}</Message>
  </Error>
  <RequestId>{{ request_id }}</RequestId>
</ErrorResponse>
"#
)]
struct ErrorXml<'a> {
    /// The cause of the error: `Sender` or `Receiver`.
    fault: &'a str,
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
}

/// Renders an STS response. Hyper adds a `Date` header, which clients use to correct their clocks.
pub(super) fn render(result: &Result<Identity, StsError>, request_id: &str) -> FullResponse {
    let (status, xml) = match result {
        Ok(Identity { arn, user_id, account }) => {
            (200, IdentityXml { arn: &replace_invalid_chars(arn), user_id, account, request_id }.render())
        }
        Err(StsError { status, code, message, .. }) => {
            let fault = if *status < 500 { "Sender" } else { "Receiver" };
            (*status, ErrorXml { fault, code, message: &replace_invalid_chars(message), request_id }.render())
        }
    };
    // Rendering a template that contains only strings can't fail.
    let mut response = Response::new(Full::new(Bytes::from(xml.unwrap_or_default())));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", request_id);
    }
    if let Some(seconds) = result.as_ref().err().and_then(|error| error.retry_after) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Replaces characters that XML can't represent.
fn replace_invalid_chars(text: &str) -> String {
    let is_allowed = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn body(result: Result<Identity, StsError>) -> String {
        let bytes = render(&result, "an id").into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn markup_in_xml_is_escaped() {
        let arn = "arn:aws:iam::123456789012:user/a<b>&\"c\u{1}".to_owned();
        let identity = Identity { arn, user_id: "id".to_owned(), account: "123456789012".to_owned() };
        let text = body(Ok(identity)).await;
        assert!(!text.contains("a<b>&\"c") && !text.contains('\u{1}'), "{text}");
        assert!(text.contains("a&#60;b&#62;&#38;&#34;c\u{fffd}</Arn>"), "{text}");
    }

    #[tokio::test]
    async fn an_error_has_the_party_at_fault() {
        let of = |kind| StsError::from(Exception::new(kind, "No."));
        let text = body(Err(of(ExceptionKind::InvalidSignature))).await;
        assert!(text.contains("<Type>Sender</Type>\n    <Code>SignatureDoesNotMatch</Code>"), "{text}");
        let text = body(Err(of(ExceptionKind::ServiceUnavailable))).await;
        assert!(text.contains("<Type>Receiver</Type>\n    <Code>ServiceUnavailable</Code>"), "{text}");
    }
}
