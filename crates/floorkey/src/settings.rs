//! The settings of an instance.

use std::collections::BTreeMap;

use crate::tags::Tags;
use crate::time::Timestamp;

/// The settings of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of the instance in URLs, unique on the server; `None` if the instance uses an external directory.
    pub alias: Option<String>,
    /// `CONNECT_MANAGED`, `SAML` or `EXISTING_DIRECTORY`.
    pub identity_management: String,
    /// The ID of the external directory, if there is one.
    pub directory_id: Option<String>,
    /// The values of instance attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// The mode of the escalation guard; `None` if it was never set, which behaves like [`GuardMode::Warn`].
    pub guard: Option<GuardMode>,
    /// The tags on the instance.
    pub tags: Tags,
    /// The names of the catalog permissions that were available in the instance earlier. They are used to detect new
    /// permissions.
    pub seen_permissions: Vec<String>,
    /// Whether histories of login names are stored. Set to true when the instance is opened by the first version of
    /// Floorkey that stores them.
    pub keeps_login_histories: bool,
    /// When the instance was created.
    pub created: Timestamp,
}

impl Settings {
    /// Returns the mode of the escalation guard.
    #[must_use]
    pub fn guard_mode(&self) -> GuardMode {
        self.guard.unwrap_or(GuardMode::Warn)
    }

    /// Whether every user must have a first name and a last name. Names are not required if an external directory
    /// provides them.
    #[must_use]
    pub fn requires_names(&self) -> bool {
        matches!(self.identity_management.as_str(), "CONNECT_MANAGED" | "SAML")
    }
}

/// What happens if an actor grants access that the actor neither has nor can assign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardMode {
    /// The operation succeeds and is flagged in the audit log, and administrators are notified.
    Warn,
    /// The operation is refused.
    Enforce,
}

impl GuardMode {
    /// Returns `warn` or `enforce`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        }
    }

    /// Returns the mode with the given name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "warn" => Some(Self::Warn),
            "enforce" => Some(Self::Enforce),
            _ => None,
        }
    }
}
