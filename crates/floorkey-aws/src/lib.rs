//! The wire formats of Amazon Connect that Floorkey supports.
//!
//! A request arrives as a method, a raw path, a raw query, headers and a body. [`sigv4`] verifies the signature of the
//! request. [`operation`] determines the requested operation, and [`input`] parses the request into the operation's
//! input struct ([`model`]). The response is an output struct from [`model`], or an [`exception`]. [`arn`] parses and
//! formats the ARNs in inputs and outputs.
//!
//! This crate does not interpret security profiles or check the permissions of callers. It does not depend on an HTTP
//! library, and it does not read a clock. The result of every function depends only on the function's arguments.

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
