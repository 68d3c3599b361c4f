//! Access keys: what a program signs its calls with in a user's name.

use crate::custody::Custody;
use crate::id::UserId;
use crate::time::Timestamp;

/// The id of an access key: `AKIA` and sixteen of `A`–`Z` and `2`–`7`; unique in the whole server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// Parses an access key id: 16 to 128 letters, digits and underscores.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sound =
            (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        sound.then(|| Self(text.to_owned()))
    }

    /// Sorts before every access key id.
    pub(crate) const fn lowest() -> Self {
        Self(String::new())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An access key of a user. Its secret stands outside the directory, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// In whose name it signs.
    pub owner: UserId,
    /// What it is for, in the owner's words.
    pub label: String,
    /// When it was made.
    pub created: Timestamp,
    /// A suspended key signs nothing. Until this time it can be reinstated, afterwards never.
    pub suspended_until: Option<Timestamp>,
    /// Of a suspended key: the users who could know its secret besides the owner.
    pub known_to: Custody,
}
