//! Answers of STS: XML, in the forms that its clients read.

use askama::Template;
use floorkey_connect::exception::{Exception, ExceptionKind};
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

use super::BODY_MAX;
use crate::listener::Answer;

/// Who calls.
#[derive(Debug)]
pub(super) struct Identity {
    /// `arn:aws:iam::ACCOUNT:root` or `arn:aws:iam::ACCOUNT:user/LOGIN`.
    pub(super) arn: String,
    /// The user's id; the account's for the operator, as at AWS for the root user.
    pub(super) user_id: String,
    /// The account that this server stands for.
    pub(super) account: String,
}

/// A refusal in STS's words.
#[derive(Debug)]
pub(super) struct StsError {
    /// The HTTP status.
    pub(super) status: u16,
    /// One of AWS's common errors of the query protocol.
    code: &'static str,
    /// A full sentence.
    message: String,
    /// After how many seconds the client should try again.
    retry_after: Option<u32>,
}

impl StsError {
    /// No operation of that name and version.
    pub(super) fn invalid_action(message: &str) -> Self {
        Self { status: 400, code: "InvalidAction", message: message.to_owned(), retry_after: None }
    }

    /// No operation is named.
    pub(super) fn missing_action() -> Self {
        let message = "The parameter Action is missing: it names the operation, such as GetCallerIdentity.";
        Self { status: 400, code: "MissingAction", message: message.to_owned(), retry_after: None }
    }

    /// Parameters that can't be read.
    pub(super) fn malformed(message: &str) -> Self {
        Self { status: 400, code: "InvalidQueryParameter", message: message.to_owned(), retry_after: None }
    }
}

/// What keeps a call out of Connect keeps it out of STS, by the name that it has there.
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
    /// Whose fault it is: `Sender` or `Receiver`.
    fault: &'a str,
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
}

/// Renders what STS answers. Hyper adds `Date`, by which clients correct their clocks.
pub(super) fn render(result: &Result<Identity, StsError>, request_id: &str) -> Answer {
    let (status, xml) = match result {
        Ok(Identity { arn, user_id, account }) => {
            (200, IdentityXml { arn: &plain(arn), user_id, account, request_id }.render())
        }
        Err(StsError { status, code, message, .. }) => {
            let fault = if *status < 500 { "Sender" } else { "Receiver" };
            (*status, ErrorXml { fault, code, message: &plain(message), request_id }.render())
        }
    };
    // A template of texts has nothing that could fail.
    let mut answer = Response::new(Full::new(Bytes::from(xml.unwrap_or_default())));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", request_id);
    }
    if let Some(seconds) = result.as_ref().err().and_then(|error| error.retry_after) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// The text without characters that XML has no way to write.
fn plain(text: &str) -> String {
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
    async fn what_xml_would_read_as_markup_is_escaped() {
        let arn = "arn:aws:iam::123456789012:user/a<b>&\"c\u{1}".to_owned();
        let identity = Identity { arn, user_id: "id".to_owned(), account: "123456789012".to_owned() };
        let text = body(Ok(identity)).await;
        assert!(!text.contains("a<b>&\"c") && !text.contains('\u{1}'), "{text}");
        assert!(text.contains("a&#60;b&#62;&#38;&#34;c\u{fffd}</Arn>"), "{text}");
    }

    #[tokio::test]
    async fn whose_fault_it_is_is_said() {
        let of = |kind| StsError::from(Exception::new(kind, "No."));
        let text = body(Err(of(ExceptionKind::InvalidSignature))).await;
        assert!(text.contains("<Type>Sender</Type>\n    <Code>SignatureDoesNotMatch</Code>"), "{text}");
        let text = body(Err(of(ExceptionKind::ServiceUnavailable))).await;
        assert!(text.contains("<Type>Receiver</Type>\n    <Code>ServiceUnavailable</Code>"), "{text}");
    }
}
