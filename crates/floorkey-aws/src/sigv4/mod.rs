//! Server-side verification of AWS Signature Version 4.
//!
//! [`Claim::read`] parses the signature of a request without verifying it. The caller then looks up the secret of the
//! access key [`Claim::access_key_id`], and derives a [`SigningKey`] from the secret. [`Claim::verify`] checks that the
//! received request was signed with this key, for this server, and at about the current time.
//!
//! The signature always covers the path, the query and the signed headers as received, and the hash of the body.
//! Requests with an unsigned body (`UNSIGNED-PAYLOAD`) or chunked signing are rejected. Unlike in S3, the path is
//! percent-encoded again before it is signed: `%3A` is signed as `%253A`.

mod canonical;
mod claim;
mod error;
mod key;
mod request;
mod time;
mod verify;

pub use canonical::PathNormalization;
pub use claim::{Claim, Presigned, is_signed_for};
pub use error::AuthError;
pub use key::SigningKey;
pub use request::RequestParts;
pub use verify::{SKEW_SECONDS_MAX, Terms};
