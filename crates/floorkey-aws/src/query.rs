//! Decoding of query strings.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::input_error::InputError;
use crate::path::escapes_are_whole;

/// The decoded name and value of a query parameter.
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Decodes the names and values of a raw query, in order. A name without `=` has an empty value. Both `+` and `%20` are
/// decoded as a space, because clients use both.
///
/// # Errors
///
/// Returns an error if a percent-escape is incomplete, or if the decoded bytes are not UTF-8.
pub fn pairs(raw_query: &str) -> Result<Vec<Pair<'_>>, InputError> {
    raw_query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or_else(|| unreadable("a name"))?;
            let value = decode(value).ok_or_else(|| unreadable(&format!("the value of `{}`", name.escape_debug())))?;
            Ok((name, value))
        })
        .collect()
}

fn unreadable(what: &str) -> InputError {
    InputError::Serialization(format!(
        "In the query, {what} can't be decoded: each `%` must be followed by two hexadecimal digits, and the \
        bytes must be UTF-8."
    ))
}

fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !escapes_are_whole(raw) {
        return None;
    }
    if !raw.contains(['+', '%']) {
        return Some(Cow::Borrowed(raw));
    }
    // This does not affect a literal `+`, because it is encoded as %2B.
    let spaced = raw.replace('+', " ");
    Some(Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8().ok()?.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Vec<(String, String)> {
        pairs(query).unwrap().into_iter().map(|(k, v)| (k.into_owned(), v.into_owned())).collect()
    }

    #[test]
    fn pairs_keep_their_order_and_repeat() {
        let want = [("tagKeys", "a b"), ("tagKeys", "c d"), ("tagKeys", "e+f"), ("flag", ""), ("x", "1=2")];
        let want = want.map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(read("tagKeys=a+b&tagKeys=c%20d&&tagKeys=e%2Bf&flag&x=1=2&"), want);
        assert!(read("").is_empty());
    }

    #[test]
    fn a_broken_escape_is_named_by_its_parameter() {
        for (query, named) in [("a=%", "`a`"), ("a=%g1", "`a`"), ("a=%C3", "`a`"), ("%x=1", "a name")] {
            let error = pairs(query).unwrap_err();
            assert!(matches!(&error, InputError::Serialization(text) if text.contains(named)), "{query}: {error}");
        }
    }
}
