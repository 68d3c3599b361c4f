//! The same-origin check, which prevents cross-site request forgery.
//!
//! Browsers send a `Sec-Fetch-Site` or an `Origin` header with every request that changes state. A client that sends
//! neither header is not a browser. Such a client sends only the cookies that its own user provided, so another site
//! cannot misuse them.

use http::request::Parts;
use http::{Method, header};

use super::page_error::PageError;

/// Rejects state-changing requests from other sites.
///
/// # Errors
/// Returns [`PageError::CrossSiteRequest`] if the request comes from another site.
pub(crate) fn check(parts: &Parts, public_url: &str) -> Result<(), PageError> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let header_text = |name| parts.headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match header_text(header::HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return Err(PageError::CrossSiteRequest),
        None => {}
    }
    let host = header_text(header::HOST).unwrap_or_default();
    match header_text(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if origin == public_url => Ok(()),
        Some(origin) if origin.split_once("://").is_some_and(|(_, rest)| rest == host) => Ok(()),
        Some(_) => Err(PageError::CrossSiteRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(method: Method, headers: &[(&str, &str)]) -> bool {
        let mut request = http::Request::builder().method(method).uri("/connect/login");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts, "https://floorkey.example").is_ok()
    }

    #[test]
    fn cross_site_changes_are_rejected() {
        let post = |headers: &[(&str, &str)]| is_allowed(Method::POST, headers);
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(post(&[("sec-fetch-site", "none")]));
        assert!(!post(&[("sec-fetch-site", "same-site")]));
        assert!(!post(&[("sec-fetch-site", "cross-site"), ("origin", "https://floorkey.example")]));
        assert!(post(&[("origin", "https://floorkey.example"), ("host", "10.0.0.1:8080")]));
        assert!(post(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]));
        assert!(!post(&[("origin", "http://evil.example"), ("host", "localhost:8080")]));
        assert!(!post(&[("origin", "null"), ("host", "localhost:8080")]));
        assert!(post(&[("host", "localhost:8080")]));
        assert!(is_allowed(Method::GET, &[("sec-fetch-site", "cross-site")]));
    }
}
