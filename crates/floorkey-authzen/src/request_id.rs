//! The `X-Request-ID` header, which callers use to match responses to requests.

use http::{HeaderMap, HeaderName, HeaderValue};

use floorkey_service::entropy;

/// The name of the request ID header.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Maximum length of a request ID, in bytes.
const BYTES_MAX: usize = 128;

/// Returns the request ID in the headers; `None` if there is no ID. A valid ID consists of 1 to 128 visible ASCII
/// characters. An invalid ID is replaced with a new ID.
pub(super) fn from_headers(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(&HEADER)?;
    Some(if is_valid(id.as_bytes()) { id.clone() } else { generate() })
}

/// Generates a random request ID.
pub(super) fn generate() -> HeaderValue {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = uuid::Uuid::from_u128(entropy::random_id()).hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("-"))
}

fn is_valid(id: &[u8]) -> bool {
    (1..=BYTES_MAX).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_back(id: Option<&[u8]>) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(id) = id {
            headers.insert(HEADER, HeaderValue::from_bytes(id).unwrap());
        }
        from_headers(&headers).map(|id| id.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_valid_id_is_returned_and_an_invalid_one_is_replaced() {
        let longest = [b'x'; BYTES_MAX];
        assert_eq!(given_back(Some(b"bfe9eb29-ab87")).as_deref(), Some("bfe9eb29-ab87"));
        assert_eq!(given_back(Some(&longest)).unwrap().as_bytes(), longest);
        for unfit in [&b""[..], b"two words", b"tab\tbed", "é".as_bytes(), &[b'x'; BYTES_MAX + 1]] {
            let replaced = given_back(Some(unfit)).unwrap();
            assert!(uuid::Uuid::try_parse(&replaced).is_ok(), "{replaced}");
        }
        assert_eq!(given_back(None), None);
        assert!(uuid::Uuid::try_parse(generate().to_str().unwrap()).is_ok());
    }
}
