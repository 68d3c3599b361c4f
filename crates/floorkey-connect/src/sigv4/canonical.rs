//! The one text that stands for a request, so that both sides sign the same bytes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::request::RequestParts;

/// All bytes but RFC 3986's unreserved ones are encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is done to the path before it is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathNormalization {
    /// Nothing: the path as received. A path that would need tidying leads to no operation anyway.
    #[default]
    AsReceived,
    /// Empty and dot segments are resolved, as the signing rules have it for services other than S3.
    RemoveDotSegments,
}

/// The canonical request, over the named headers and the hash of the body.
pub(super) fn canonical_request(
    parts: &RequestParts<'_>,
    normalization: PathNormalization,
    signed_headers: &[String],
    body_hash: &str,
) -> Vec<u8> {
    let mut text = Vec::new();
    let mut line = |bytes: &[u8]| {
        text.extend_from_slice(bytes);
        text.push(b'\n');
    };
    line(parts.method.as_bytes());
    line(path(parts.raw_path, normalization).as_bytes());
    line(query(parts.raw_query).as_bytes());
    for name in signed_headers {
        let values: Vec<Vec<u8>> = parts.values(name).map(folded).collect();
        line(&[name.as_bytes(), b":", &values.join(&b","[..])].concat());
    }
    line(b"");
    line(signed_headers.join(";").as_bytes());
    text.extend_from_slice(body_hash.as_bytes());
    text
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// Each segment encoded once more than it was sent.
fn path(raw: &str, normalization: PathNormalization) -> String {
    let mut segments: Vec<&str> = raw.strip_prefix('/').unwrap_or(raw).split('/').collect();
    if normalization == PathNormalization::RemoveDotSegments {
        segments = resolved(&segments);
    }
    segments.iter().map(|segment| format!("/{}", encode(segment.as_bytes()))).collect()
}

/// Without empty and dot segments; a slash at the end stays.
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

/// The pairs sorted by encoded name, then by encoded value; without the signature itself, which can't sign itself.
fn query(raw: &str) -> String {
    let mut pairs: Vec<(String, String)> = decoded_pairs(raw)
        .filter(|(name, _)| name != b"X-Amz-Signature")
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The decoded names and values of a query. `+` is a space, as signers see it; a broken escape stands for itself, and
/// whoever reads the parameters afterwards refuses it.
pub(super) fn decoded_pairs(raw: &str) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let decode = |text: &str| percent_decode(text.replace('+', " ").as_bytes()).collect::<Vec<u8>>();
    raw.split('&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// A header's value without blanks at its ends and with single blanks inside.
fn folded(value: &[u8]) -> Vec<u8> {
    let words: Vec<&[u8]> = value.split(|b| matches!(b, b' ' | b'\t')).filter(|word| !word.is_empty()).collect();
    words.join(&b" "[..])
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(query(raw), canonical, "{raw}");
        }
    }

    #[test]
    fn blanks_in_a_value_are_folded() {
        assert_eq!(folded(b" \t a  \t b c\xff "), b"a b c\xff");
        assert_eq!(folded(b"   "), b"");
    }
}
