//! The patterns in the AWS service model, implemented as predicates.
//!
//! The model's regular expressions are in three dialects, one of which encloses them in slashes. The few patterns are
//! implemented by hand, so that no backtracking regular expression engine processes input from an attacker. The code
//! generator fails if the model has a pattern that is not in [`Pattern`].

use unicode_normalization::char::is_combining_mark;

/// A constraint on the characters of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// `(?!aws:|connect:)[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+$`
    AttributeName,
    /// `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+$`
    AttributeValue,
    /// `^d-[0-9a-f]{10}$`
    DirectoryId,
    /// `^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$`
    InstanceAlias,
    /// `/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d\S]{8,64}$/`
    Password,
    /// `\+[1-9]\d{1,14}$`; the model also has this pattern with doubled backslashes
    PhoneNumber,
    /// `s3://\S+/.+|https://\S+\.s3\.\S+\.amazonaws\.com/\S+`; the model doubles the backslashes of the second form
    S3Uri,
    /// `^[ a-zA-Z0-9_@-]+$`
    SecurityProfileName,
    /// `^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`
    TagKey,
}

impl Pattern {
    /// Whether the string satisfies the constraint. Every constraint applies to the whole string, as in Amazon Connect.
    pub(crate) fn matches(self, text: &str) -> bool {
        match self {
            Self::AttributeName => {
                !text.starts_with("aws:") && !text.starts_with("connect:") && Self::AttributeValue.matches(text)
            }
            Self::AttributeValue => !text.is_empty() && text.chars().all(is_latin_1_text),
            Self::DirectoryId => text
                .strip_prefix("d-")
                .is_some_and(|id| id.len() == 10 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))),
            Self::InstanceAlias => {
                !text.starts_with("d-")
                    && !text.is_empty()
                    && !text.starts_with('-')
                    && !text.ends_with('-')
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            }
            Self::Password => is_password(text),
            // Amazon Connect returns "" for an unset phone number. Scripts may send this value back.
            Self::PhoneNumber => text.is_empty() || text.strip_prefix('+').is_some_and(is_e164_digits),
            Self::S3Uri => is_s3_uri(text),
            Self::SecurityProfileName => {
                !text.is_empty()
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'@' | b'-'))
            }
            Self::TagKey => !text.starts_with("aws:") && text.chars().all(is_tag_character),
        }
    }

    /// Returns the last part of the error message about a member that violates the constraint: `must be …`.
    pub(crate) fn demand(self) -> &'static str {
        match self {
            Self::AttributeName => "must be printable Latin-1 characters and must not begin with `aws:` or `connect:`",
            Self::AttributeValue => "must be printable Latin-1 characters",
            Self::DirectoryId => "must be `d-` and ten lowercase hexadecimal digits",
            Self::InstanceAlias => {
                "must be letters, digits and hyphens, with a letter or digit at both ends, and must not begin with `d-`"
            }
            Self::Password => {
                "must have 8 to 64 characters without spaces, including a lowercase letter, an uppercase letter \
                and a digit"
            }
            Self::PhoneNumber => {
                "must be a number in E.164 format: `+`, then 2 to 15 digits, of which the first is not 0"
            }
            Self::S3Uri => {
                "must look like `s3://bucket/key` or `https://bucket.s3.region.amazonaws.com/key`, without spaces in the \
                name of the bucket"
            }
            Self::SecurityProfileName => "must be letters A to Z, digits, spaces, `_`, `@` and `-`",
            Self::TagKey => "must be letters, digits, spaces and `_ . : / = + - @`, and must not begin with `aws:`",
        }
    }
}

fn is_s3_uri(text: &str) -> bool {
    let is_solid = |part: &str| !part.is_empty() && !part.chars().any(char::is_whitespace);
    if let Some(rest) = text.strip_prefix("s3://") {
        return rest.split_once('/').is_some_and(|(bucket, key)| is_solid(bucket) && !key.trim().is_empty());
    }
    let parts = text.strip_prefix("https://").and_then(|rest| rest.split_once(".s3."));
    let parts = parts.and_then(|(bucket, rest)| Some((bucket, rest.split_once(".amazonaws.com/")?)));
    parts.is_some_and(|(bucket, (region, key))| [bucket, region, key].into_iter().all(is_solid))
}

