//! Strings that the AWS service model marks as sensitive: names, email addresses and phone numbers.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

/// A sensitive string. It is serialized without changes, but its `Debug` output is redacted so that the string does not
/// appear in logs. The memory is zeroed when the value is dropped.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Sensitive(String);

impl Sensitive {
    /// Returns the string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the string as an ordinary `String`, which is not zeroed when it is dropped.
    #[must_use]
    pub fn into_string(mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

impl Deref for Sensitive {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Sensitive {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Sensitive {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_tell() {
        assert_eq!(format!("{:?}", Some(Sensitive::from("ann@example.com"))), "Some([redacted])");
        assert_eq!(Sensitive::from("Ann").into_string(), "Ann");
        assert_eq!(serde_json::to_string(&Sensitive::from("Ann")).unwrap(), "\"Ann\"");
    }
}
