//! Amazon Connect's wire, as far as Floorkey serves it.
//!
//! A request arrives as a method, a raw path, a raw query, headers and a body. [`sigv4`] says whose it is, [`operation`]
//! which operation it calls, [`input`] turns it into the struct of that operation ([`model`]); the answer is another
//! struct of the model, or an [`exception`]. ARNs and page tokens, which travel inside, have their own modules.
//!
//! The crate does not know what a security profile means, who may do what, or which HTTP library carries the bytes; it
//! reads no clock. Everything here is a function of its arguments.

pub mod arn;
pub mod exception;
mod generated;
mod hmac_sha256;
pub mod input;
pub mod json;
pub mod model;
pub mod operation;
pub mod page_token;
pub mod path;
mod pattern;
pub mod query;
mod secret;
mod sensitive;
mod shape;
pub mod sigv4;
pub mod text_places;
mod timestamp;
mod wire_enum;

pub use secret::Secret;
pub use sensitive::Sensitive;
pub use timestamp::EpochSeconds;
