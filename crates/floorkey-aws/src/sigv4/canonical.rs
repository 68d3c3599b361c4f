//! Builds the canonical request, a standardized representation of a request. It ensures that the client and the server
//! sign the same bytes.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::request::RequestParts;

/// The bytes that are percent-encoded. These are all bytes except the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How the path is normalized before it is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathNormalization {
    /// The path is used as received. A path that would need normalization does not match any operation.
    #[default]
    AsReceived,
    /// Empty segments are removed and dot segments are resolved. The signing rules require this normalization for
    /// services other than S3.
    RemoveDotSegments,
}

/// The initial capacity in bytes, which is enough for a typical canonical request.
const BYTES: usize = 512;

/// Builds the canonical request from the parts of the request, the given signed headers, and the hash of the body.
pub(super) fn canonical_request(
    parts: &RequestParts<'_>,
    normalization: PathNormalization,
    signed_headers: &[Cow<'_, str>],
    body_hash: &str,
) -> Vec<u8> {
    let mut text = Vec::with_capacity(BYTES);
    text.extend_from_slice(parts.method.as_bytes());
    text.push(b'\n');
    put_path(&mut text, parts.raw_path, normalization);
    text.push(b'\n');
    put_query(&mut text, parts.raw_query);
    text.push(b'\n');
    for name in signed_headers {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        for (at, value) in parts.values(name).enumerate() {
            if at > 0 {
                text.push(b',');
            }
            put_folded(&mut text, value);
        }
        text.push(b'\n');
    }
    text.push(b'\n');
    for (at, name) in signed_headers.iter().enumerate() {
        if at > 0 {
            text.push(b';');
        }
        text.extend_from_slice(name.as_bytes());
    }
    text.push(b'\n');
    text.extend_from_slice(body_hash.as_bytes());
    text
}

fn put_encoded(text: &mut Vec<u8>, bytes: &[u8]) {
    percent_encode(bytes, RESERVED).for_each(|piece| text.extend_from_slice(piece.as_bytes()));
}

/// Appends the path. Each segment is percent-encoded a second time, although the received path is already encoded.
fn put_path(text: &mut Vec<u8>, raw: &str, normalization: PathNormalization) {
    let segments = raw.strip_prefix('/').unwrap_or(raw).split('/');
    let mut put = |segment: &str| {
        text.push(b'/');
        put_encoded(text, segment.as_bytes());
    };
    match normalization {
        PathNormalization::AsReceived => segments.for_each(put),
        PathNormalization::RemoveDotSegments => {
            resolved(&segments.collect::<Vec<_>>()).into_iter().for_each(&mut put);
        }
    }
}

/// Removes empty segments and resolves dot segments. Keeps a trailing slash.
fn resolved<'a>(segments: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::new();
    for &segment in segments {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    if kept.is_empty() || segments.last() == Some(&"") {
        kept.push("");
    }
    kept
}

/// Appends the query parameters, sorted by encoded name and then by encoded value. Omits `X-Amz-Signature`, because a
/// signature can't sign itself.
fn put_query(text: &mut Vec<u8>, raw: &str) {
    let pairs = decoded_pairs(raw).filter(|(name, _)| **name != *b"X-Amz-Signature");
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> =
        pairs.map(|(name, value)| (encoded(name), encoded(value))).collect();
    pairs.sort_unstable();
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            text.push(b'&');
        }
        text.extend_from_slice(name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
    }
}

fn encoded(decoded: Cow<'_, [u8]>) -> Cow<'_, str> {
    match decoded {
        Cow::Borrowed(bytes) => percent_encode(bytes, RESERVED).into(),
        Cow::Owned(bytes) => Cow::Owned(percent_encode(&bytes, RESERVED).to_string()),
    }
}

/// Decodes the names and values of a query. `+` is decoded as a space, as signing clients do. An invalid percent-escape
/// is kept unchanged, and is rejected later when the parameters are parsed.
pub(super) fn decoded_pairs(raw: &str) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

fn decoded(text: &str) -> Cow<'_, [u8]> {
    match text.contains('+') {
        false => percent_decode(text.as_bytes()).into(),
        true => Cow::Owned(percent_decode(text.replace('+', " ").as_bytes()).collect()),
    }
}

/// Appends a header value. Removes leading and trailing spaces and tabs, and replaces each run of spaces and tabs with
/// one space.
fn put_folded(text: &mut Vec<u8>, value: &[u8]) {
    let words = value.split(|b| matches!(b, b' ' | b'\t')).filter(|word| !word.is_empty());
    for (at, word) in words.enumerate() {
        if at > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(put: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut text = Vec::new();
        put(&mut text);
        text
    }

    fn path(raw: &str, normalization: PathNormalization) -> String {
        String::from_utf8(put(|text| put_path(text, raw, normalization))).unwrap()
    }

    #[test]
    fn a_path_is_encoded_once_more_and_not_tidied() {
        for (raw, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/tags/arn%3Aaws%2Fx", "/tags/arn%253Aaws%252Fx"),
            ("/a//b/./../c/", "/a//b/./../c/"),
            ("/a-_.~b", "/a-_.~b"),
            ("/a:b;c=d", "/a%3Ab%3Bc%3Dd"),
            ("/ሴ", "/%E1%88%B4"),
        ] {
            assert_eq!(path(raw, PathNormalization::AsReceived), canonical, "{raw}");
        }
    }

    #[test]
    fn dot_segments_can_be_resolved() {
        for (raw, canonical) in
            [("//", "/"), ("/./", "/"), ("/a/..", "/"), ("/a//b/./../c/", "/a/c/"), ("/../../x", "/x"), ("/a/.", "/a")]
        {
            assert_eq!(path(raw, PathNormalization::RemoveDotSegments), canonical, "{raw}");
        }
    }

    #[test]
    fn a_query_is_sorted_by_name_then_value_after_encoding() {
        for (raw, canonical) in [
            ("", ""),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1&a", "a=&a=1&a=2"),
            ("Param-3=x&Param=y", "Param=y&Param-3=x"),
            ("a=x+y&b=x%20y&c=x%2By", "a=x%20y&b=x%20y&c=x%2By"),
            ("a=b=c&&d", "a=b%3Dc&d="),
            ("a=%zz&b=%4a", "a=%25zz&b=J"),
            ("a=%ff", "a=%FF"),
            ("x=1&X-Amz-Signature=beef", "x=1"),
        ] {
            assert_eq!(put(|text| put_query(text, raw)), canonical.as_bytes(), "{raw}");
        }
    }

    #[test]
    fn blanks_in_a_value_are_folded() {
        assert_eq!(put(|text| put_folded(text, b" \t a  \t b c\xff ")), b"a b c\xff");
        assert_eq!(put(|text| put_folded(text, b"   ")), b"");
    }
}
