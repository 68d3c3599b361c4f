//! Reasons why a signature is rejected.

use crate::exception::{Exception, ExceptionKind};
use crate::json::shown;

/// The reason why a signature is rejected. The enum is not `non_exhaustive`, so that callers can handle every reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request has no signature.
    #[error(
        "The request has no signature. Sign it with AWS Signature Version 4: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )]
    Missing,
    /// The signature can't be parsed. The string is a full sentence that describes the problem.
    #[error("{0}")]
    Incomplete(String),
    /// The access key does not exist.
    #[error("The security token included in the request is invalid.")]
    UnrecognizedClient,
    /// The request has a session token, which this server never issues.
    #[error(
        "The request has a session token (X-Amz-Security-Token), which Floorkey's access keys don't have. Unset \
        AWS_SESSION_TOKEN, or remove aws_session_token from the profile."
    )]
    SessionToken,
    /// The access key has expired.
    #[error("The security token included in the request is expired.")]
    ExpiredToken,
    /// A field of the credential scope does not have the value that this server requires.
    #[error("Credential should be scoped to {field} '{wanted}', not '{}'{}.", shown(found), remedy(field, wanted))]
    Scope {
        /// The name of the field: `region`, `service`, `terminator` or `date`.
        field: &'static str,
        /// The value of the field in the request.
        found: String,
        /// The required value.
        wanted: String,
    },
    /// A header that must be signed is missing from `SignedHeaders`.
    #[error("The header '{}' must be signed; it is not in SignedHeaders.", shown(.0))]
    UnsignedHeader(String),
    /// A header that may occur only once occurs more often, or a signed header is missing.
    #[error("The signed header '{}' must be in the request exactly once; it occurs {found} times.", shown(name))]
    HeaderCount {
        /// The name of the header.
        name: String,
        /// The number of occurrences of the header.
        found: usize,
    },
    /// The request declares that the body is unsigned, or that it is signed in chunks.
    #[error("The body must be signed; UNSIGNED-PAYLOAD and STREAMING-* are not supported.")]
    UnsignedPayload,
    /// The hash of the body in the request is not the hash of the received body.
    #[error("The value of X-Amz-Content-Sha256 is not the SHA-256 of the received body.")]
    PayloadHash,
    /// The signature is too old.
    #[error("Signature expired: {signed_at} is now earlier than {earliest} ({now} - {seconds} s).")]
    Expired {
        /// The time of the signature, such as `20150830T123600Z`.
        signed_at: String,
        /// The earliest accepted time.
        earliest: String,
        /// The server's time.
        now: String,
        /// The validity period of a signature.
        seconds: i64,
    },
    /// The time of the signature is in the future.
    #[error("Signature not yet current: {signed_at} is still later than {latest} ({now} + {seconds} s).")]
    NotYetCurrent {
        /// The time of the signature, such as `20150830T123600Z`.
        signed_at: String,
        /// The latest accepted time.
        latest: String,
        /// The server's time.
        now: String,
        /// The maximum number of seconds that the caller's clock may be ahead of the server's clock.
        seconds: i64,
    },
    /// The signature is for another request, or was created with another key.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your secret access key and signing method."
    )]
    Mismatch,
}

/// Returns a hint on how to correct a wrong region; empty for any other field.
fn remedy(field: &str, wanted: &str) -> String {
    if field == "region" { format!(": set AWS_REGION={wanted}") } else { String::new() }
}

impl AuthError {
    /// Returns the kind of exception that clients receive for this error.
    #[must_use]
    pub fn kind(&self) -> ExceptionKind {
        match self {
            Self::Missing => ExceptionKind::MissingAuthenticationToken,
            Self::Incomplete(_) => ExceptionKind::IncompleteSignature,
            Self::UnrecognizedClient | Self::SessionToken => ExceptionKind::UnrecognizedClient,
            Self::ExpiredToken => ExceptionKind::ExpiredToken,
            Self::Scope { .. }
            | Self::UnsignedHeader(_)
            | Self::HeaderCount { .. }
            | Self::UnsignedPayload
            | Self::PayloadHash
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::Mismatch => ExceptionKind::InvalidSignature,
        }
    }
}

impl From<AuthError> for Exception {
    fn from(error: AuthError) -> Self {
        Self::new(error.kind(), error.to_string())
    }
}
