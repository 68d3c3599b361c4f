//! Why a request is not taken as signed.

use crate::exception::{Exception, ExceptionKind};
use crate::json::shown;

/// Why a request is not taken as signed by the key that it names. Closed, so that each reason has its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// No signature at all.
    #[error(
        "The request has no signature. Sign it with AWS Signature Version 4: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )]
    Missing,
    /// A signature that can't be read. The text is a full sentence on what is wrong.
    #[error("{0}")]
    Incomplete(String),
    /// The access key is not known.
    #[error("The security token included in the request is invalid.")]
    UnrecognizedClient,
    /// The request carries a session token, which this server never gives out.
    #[error(
        "The request has a session token (X-Amz-Security-Token). Access keys here have none: unset AWS_SESSION_TOKEN, or remove aws_session_token from the profile."
    )]
    SessionToken,
    /// The access key has run out.
    #[error("The security token included in the request is expired.")]
    ExpiredToken,
    /// The scope of the credential has another value in `field` than this server signs for.
    #[error("Credential should be scoped to {field} '{wanted}', not '{}'{}.", shown(found), remedy(field, wanted))]
    Scope {
        /// `region`, `service`, `terminator` or `date`.
        field: &'static str,
        /// What the request has.
        found: String,
        /// What it should have.
        wanted: String,
    },
    /// A header that has to be signed is not among the signed ones.
    #[error("The header '{}' has to be signed; it is not among the SignedHeaders.", shown(.0))]
    UnsignedHeader(String),
    /// A header that may stand once comes more often, or a signed one does not come at all.
    #[error("The signed header '{}' has to be in the request exactly once; it is there {found} times.", shown(name))]
    HeaderCount {
        /// The header.
        name: String,
        /// How often it came.
        found: usize,
    },
    /// The request promises a body without a hash, or one signed in chunks.
    #[error("The body has to be signed; UNSIGNED-PAYLOAD and STREAMING-* are not taken here.")]
    UnsignedPayload,
    /// The body has not the hash that the request names.
    #[error("The value of X-Amz-Content-Sha256 is not the SHA-256 of the body that was received.")]
    PayloadHash,
    /// Signed too long ago.
    #[error("Signature expired: {signed_at} is now earlier than {earliest} ({now} - {seconds} s).")]
    Expired {
        /// When it was signed, such as `20150830T123600Z`.
        signed_at: String,
        /// The earliest time that would have been taken.
        earliest: String,
        /// The server's clock.
        now: String,
        /// How long a signature counts.
        seconds: i64,
    },
    /// Signed in the future.
    #[error("Signature not yet current: {signed_at} is still later than {latest} ({now} + {seconds} s).")]
    NotYetCurrent {
        /// When it was signed, such as `20150830T123600Z`.
        signed_at: String,
        /// The latest time that would have been taken.
        latest: String,
        /// The server's clock.
        now: String,
        /// How far the caller's clock may be ahead.
        seconds: i64,
    },
    /// The signature is of something else, or made with another key.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your secret access key and signing method."
    )]
    Mismatch,
}

/// What mends the scope, where it is a setting of the client.
fn remedy(field: &str, wanted: &str) -> String {
    if field == "region" { format!(": set AWS_REGION={wanted}") } else { String::new() }
}

impl AuthError {
    /// The kind of the answer.
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
