//! Server-side verification of AWS Signature Version 4.
//!
//! [`Claim::read`] parses the signature of a request without verifying it. The caller looks up the secret of
//! [`Claim::access_key_id`] and derives a [`SigningKey`], and [`Claim::verify`] checks that the request as received was
//! signed with this key, for this server, at about the current time.
//!
//! The signature covers the bytes as received: the path, the query, the headers, and always the hash of the body. An
//! unsigned body (`UNSIGNED-PAYLOAD`) or chunked signing is rejected. Connect is not S3, so the path is encoded once
//! more than received: `%3A` is signed as `%253A`.

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
