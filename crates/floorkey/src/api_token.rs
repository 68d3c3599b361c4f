//! API tokens, which applications use to authenticate when they request decisions.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::ApiTokenId;
use crate::resource::ResourceType;
use crate::time::Timestamp;

/// An application's API token. The text of the token is displayed only once and is never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// The id of the token.
    pub id: ApiTokenId,
    /// A description of the token, unique within the instance.
    pub label: String,
    /// The token's scopes; there is at least one.
    pub scopes: BTreeSet<TokenScope>,
    /// The SHA-256 hash of the token's text.
    pub hash: [u8; 32],
    /// When the token expires; `None` if it does not expire.
    pub expires: Option<Timestamp>,
    /// When the token was created.
    pub created: Timestamp,
    /// Settings that determine how requests with this token are interpreted and answered.
    pub settings: TokenSettings,
}

impl ApiToken {
    /// The label of the token that is preset in the server's configuration. Only the system can create a token with
    /// this label.
    pub const PRESET_LABEL: &'static str = "FLOORKEY_API_TOKEN";

    /// Whether the token has expired at the given time.
    #[must_use]
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= at)
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiToken").field("id", &self.id).field("label", &self.label).finish_non_exhaustive()
    }
}

/// Settings that determine how requests with a token are interpreted and answered. Settings do not give a token more
/// access. Every request that is possible with settings is also possible without them, by using Floorkey's own type
/// names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenSettings {
    /// The subject types that represent users. If the set is empty, only the type `user` represents users.
    pub subject_types: BTreeSet<String>,
    /// Maps resource types to the application namespaces that they represent. No namespace occurs twice. Resource types
    /// that are not in the map have their default meaning.
    pub resource_types: BTreeMap<String, String>,
    /// Whether responses include fields that the AuthZEN standard does not require: `context` in batch items, and
    /// `properties` in search results. A request can override this setting.
    pub details: bool,
}

impl TokenSettings {
    /// The subject type that represents users by default.
    pub const SUBJECT_TYPE: &'static str = "user";

    /// The settings of a token that was created without settings.
    pub const DEFAULT: &'static Self =
        &Self { subject_types: BTreeSet::new(), resource_types: BTreeMap::new(), details: false };

    /// Returns the settings in their canonical form.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        if self.subject_types.len() == 1 && self.is_user(Self::SUBJECT_TYPE) {
            self.subject_types.clear();
        }
        self
    }

    /// Iterates over the subject types that represent users, sorted by name.
    pub fn subject_types(&self) -> impl Iterator<Item = &str> {
        let default = self.subject_types.is_empty().then_some(Self::SUBJECT_TYPE);
        default.into_iter().chain(self.subject_types.iter().map(String::as_str))
    }

    /// Whether a subject type represents users.
    #[inline]
    #[must_use]
    pub fn is_user(&self, subject_type: &str) -> bool {
        match self.subject_types.is_empty() {
            true => subject_type == Self::SUBJECT_TYPE,
            false => self.subject_types.contains(subject_type),
        }
    }

    /// Returns the namespace that a resource type represents in these settings.
    #[inline]
    #[must_use]
    pub fn namespace_of(&self, resource_type: &str) -> Option<&str> {
        self.resource_types.get(resource_type).map(String::as_str)
    }

    /// Iterates over Floorkey's own resource types that these settings assign to an application's resources, sorted by
    /// name.
    pub fn overridden_types(&self) -> impl Iterator<Item = &str> {
        let is_own = |name: &&str| *name == "instance" || ResourceType::from_name_or_slug(name).is_some();
        self.resource_types.keys().map(String::as_str).filter(is_own)
    }
}

/// A change to a token's settings. A field that is `None` leaves the setting unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenSettingsEdit {
    /// The new subject types that represent users.
    pub subject_types: Option<BTreeSet<String>>,
    /// The map from resource types to application namespaces that replaces the existing map.
    pub resource_types: Option<BTreeMap<String, String>>,
    /// Whether responses include the fields described at [`TokenSettings::details`].
    pub details: Option<bool>,
}

/// A scope of an API token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenScope {
    /// Evaluate one access request or a batch of access requests. An access request consists of a subject, an action
    /// and a resource.
    Evaluate,
    /// Search for subjects, resources or actions.
    Search,
}

impl TokenScope {
    /// All scopes.
    pub const ALL: [Self; 2] = [Self::Evaluate, Self::Search];

    /// Returns the scope's name: `evaluate` or `search`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate",
            Self::Search => "search",
        }
    }

    /// Returns the scope with the given name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}
