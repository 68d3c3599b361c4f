//! What Floorkey's interfaces and its listener share about HTTP: requests with their bodies, responses with what is
//! counted about them, and bodies that are read within limits of size, speed and memory.
//!
//! This crate knows no routes, no rules and no operations.

mod body;
mod client_network;

use std::net::IpAddr;

use http::Response;
use http_body_util::Full;
use hyper::body::Bytes;

pub use body::{BodyBudget, BodyError, BodyReservation, collect};
pub use client_network::network_of;

/// Maximum number of bytes in the body of a request.
pub const BODY_MAX: usize = 2 * 1024 * 1024;

/// A response with its whole body.
pub type FullResponse = Response<Full<Bytes>>;

/// A response, and the labels that it is counted under.
pub struct LabeledResponse {
    /// The response.
    pub response: FullResponse,
    /// The interface that answered: `authzen`, `connect`, `console`, `extension`, `program` or `sts`.
    pub surface: &'static str,
    /// The name of the operation, or `none`.
    pub operation: &'static str,
}

/// A request with its whole body.
pub struct FullRequest {
    /// The head of the request.
    pub parts: http::request::Parts,
    /// The body, or why it could not be read.
    pub body: Result<Bytes, BodyError>,
    /// The address of the client. Behind trusted proxies, the address that they report.
    pub client: IpAddr,
}
