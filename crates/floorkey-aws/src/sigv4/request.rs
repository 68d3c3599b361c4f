//! The parts of a request that can be signed, exactly as received.

use std::fmt;

/// The method, path, query and headers of a request. They are neither decoded nor normalized.
#[derive(Clone, Copy)]
pub struct RequestParts<'a> {
    /// The method, in uppercase.
    pub method: &'a str,
    /// The path, exactly as received and without the query.
    pub raw_path: &'a str,
    /// The query, exactly as received and without the `?`; empty if there is no query.
    pub raw_query: &'a str,
    /// All headers in the order in which they were received, including repeated headers. The names may have any letter
    /// case.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> RequestParts<'a> {
    /// Returns the values of a header, in order.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let headers = self.headers;
        headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// Omits the query and the headers, because they may contain a signature. A signature must not be logged, because
/// someone could use it to replay the request for five minutes.
impl fmt::Debug for RequestParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = f.debug_struct("RequestParts");
        parts.field("method", &self.method).field("raw_path", &self.raw_path).finish_non_exhaustive()
    }
}
