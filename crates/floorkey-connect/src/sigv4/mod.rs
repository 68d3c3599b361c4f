//! AWS Signature Version 4, from the side of the server.
//!
//! [`Claim::read`] takes out of a request what it says about its signature, without believing it. The caller looks up
//! the secret of [`Claim::access_key_id`], derives a [`SigningKey`], and [`Claim::verify`] says whether the request, as
//! it arrived, was signed with it, here and now.
//!
//! What is signed is what came over the wire: the path and the query as received, the headers as received, and always
//! the hash of the body as received. A promise about the body (`UNSIGNED-PAYLOAD`, chunk signing) is not taken for it.
//! Connect is not S3, so the path is encoded once more than it arrives: `%3A` is signed as `%253A`.

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
