//! Splits and decodes the path of a request, and compares it with the templates of operations.
//!
//! An ARN in a path arrives as `arn%3Aaws%3A…%2F…`. Decoding the path before splitting it would break the ARN. If `..`
//! or `//` were normalized before routing, the server would respond to a different path than the client signed.
//! Therefore, this module first splits the path and then decodes each segment once. It rejects paths that would need
//! normalization.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A request's path, split into segments.
#[derive(Clone, Debug)]
pub struct RequestPath<'a>(Vec<Segment<'a>>);

#[derive(Clone, Debug)]
struct Segment<'a> {
    /// The segment as received.
    raw: &'a str,
    decoded: Cow<'a, str>,
}

impl<'a> RequestPath<'a> {
    /// Splits a path, which must be passed exactly as it was received. Returns `None` for the following paths, which no
    /// operation can have:
    /// - a path without a leading `/`
    /// - a path with an empty segment (`//` or a trailing `/`), or with `.` or `..` in any encoding
    /// - a path with an incomplete percent-escape, invalid UTF-8, or a control character
    #[must_use]
    pub fn parse(raw_path: &'a str) -> Option<Self> {
        let segments = raw_path.strip_prefix('/')?.split('/');
        segments.map(|raw| Some(Segment { raw, decoded: segment(raw)? })).collect::<Option<_>>().map(Self)
    }

    /// Returns the values of the labels if the path matches `template`, such as `/users/{InstanceId}/{UserId}`. The
    /// fixed parts are compared without decoding, because clients never encode them.
    #[must_use]
    pub fn labels(&self, template: &'static str) -> Option<Labels> {
        let mut labels = Vec::new();
        let mut parts = template.split('/').skip(1);
        for Segment { raw, decoded } in &self.0 {
            let part = parts.next()?;
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => labels.push((name, decoded.to_string())),
                None if part == *raw => {}
                None => return None,
            }
        }
        parts.next().is_none().then_some(Labels(labels))
    }
}

/// The percent-decoded values of a path's labels. `InstanceId` is an example of a label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Vec<(&'static str, String)>);

impl Labels {
    /// Returns the value of the path label with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(label, _)| *label == name).map(|(_, value)| value.as_str())
    }
}

fn segment(raw: &str) -> Option<Cow<'_, str>> {
    if !escapes_are_whole(raw) {
        return None;
    }
    let decoded = percent_decode_str(raw).decode_utf8().ok()?;
    let refused = matches!(&*decoded, "" | "." | "..") || decoded.chars().any(char::is_control);
    (!refused).then_some(decoded)
}

/// Whether each `%` is followed by two hexadecimal digits.
pub(crate) fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes().take(2).map(|b| b.is_ascii_hexdigit());
        digits.next() == Some(true) && digits.next() == Some(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(path: &str) -> Option<Vec<String>> {
        Some(RequestPath::parse(path)?.0.into_iter().map(|segment| segment.decoded.into_owned()).collect())
    }

    #[test]
    fn a_segment_is_decoded_once() {
        assert_eq!(segments("/tags/arn%3Aaws%2Fx").unwrap(), ["tags", "arn:aws/x"]);
        assert_eq!(segments("/tags/a%253A").unwrap(), ["tags", "a%3A"]);
        assert_eq!(segments("/users/%C3%A9").unwrap(), ["users", "é"]);
        assert_eq!(segments("/users/a+b;c").unwrap(), ["users", "a+b;c"]);
    }

    #[test]
    fn what_would_need_tidying_is_refused() {
        for path in [
            "",
            "users",
            "/",
            "//",
            "/users/",
            "/users//x",
            "//users",
            "/./users",
            "/users/..",
            "/users/%2e%2E/x",
            "/users/%2e",
            "/users/.%2e",
            "/users/%",
            "/users/%4",
            "/users/%zz",
            "/users/%+1",
            "/users/%ff",
            "/users/%00",
            "/users/a%0Ab",
        ] {
            assert_eq!(segments(path), None, "{path}");
        }
    }
}
