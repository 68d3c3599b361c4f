//! The parts of a request that a signature covers, as they arrived.

use std::fmt;

/// Method, path, query and headers of a request, none of them decoded or tidied.
#[derive(Clone, Copy)]
pub struct RequestParts<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path as received, without the query.
    pub raw_path: &'a str,
    /// The query as received, without the `?`; empty where there is none.
    pub raw_query: &'a str,
    /// All headers in their order, a repeated one as often as it came. Names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> RequestParts<'a> {
    /// The values of a header, in their order.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let headers = self.headers;
        headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// Without the query and the headers: a signature can be used again for five minutes, so it belongs in no log.
impl fmt::Debug for RequestParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = f.debug_struct("RequestParts");
        parts.field("method", &self.method).field("raw_path", &self.raw_path).finish_non_exhaustive()
    }
}
