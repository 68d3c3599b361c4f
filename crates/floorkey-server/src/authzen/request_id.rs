//! `X-Request-ID`: by which a caller finds an answer again.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::outside;

/// The header's name.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of an id that is given back, at most.
const BYTES_MAX: usize = 128;

/// The id to give back: the caller's own where it is 1 to 128 visible ASCII characters. One that is not is replaced;
/// where none came, only a refusal gets one.
pub(super) fn of(headers: &HeaderMap, is_refusal: bool) -> Option<HeaderValue> {
    match headers.get(&HEADER) {
        Some(id) if is_fit(id.as_bytes()) => Some(id.clone()),
        None if !is_refusal => None,
        _ => HeaderValue::try_from(uuid::Uuid::from_u128(outside::id()).to_string()).ok(),
    }
}

fn is_fit(id: &[u8]) -> bool {
    (1..=BYTES_MAX).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_back(id: Option<&[u8]>, is_refusal: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(id) = id {
            headers.insert(HEADER, HeaderValue::from_bytes(id).unwrap());
        }
        of(&headers, is_refusal).map(|id| id.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_fit_id_comes_back_and_another_is_replaced() {
        let longest = [b'x'; BYTES_MAX];
        assert_eq!(given_back(Some(b"bfe9eb29-ab87"), false).as_deref(), Some("bfe9eb29-ab87"));
        assert_eq!(given_back(Some(&longest), true).unwrap().as_bytes(), longest);
        for unfit in [&b""[..], b"two words", b"tab\tbed", "é".as_bytes(), &[b'x'; BYTES_MAX + 1]] {
            let replaced = given_back(Some(unfit), false).unwrap();
            assert!(uuid::Uuid::try_parse(&replaced).is_ok(), "{replaced}");
        }
        assert_eq!(given_back(None, false), None);
        assert!(given_back(None, true).is_some());
    }
}
