//! HTTP types that Floorkey's interfaces share with the listener: requests with their bodies, and responses with their
//! metric labels. Bodies are read within limits on size, speed and memory.
//!
//! This crate contains no routes, rules or operations.

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

/// A response with its complete body.
pub type FullResponse = Response<Full<Bytes>>;

/// A response with its metric labels.
pub struct LabeledResponse {
    /// The response.
    pub response: FullResponse,
    /// The interface that responded: `authzen`, `connect`, `console`, `extension`, `program` or `sts`.
    pub surface: &'static str,
    /// The name of the operation, or `none`.
    pub operation: &'static str,
}

/// A request with its complete body.
pub struct FullRequest {
    /// The head of the request.
    pub parts: http::request::Parts,
    /// The body, or the reason why it was not read.
    pub body: Result<Bytes, BodyError>,
    /// The client's IP address, as reported by trusted proxies if the request came through them.
    pub client: IpAddr,
}
