//! Tags: pairs of a key and a value on users, profiles and resources. Scopes can require certain tags.

use std::collections::BTreeMap;

use crate::invalid::{Invalid, invalid};
use crate::limits;

/// Tags: values by key. Keys and values are case-sensitive.
pub type Tags = BTreeMap<String, String>;

/// Checks tags in the input.
///
/// # Errors
/// Returns an error if there are too many tags, or if a key or value is invalid. The error describes the first invalid
/// tag.
pub fn check(input: &'static str, tags: &Tags) -> Result<(), Invalid> {
    if tags.len() > limits::TAGS_MAX {
        return Err(invalid(
            input,
            format!("{} tags exceed the maximum of {} per resource", tags.len(), limits::TAGS_MAX),
        ));
    }
    for (key, value) in tags {
        check_key(input, key)?;
        if value.chars().count() > limits::TAG_VALUE_CHARS_MAX {
            return Err(invalid(
                input,
                format!("the value of the tag `{key}` must have at most {} characters", limits::TAG_VALUE_CHARS_MAX),
            ));
        }
    }
    Ok(())
}

/// Checks the key of a tag.
///
/// # Errors
/// Returns an error if the key is invalid. The error describes the problem with the key.
pub fn check_key(input: &'static str, key: &str) -> Result<(), Invalid> {
    let length = key.chars().count();
    if length == 0 || length > limits::TAG_KEY_CHARS_MAX {
        return Err(invalid(
            input,
            format!("a tag key must have 1 to {} characters; it has {length}", limits::TAG_KEY_CHARS_MAX),
        ));
    }
    if key.starts_with("aws:") {
        return Err(invalid(input, format!("the tag key `{key}` begins with `aws:`, which is reserved")));
    }
    match key.chars().find(|c| !c.is_alphanumeric() && !c.is_whitespace() && !"_.:/=+-@".contains(*c)) {
        Some(c) => Err(invalid(
            input,
            format!("the tag key `{key}` contains {c:?}; use letters, digits, spaces and _ . : / = + - @"),
        )),
        None => Ok(()),
    }
}
