//! Error responses in the format that clients of Amazon Connect expect.
//!
//! Clients use the header `x-amzn-errortype` to decide how to handle an error. For example, Terraform removes a
//! resource from its state after a `ResourceNotFoundException`, and the SDKs retry throttling errors. Therefore, only
//! the exceptions in [`ExceptionKind`] are returned, and each exception has a fixed HTTP status.

use serde_json::{Map, Value};

/// An error response to an AWS client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    kind: ExceptionKind,
    message: String,
    resource_id: Option<String>,
    resource_type: Option<ResourceInUseType>,
    retry_after: Option<u32>,
}

impl Exception {
    /// Creates an exception. `message` must be a full sentence that the client can show to its user.
    #[must_use]
    pub fn new(kind: ExceptionKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), resource_id: None, resource_type: None, retry_after: None }
    }

    /// Creates a `ResourceInUseException` that names the resource in use.
    ///
    /// `resource_type` is `None` if the `ResourceType` enumeration of the AWS service model lacks the type of the
    /// resource. For example, the enumeration lacks security profiles.
    #[must_use]
    pub fn in_use(
        message: impl Into<String>,
        resource_id: impl Into<String>,
        resource_type: Option<ResourceInUseType>,
    ) -> Self {
        Self {
            kind: ExceptionKind::ResourceInUse,
            message: message.into(),
            resource_id: Some(resource_id.into()),
            resource_type,
            retry_after: None,
        }
    }

    /// Adds the number of seconds after which the client should retry.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Returns the value of the `Retry-After` header: the number of seconds after which the client should retry.
    #[must_use]
    pub fn seconds_to_wait(&self) -> Option<u32> {
        self.retry_after
    }

    /// Returns the kind of exception, which determines the exception's name and HTTP status.
    #[must_use]
    pub fn kind(&self) -> ExceptionKind {
        self.kind
    }

    /// Returns the message that clients show to their users.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the HTTP status, the value of the header `x-amzn-errortype`, and the JSON body of the error response.
    ///
    /// In the body, the key of the message is `Message` for exceptions that the AWS service model declares. The key is
    /// `message` for protocol and signing exceptions, which the model does not declare. AWS uses the same keys, and all
    /// clients accept both.
    #[must_use]
    pub fn render(&self) -> (u16, &'static str, Vec<u8>) {
        self.render_with(if self.kind.is_protocol() { "message" } else { "Message" })
    }

    /// Renders the exception like [`Exception::render`], but the key of the message is always `message`. Used for
    /// operations that are not in the AWS service model.
    #[must_use]
    pub fn render_unmodelled(&self) -> (u16, &'static str, Vec<u8>) {
        self.render_with("message")
    }

    fn render_with(&self, spelling: &str) -> (u16, &'static str, Vec<u8>) {
        let mut body = Map::new();
        body.insert(spelling.to_owned(), Value::from(self.message.as_str()));
        if let Some(id) = &self.resource_id {
            body.insert("ResourceId".to_owned(), Value::from(id.as_str()));
        }
        if let Some(kind) = self.resource_type {
            body.insert("ResourceType".to_owned(), Value::from(kind.as_str()));
        }
        (self.kind.status(), self.kind.name(), Value::Object(body).to_string().into_bytes())
    }
}

impl std::fmt::Display for Exception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for Exception {}

/// The kinds of exceptions that Floorkey returns. Some are declared by operations in the AWS service model. The others
/// are protocol and signing exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExceptionKind {
    /// The caller does not have permission (403).
    AccessDenied,
    /// The state of the resource does not allow the operation (409).
    ConditionalOperationFailed,
    /// The name is already in use (409).
    DuplicateResource,
    /// The credentials have expired (403).
    ExpiredToken,
    /// The signature can't be parsed (400).
    IncompleteSignature,
    /// An internal error (500). SDKs retry the request, so this kind must be used only for errors that a retry may
    /// resolve.
    InternalService,
    /// A parameter violates a constraint in the AWS service model (400).
    InvalidParameter,
    /// The request as a whole is invalid (400).
    InvalidRequest,
    /// The signature, its credential scope or its time is invalid (403).
    InvalidSignature,
    /// The instance has reached a limit (429). SDKs treat this as a throttling error and retry the request.
    LimitExceeded,
    /// The request has no credentials (403).
    MissingAuthenticationToken,
    /// The body is longer than the server accepts (413).
    RequestEntityTooLarge,
    /// The change conflicts with another change (409).
    ResourceConflict,
    /// The resource is still in use (409).
    ResourceInUse,
    /// The resource does not exist, or the caller can't see it (404).
    ResourceNotFound,
    /// The body is invalid, or a parameter does not have the type that the AWS service model requires (400).
    Serialization,
    /// The account has reached a quota (402).
    ServiceQuotaExceeded,
    /// The server is temporarily unavailable, and the client should retry (503).
    ServiceUnavailable,
    /// The client has sent too many requests (429).
    Throttling,
    /// No operation has this method and path (404).
    UnknownOperation,
    /// The access key is unknown (403).
    UnrecognizedClient,
    /// The body has an unsupported encoding, such as compression (415).
    UnsupportedMediaType,
}

impl ExceptionKind {
    /// All kinds of exceptions, sorted by name.
    pub const ALL: [Self; 22] = [
        Self::AccessDenied,
        Self::ConditionalOperationFailed,
        Self::DuplicateResource,
        Self::ExpiredToken,
        Self::IncompleteSignature,
        Self::InternalService,
        Self::InvalidParameter,
        Self::InvalidRequest,
        Self::InvalidSignature,
        Self::LimitExceeded,
        Self::MissingAuthenticationToken,
        Self::RequestEntityTooLarge,
        Self::ResourceConflict,
        Self::ResourceInUse,
        Self::ResourceNotFound,
        Self::Serialization,
        Self::ServiceQuotaExceeded,
        Self::ServiceUnavailable,
        Self::Throttling,
        Self::UnknownOperation,
        Self::UnrecognizedClient,
        Self::UnsupportedMediaType,
    ];

