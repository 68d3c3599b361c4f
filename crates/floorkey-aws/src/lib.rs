//! The wire formats of Amazon Connect that Floorkey supports.
//!
//! A request arrives as a method, a raw path, a raw query, headers and a body. [`sigv4`] verifies its signature,
//! [`operation`] finds its operation, and [`input`] parses it into the operation's input struct ([`model`]). The
//! response is an output struct of the model, or an [`exception`]. ARNs, which are parts of inputs and
//! outputs, have a module of their own.
//!
//! The crate does not know the meaning of security profiles, the permissions of callers, or the HTTP library, and it
//! does not read a clock. Every function depends only on its arguments.

pub mod arn;
pub mod exception;
mod generated;
mod hmac_sha256;
pub mod input;
pub mod input_error;
pub mod json;
pub mod model;
pub mod operation;
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
