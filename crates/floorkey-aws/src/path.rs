//! Splits and decodes the path of a request.
//!
//! An ARN in a path arrives as `arn%3Aaws%3A…%2F…`. Decoding the path before splitting it would break the ARN. If `..`
//! or `//` were normalized before routing, the server would respond to a different path than the client signed.
//! Therefore, this module first splits the path and then decodes each segment once. It rejects paths that would need
//! normalization.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Returns the decoded segments of a raw path. Returns `None` for the following paths, which no operation can have:
/// - a path without a leading `/`
/// - a path with an empty segment (`//` or a trailing `/`), or with `.` or `..` in any encoding
/// - a path with an incomplete percent-escape, invalid UTF-8, or a control character
#[must_use]
pub fn segments(raw_path: &str) -> Option<Vec<Cow<'_, str>>> {
    raw_path.strip_prefix('/')?.split('/').map(segment).collect()
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