    /// Returns the exception's name, as it appears in the header `x-amzn-errortype`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDeniedException",
            Self::ConditionalOperationFailed => "ConditionalOperationFailedException",
            Self::DuplicateResource => "DuplicateResourceException",
            Self::ExpiredToken => "ExpiredTokenException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::InternalService => "InternalServiceException",
            Self::InvalidParameter => "InvalidParameterException",
            Self::InvalidRequest => "InvalidRequestException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::LimitExceeded => "LimitExceededException",
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::RequestEntityTooLarge => "RequestEntityTooLargeException",
            Self::ResourceConflict => "ResourceConflictException",
            Self::ResourceInUse => "ResourceInUseException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::Serialization => "SerializationException",
            Self::ServiceQuotaExceeded => "ServiceQuotaExceededException",
            Self::ServiceUnavailable => "ServiceUnavailableException",
            Self::Throttling => "ThrottlingException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::UnsupportedMediaType => "UnsupportedMediaTypeException",
        }
    }

    /// Returns the HTTP status, as defined in the AWS service model or in AWS's list of common errors.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::IncompleteSignature | Self::InvalidParameter | Self::InvalidRequest | Self::Serialization => 400,
            Self::ServiceQuotaExceeded => 402,
            Self::AccessDenied
            | Self::ExpiredToken
            | Self::InvalidSignature
            | Self::MissingAuthenticationToken
            | Self::UnrecognizedClient => 403,
            Self::ResourceNotFound | Self::UnknownOperation => 404,
            Self::ConditionalOperationFailed
            | Self::DuplicateResource
            | Self::ResourceConflict
            | Self::ResourceInUse => 409,
            Self::RequestEntityTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::LimitExceeded | Self::Throttling => 429,
            Self::InternalService => 500,
            Self::ServiceUnavailable => 503,
        }
    }

    /// Whether this is a protocol or signing exception, which no operation declares.
    #[must_use]
    pub fn is_protocol(self) -> bool {
        match self {
            Self::ExpiredToken
            | Self::IncompleteSignature
            | Self::InvalidSignature
            | Self::MissingAuthenticationToken
            | Self::RequestEntityTooLarge
            | Self::Serialization
            | Self::ServiceUnavailable
            | Self::UnknownOperation
            | Self::UnrecognizedClient
            | Self::UnsupportedMediaType => true,
            Self::AccessDenied
            | Self::ConditionalOperationFailed
            | Self::DuplicateResource
            | Self::InternalService
            | Self::InvalidParameter
            | Self::InvalidRequest
            | Self::LimitExceeded
            | Self::ResourceConflict
            | Self::ResourceInUse
            | Self::ResourceNotFound
            | Self::ServiceQuotaExceeded
            | Self::Throttling => false,
        }
    }

    /// Whether this is one of AWS's common errors. Any operation can return such an exception without declaring it.
    #[must_use]
    pub fn is_common(self) -> bool {
        self.is_protocol() || matches!(self, Self::AccessDenied | Self::InternalService | Self::Throttling)
    }
}

/// A resource type that a `ResourceInUseException` can contain. Only resource types that Floorkey stores are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceInUseType {
    /// A hierarchy group.
    HierarchyGroup,
    /// A level of the hierarchy.
    HierarchyLevel,
    /// An instance.
    Instance,
    /// A user.
    User,
}

impl ResourceInUseType {
    /// Returns the value of this type in the `ResourceType` enumeration of the AWS service model.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HierarchyGroup => "HIERARCHY_GROUP",
            Self::HierarchyLevel => "HIERARCHY_LEVEL",
            Self::Instance => "INSTANCE",
            Self::User => "USER",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modelled_exception_spells_message_with_a_capital() {
        let (status, name, body) = Exception::new(ExceptionKind::ResourceNotFound, "There is no such user.").render();
        assert_eq!((status, name), (404, "ResourceNotFoundException"));
        assert_eq!(String::from_utf8(body).unwrap(), r#"{"Message":"There is no such user."}"#);
    }

    #[test]
    fn an_exception_of_the_protocol_spells_it_in_lower_case() {
        let (status, name, body) = Exception::new(ExceptionKind::UnknownOperation, "No such \"thing\".\n").render();
        assert_eq!((status, name), (404, "UnknownOperationException"));
        assert_eq!(String::from_utf8(body).unwrap(), r#"{"message":"No such \"thing\".\n"}"#);
    }

    #[test]
    fn what_is_in_use_is_named() {
        let profile = Exception::in_use("Three users hold it.", "arn:x", None).render().2;
        assert_eq!(String::from_utf8(profile).unwrap(), r#"{"Message":"Three users hold it.","ResourceId":"arn:x"}"#);
        let group = Exception::in_use("It has users.", "arn:y", Some(ResourceInUseType::HierarchyGroup)).render().2;
        assert!(String::from_utf8(group).unwrap().contains(r#""ResourceType":"HIERARCHY_GROUP""#));
    }

    #[test]
    fn all_lists_every_kind_once_in_the_order_of_the_names() {
        let names: Vec<_> = ExceptionKind::ALL.iter().map(|kind| kind.name()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        for kind in ExceptionKind::ALL {
            assert_eq!(kind.name().strip_suffix("Exception"), Some(format!("{kind:?}").as_str()));
        }
    }
}
