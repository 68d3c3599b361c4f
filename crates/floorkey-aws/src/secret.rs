//! Passwords in requests.

use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use zeroize::ZeroizeOnDrop;

/// A password in a request. This type ensures that the password is not accidentally displayed, serialized or compared.
/// The memory is zeroed when the value is dropped.
#[derive(Clone, Default, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Returns the password, for hashing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_tell() {
        let secret: Secret = serde_json::from_str("\"Tr0ub4dor\"").unwrap();
        assert_eq!(secret.as_str(), "Tr0ub4dor");
        assert_eq!(format!("{secret:?}"), "[redacted]");
    }
}