fn is_latin_1_text(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}')
}

fn is_password(text: &str) -> bool {
    (8..=64).contains(&text.chars().count())
        && !text.chars().any(char::is_whitespace)
        && text.bytes().any(|b| b.is_ascii_lowercase())
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_digit())
}

fn is_e164_digits(digits: &str) -> bool {
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_tag_character(c: char) -> bool {
    is_letter(c) || c.is_numeric() || is_separator(c) || matches!(c, '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}

/// Whether the character matches `\p{L}`. These are the alphabetic characters in Unicode, except for marks and circled
/// letters, which are symbols.
fn is_letter(c: char) -> bool {
    let is_symbol = matches!(c,
        '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f149}' | '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}');
    c.is_alphabetic() && !is_combining_mark(c) && !is_symbol
}

/// Whether the character matches `\p{Z}`: a space, or a line or paragraph separator.
fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: Pattern, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(pattern.matches(text), "{pattern:?} should take {text:?}");
        }
        for text in bad {
            assert!(!pattern.matches(text), "{pattern:?} should refuse {text:?}");
        }
    }

    #[test]
    fn names() {
        check(Pattern::SecurityProfileName, &["Admin", "a b_c@d-9", " "], &["", "Büro", "a.b", "a\n", "a/b"]);
        check(Pattern::InstanceAlias, &["a", "my-centre", "a--b", "D-x", "d"], &["", "d-x", "-a", "a-", "a_b", "a b"]);
        check(
            Pattern::DirectoryId,
            &["d-0123456789", "d-abcdef0123"],
            &["d-012345678", "d-0123456789a", "d-ABCDEF0123", "x"],
        );
        check(Pattern::AttributeValue, &["a", "é ÿ", "\t"], &["", "\u{a0}", "\u{7f}", "ł", "\0"]);
        check(Pattern::AttributeName, &["team", "Aws:x"], &["", "aws:x", "connect:x"]);
    }

    #[test]
    fn s3_uris() {
        check(
            Pattern::S3Uri,
            &["s3://b/k", "s3://bucket/a b/c.wav", "https://b.s3.us-east-1.amazonaws.com/k"],
            &["", "s3://", "s3://b", "s3://b/", "s3:///k", "s3://a b/k", "http://b.s3.r.amazonaws.com/k"],
        );
        check(
            Pattern::S3Uri,
            &[],
            &["https://b.s3.amazonaws.com/k", "https://b.s3.r.amazonaws.com/", "https://b.s3.r.amazonaws.com/a b"],
        );
    }

    #[test]
    fn passwords() {
        let (longest, too_long) = (format!("aA1{}", "x".repeat(61)), format!("aA1{}", "x".repeat(62)));
        check(
            Pattern::Password,
            &["Abcdefg1", "aB3!!!!!", "ÄÖÜaA1öä", &longest],
            &["Abcdef1", "abcdefg1", "ABCDEFG1", "Abcdefgh", "Abcd efg1", "Abcdefg1\u{a0}", &too_long],
        );
    }

    #[test]
    fn phone_numbers() {
        check(
            Pattern::PhoneNumber,
            &["", "+12", "+441234567890", "+123456789012345"],
            &["+", "+1", "+0123", "441234567890", "+1234567890123456", "+44 1234", "++44123", "+٤٤123"],
        );
    }

    #[test]
    fn tag_keys() {
        check(
            Pattern::TagKey,
            &["", "team", "Équipe 1", "部署", "a_b.c:d/e=f+g-h@i", "AWS:x", "x aws:", "Ⅻ", "\u{3000}"],
            &["aws:x", "a*b", "a,b", "a\nb", "a\u{301}", "ा", "Ⓐ", "😀", "a\u{200b}b"],
        );
    }
}
