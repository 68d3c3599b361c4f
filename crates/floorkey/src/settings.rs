//! The instance itself: what it is called, how it behaves.

use std::collections::BTreeMap;

use crate::tags::Tags;
use crate::time::Timestamp;

/// The settings of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name in addresses, unique on the server; `None` with an outside directory.
    pub alias: Option<String>,
    /// `CONNECT_MANAGED`, `SAML` or `EXISTING_DIRECTORY`.
    pub identity_management: String,
    /// The outside directory, where there is one.
    pub directory_id: Option<String>,
    /// Instance attributes by name, as text.
    pub attributes: BTreeMap<String, String>,
    /// The escalation guard; `None` until somebody chose, which behaves like [`GuardMode::Warn`].
    pub guard: Option<GuardMode>,
    /// Tags on the instance.
    pub tags: Tags,
    /// The permissions the catalogue had when this instance last saw it, so that new ones can be told.
    pub known_permissions: Vec<String>,
    /// Whether login names that users gave up have histories: always, once a version that keeps them opened the instance.
    pub keeps_login_histories: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl Settings {
    /// How the escalation guard behaves.
    #[must_use]
    pub fn guard_mode(&self) -> GuardMode {
        self.guard.unwrap_or(GuardMode::Warn)
    }

    /// Whether every user has a first and a last name: where they come from a directory of another's, that has them.
    #[must_use]
    pub fn needs_names(&self) -> bool {
        matches!(self.identity_management.as_str(), "CONNECT_MANAGED" | "SAML")
    }
}

/// What happens when somebody gives more than they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardMode {
    /// It is done, flagged in the audit and told to administrators.
    Warn,
    /// It is refused.
    Enforce,
}

impl GuardMode {
    /// `warn` or `enforce`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        }
    }

    /// The mode of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "warn" => Some(Self::Warn),
            "enforce" => Some(Self::Enforce),
            _ => None,
        }
    }
}
