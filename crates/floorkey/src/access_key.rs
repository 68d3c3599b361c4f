//! Access keys, which programs use to sign requests on behalf of a user.

use crate::custody::Custody;
use crate::id::UserId;
use crate::time::Timestamp;

/// The id of an access key, unique across all instances on the server. A new key gets a random id: `AKIA` followed by
/// 16 characters from `A`–`Z` and `2`–`7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// Parses an access key id, which has 1 to 128 letters, digits and underscores. Keys of a real server have at least
    /// 16 characters, as in AWS.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid =
            (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_valid.then(|| Self(text.to_owned()))
    }

    /// Returns a value that sorts before every access key id.
    pub(crate) const fn lowest() -> Self {
        Self(String::new())
    }

    /// Returns the id as a string.
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

/// A user's access key. The key's secret is encrypted and stored outside the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// The id of the key.
    pub id: AccessKeyId,
    /// The key's owner, who is the actor of requests that are signed with the key.
    pub owner: UserId,
    /// A description of the key's purpose.
    pub label: String,
    /// When the key was created.
    pub created: Timestamp,
    /// If set, the key is suspended and cannot sign requests. The key can be reinstated only until the given time.
    pub suspended_until: Option<Timestamp>,
    /// For a suspended key, the users other than the owner who could know the key's secret.
    pub known_to: Custody,
}
